import { MurmurError } from '../errors.ts'
import type { CommandCall, CommandDeps } from './command.ts'
import { requireAdmin } from './permissions.ts'

/** What an admin switches on or off for the whole workspace, and everybody may ask about. */
interface WorkflowSwitch {
  /** What it decides, as the beginning of a sentence. */
  readonly action: string
  readonly read: (deps: CommandDeps, call: CommandCall) => Promise<boolean>
  readonly write: (deps: CommandDeps, call: CommandCall, isOn: boolean) => Promise<void>
  readonly words: { readonly on: string; readonly off: string }
}

const approval: WorkflowSwitch = {
  action: 'Deciding how improvements come into force',
  read: ({ improving }, { workspaceId }) => improving.approval.proposals.needsApproval(workspaceId),
  write: ({ improving, nowMs }, { workspaceId, userId }, isOn) => improving.approval.proposals.setApproval(workspaceId, isOn, userId, nowMs()),
  words: {
    on: 'Improvements of this workspace wait for an admin, who is asked in the thread of the answer. What admins improve counts at once.',
    off: 'Improvements of this workspace count at once.',
  },
}

const trials: WorkflowSwitch = {
  action: 'Deciding whether I try out changes of my own',
  read: ({ learning }, { workspaceId }) => learning.switches.isOn(workspaceId, 'trials'),
  write: ({ learning, nowMs }, { workspaceId, userId }, isOn) => learning.switches.set(workspaceId, 'trials', isOn, userId, nowMs()),
  words: {
    on: 'I look back at answers that went wrong and try out changes of my own on a share of the requests; what does worse is taken back. At most 2 % of what this workspace may spend on a day goes into it.',
    off: 'I change no recipe by myself here, and look into nothing by myself. What is on trial already runs to its end.',
  },
}

const share: WorkflowSwitch = {
  action: 'Deciding whether recipes go from channel to channel',
  read: ({ learning }, { workspaceId }) => learning.switches.isOn(workspaceId, 'share'),
  write: ({ learning, nowMs }, { workspaceId, userId }, isOn) => learning.switches.set(workspaceId, 'share', isOn, userId, nowMs()),
  words: {
    on: 'A channel that has no recipe for a request begins with one of another public channel that has proven itself, on trial. Nothing is taken from private channels, direct messages or projects.',
    off: 'What a channel has learnt stays in it.',
  },
}

const switches = { approval, trials, share } as const

/** The words of `/swarm workflows` that take `on` or `off`, or say how it stands. */
export const switchCommands: Readonly<Record<string, (deps: CommandDeps, call: CommandCall, typed: string) => Promise<string>>> = Object.fromEntries(
  Object.entries(switches).map(([word, one]) => [word, (deps: CommandDeps, call: CommandCall, typed: string) => turn(word, one, deps, call, typed)]),
)

async function turn(word: string, { action, read, write, words }: WorkflowSwitch, deps: CommandDeps, call: CommandCall, typed: string): Promise<string> {
  const isOn = await read(deps, call)
  const wanted = { on: true, off: false, '': isOn }[typed.toLowerCase()]
  if (wanted === undefined) throw new MurmurError('MUR_USAGE', { wanted: '`on` or `off`', found: `\`${typed.slice(0, 40)}\``, hint: `For example \`/swarm workflows ${word} on\`.` })
  if (wanted !== isOn) {
    await requireAdmin(deps, call, action)
    await write(deps, call, wanted)
  }
  return wanted ? words.on : words.off
}
