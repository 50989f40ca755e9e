import { MurmurError } from '../errors.ts'
import type { TuningRecord } from '../storage/tuning-store.ts'
import type { CommandCall, CommandDeps } from './command.ts'
import { requireAdmin } from './permissions.ts'

const shownSettings = 10
const shownSteps = 8

const stateWords: Readonly<Record<TuningRecord['state'], string>> = { trial: 'on trial', in_force: 'did better', taken_back: 'taken back', proposed: 'waits for an admin' }

/** `/swarm workflows tuning`: what is tuned here, with its history; admins bring back what is configured by `reset <setting>`, and decide what waits by `approve` or `decline`. */
export async function showTuning(deps: CommandDeps, call: CommandCall, typed: string): Promise<string> {
  const [word = '', name = ''] = typed.replaceAll('`', '').split(/\s+/)
  const change = changes[word.toLowerCase()]
  if (change) return change(deps, call, name)
  if (word !== '') throw new MurmurError('MUR_USAGE', { wanted: 'nothing, or `reset`, `approve` or `decline` with a setting', found: `\`${word.slice(0, 40)}\``, hint: 'For example `/swarm workflows tuning reset weights`.' })
  const tunings = await deps.learning.tunings.list(call.workspaceId)
  const names = [...new Set(tunings.map((one) => one.name))].slice(0, shownSettings)
  if (names.length === 0) return 'No setting is tuned here yet: routing weights and temperatures are as configured. A step is tried once fifty runs are known and ten of them rated.'
  return names.flatMap((one) => describeSetting(one, tunings.filter((tuning) => tuning.name === one))).join('\n')
}

function describeSetting(name: string, tunings: readonly TuningRecord[]): readonly string[] {
  const current = tunings.find(({ state }) => state === 'in_force')
  const inForce = current ? `version ${current.version}: ${describeValue(current.value)}` : 'as configured'
  const waits = tunings.some(({ state }) => state === 'proposed') ? ` An admin decides: \`/swarm workflows tuning approve ${name}\` or \`decline ${name}\`.` : ''
  return [`*${name}*, ${inForce}. Back to what is configured: \`/swarm workflows tuning reset ${name}\`.${waits}`, ...tunings.slice(0, shownSteps).map((tuning) => `• ${describeStep(tuning)}`)]
}

function describeStep({ version, againstVersion, step, state, figures, endedBy, value }: TuningRecord): string {
  const by = endedBy === '' ? '' : ` by <@${endedBy}>`
  const share = figures ? `: ${figures.candidate.good} of ${figures.candidate.good + figures.candidate.bad} went well, before ${figures.control.good} of ${figures.control.good + figures.control.bad}` : ''
  return `version ${version} (from ${againstVersion === 0 ? 'what is configured' : againstVersion}), ${step}, ${describeValue(value)}, ${stateWords[state]}${by}${share}`
}

const describeValue = (value: unknown): string => Object.entries(value as Record<string, number>).map(([key, number]) => `${key} ${Math.round(number * 1_000) / 1_000}`).join(', ')

async function resetTuning(deps: CommandDeps, call: CommandCall, name: string): Promise<string> {
  await requireAdmin(deps, call, 'Taking back what was tuned')
  const taken = await deps.learning.tunings.reset(call.workspaceId, name, call.userId, deps.nowMs())
  if (taken === 0) throw new MurmurError('MUR_USAGE', { wanted: 'the name of a setting that is tuned', found: name === '' ? 'nothing' : `\`${name.slice(0, 40)}\``, hint: '`/swarm workflows tuning` lists them.' })
  return `*${name}* is as configured again.`
}

const decide =
  (isApproved: boolean) =>
  async (deps: CommandDeps, call: CommandCall, name: string): Promise<string> => {
    await requireAdmin(deps, call, 'Deciding what is tuned')
    const { tunings, decideTuning } = deps.learning
    const history = await tunings.list(call.workspaceId, name)
    const waiting = history.find(({ state }) => state === 'proposed')
    if (!waiting) throw new MurmurError('MUR_USAGE', { wanted: 'the name of a setting that waits for an admin', found: name === '' ? 'nothing' : `\`${name.slice(0, 40)}\``, hint: '`/swarm workflows tuning` lists them.' })
    const became = await decideTuning(waiting, history, isApproved, call.userId)
    if (became === undefined) return 'Somebody else has already decided.'
    if (became === 'trial') return `The step *${waiting.step}* of *${name}* is tried out on a share of the runs.`
    return isApproved ? `*${name}* has changed since that was proposed, so nothing was begun.` : `*${name}* stays as it is. I leave it alone for 30 days.`
  }

const changes: Readonly<Record<string, (deps: CommandDeps, call: CommandCall, name: string) => Promise<string>>> = { reset: resetTuning, approve: decide(true), decline: decide(false) }
