import { MurmurError } from '../errors.ts'
import { memberBounds, roundBounds } from '../orchestration/swarms/swarm-bounds.ts'
import { topologies } from '../orchestration/swarms/topologies.ts'
import type { Request, SwarmWish } from '../storage/records.ts'
import type { Command, CommandCall, CommandDeps, CommandReply } from './command.ts'
import { parseArguments, textFlag, usdFlag, wholeFlag, type FlagValues } from './parse-arguments.ts'
import { readTaskFlags, taskFlags } from './task-flags.ts'

/** The flags of a swarm. */
export const swarmFlags = {
  agents: wholeFlag(memberBounds.least, memberBounds.most),
  rounds: wholeFlag(roundBounds.least, roundBounds.most),
  budget: usdFlag(1_000),
  team: textFlag('the name of a team', 'launch', 60),
  model: textFlag('the id of a model', 'gpt-6-luna'),
} as const

const flagHelp = '[--agents N] [--rounds N] [--budget USD] [--priority P] [--deadline 2h] [--team NAME] [--model ID]'

/** Takes an objective in for a swarm, or for one specialist where one is asked for; the answer comes as a thread. @throws {MurmurError} MUR_USAGE */
export async function startSwarm(deps: CommandDeps, call: CommandCall, topology?: string): Promise<CommandReply> {
  const { text, values } = parseArguments(call.text, { ...swarmFlags, ...taskFlags })
  if (text === '') throw new MurmurError('MUR_USAGE', { wanted: `an objective after \`/swarm${topology ? ` ${topology}` : ''}\``, hint: `For example \`/swarm ${topology ?? 'debate'} Shall we support dark mode first? --agents 3 --rounds 2\`.` })
  const { agents, rounds, budget, team, model, ...task } = values
  const wish = readWish({ agents, rounds, budget, team, model, topology })
  const isForOne = task.role !== undefined || task.needs !== undefined
  if (isForOne && Object.keys(wish).length > 0) throw new MurmurError('MUR_USAGE', { wanted: 'either a swarm or one specialist', found: '`--role` or `--needs` with what only a swarm has', hint: 'Leave `--role` and `--needs` out; a swarm chooses its members, or takes a team by `--team`.' })
  await checkNames(deps, call, { team, model })
  const { priority, deadlineMs, request } = await readTaskFlags(deps, call, task)
  const options = { ...(priority === undefined ? {} : { priority }), deadlineMs }
  await deps.acceptRequest({ ...asRequest(call, text), ...(isForOne ? request : { swarm: wish }) }, [call.dedupeKey], options)
  return undefined
}

type WishFlags = { readonly [Name in keyof typeof swarmFlags]: FlagValues<typeof swarmFlags>[Name] | undefined } & { readonly topology: string | undefined }

function readWish({ agents, rounds, budget, team, model, topology }: WishFlags): SwarmWish {
  if (budget === 0) throw new MurmurError('MUR_USAGE', { wanted: 'more than 0 dollars after `--budget`', found: '`0`', hint: 'For example `--budget 0.50`.' })
  if (team !== undefined && agents !== undefined) throw new MurmurError('MUR_USAGE', { wanted: 'either `--team` or `--agents`', found: 'both', hint: 'A team brings its own members.' })
  return {
    ...(topology === undefined ? {} : { topology }),
    ...(agents === undefined ? {} : { agents }),
    ...(rounds === undefined ? {} : { rounds }),
    ...(budget === undefined ? {} : { budgetMicroUsd: budget }),
    ...(team === undefined ? {} : { team }),
    ...(model === undefined ? {} : { modelId: model }),
  }
}

async function checkNames({ settingsOf }: CommandDeps, { workspaceId }: CommandCall, { team, model }: { readonly team: string | undefined; readonly model: string | undefined }): Promise<void> {
  if (team === undefined && model === undefined) return
  const { teams, models } = await settingsOf(workspaceId)
  if (team !== undefined) refuseUnknown('team', team, teams.map(({ name }) => name))
  if (model !== undefined) refuseUnknown('model', model, models.filter(({ profile }) => profile.capabilities.includes('chat')).map(({ profile }) => profile.id))
}

function refuseUnknown(what: 'team' | 'model', name: string, known: readonly string[]): void {
  if (known.includes(name)) return
  throw new MurmurError('MUR_USAGE', {
    wanted: known.length === 0 ? `no ${what}, as there is none` : `one of ${known.map((one) => `\`${one}\``).join(', ')} after \`--${what}\``,
    found: `\`${name.replaceAll('`', '').slice(0, 60)}\``,
    hint: `\`/swarm ${what}s\` lists them.`,
  })
}

/** A swarm as the form has it: all as text, empty where nothing was said. */
export type WishedSwarm = { readonly [Name in 'text' | 'topology' | 'agents' | 'rounds' | 'budget' | 'team']: string }

/** Takes in what a form says, read as the flags of the command are. @throws {MurmurError} MUR_USAGE naming the flag */
export async function startWishedSwarm(deps: CommandDeps, call: CommandCall, { text, topology, ...fields }: WishedSwarm): Promise<void> {
  const flags = Object.entries(fields).flatMap(([name, value]) => (value === '' ? [] : [`--${name}=${value.replaceAll(/\s/g, '')}`]))
  const { agents, rounds, budget, team } = parseArguments(flags.join(' '), swarmFlags).values
  const wish = readWish({ agents, rounds, budget, team, model: undefined, topology: topology === '' ? undefined : topology })
  await checkNames(deps, call, { team, model: undefined })
  await deps.acceptRequest({ ...asRequest(call, text), surface: 'shortcut', swarm: wish }, [call.dedupeKey])
}

const formCommand: Command = {
  word: 'new',
  usage: '/swarm new',
  summary: 'opens a form for a swarm: what, in which form, how many agents and rounds, and what it may cost',
  async run({ settingsOf }, { workspaceId, channelId }) {
    const { teams } = await settingsOf(workspaceId)
    return { form: 'swarm', channelId, topologies: topologies.map(({ name }) => name), teams: teams.map(({ name }) => name) }
  },
  accepts: (text) => text === '',
}

/** What a command asks for; Slack has no slash commands in threads, so the run opens one. */
const asRequest = ({ workspaceId, channelId, userId, replyUrl }: CommandCall, text: string): Request => ({
  workspaceId,
  surface: 'command',
  channelId,
  userId,
  text,
  files: [],
  mentionable: [userId],
  isReply: false,
  ...(replyUrl === undefined ? {} : { replyUrl }),
})

/** One command a topology, and the form. */
export const topologyCommands: readonly Command[] = [
  ...topologies.map(
    ({ name, purpose }): Command => ({
      word: name,
      usage: `/swarm ${name} <objective>`,
      summary: `${purpose} Also: \`${flagHelp}\``,
      run: (deps, call) => startSwarm(deps, call, name),
    }),
  ),
  formCommand,
]
