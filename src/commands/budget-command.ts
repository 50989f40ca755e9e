import { MurmurError } from '../errors.ts'
import type { Limits } from '../orchestration/paid-calls/budget-limits.ts'
import { dayStartMs } from '../orchestration/paid-calls/next-midnight.ts'
import { bar } from './charts.ts'
import type { Command, CommandCall, CommandDeps, CommandReply } from './command.ts'
import { formatUsd } from './money.ts'
import { requireAdmin } from './permissions.ts'

const shownDays = 7

/** What an admin may set: word, the limit behind it, its unit, whom it concerns, and the largest value that makes sense. */
const settings = {
  daily: { limit: 'goalPerDayMicroUsd', unit: 'usd', isWorkspace: false, most: 100_000 },
  run: { limit: 'runMicroUsd', unit: 'usd', isWorkspace: false, most: 10_000 },
  person: { limit: 'personPerDayMicroUsd', unit: 'usd', isWorkspace: true, most: 100_000 },
  workspace: { limit: 'workspacePerDayMicroUsd', unit: 'usd', isWorkspace: true, most: 1_000_000 },
  confirm: { limit: 'confirmAboveMicroUsd', unit: 'usd', isWorkspace: false, most: 10_000 },
  agents: { limit: 'agentsPerDay', unit: 'count', isWorkspace: false, most: 100_000 },
  concurrent: { limit: 'concurrentAgents', unit: 'count', isWorkspace: false, most: 1_000 },
  timezone: { limit: 'timeZone', unit: 'zone', isWorkspace: true, most: 0 },
} as const satisfies Record<string, { limit: keyof Limits; unit: 'usd' | 'count' | 'zone'; isWorkspace: boolean; most: number }>

type SettingName = keyof typeof settings
const settingNames = Object.keys(settings) as readonly SettingName[]

export const budgetCommand: Command = {
  word: 'budget',
  usage: '/swarm budget [set, project, edit ...]',
  summary: 'what this channel spent and may spend; admins change it',
  async run(deps, call) {
    const [typed = '', ...rest] = call.text.split(/\s+/).filter((part) => part !== '')
    // Phones begin words with a capital.
    const word = typed.toLowerCase()
    if (word === '') return describeBudget(deps, call)
    if (word === 'set') return setBudget(deps, call, rest)
    if (word === 'project') return setProject(deps, call, rest)
    if (word === 'edit') return editBudget(deps, call)
    throw new MurmurError('MUR_USAGE', { wanted: '`set`, `project`, `edit` or nothing after `budget`', found: quote(typed), hint: `Usage: \`${this.usage}\`.` })
  },
}

async function describeBudget({ ledger, limits, budgets, stats, nowMs }: CommandDeps, { workspaceId, channelId, userId }: CommandCall): Promise<string> {
  const goalId = await limits.goalOf(workspaceId, channelId)
  const effective = await limits.limits(workspaceId, goalId)
  const now = nowMs()
  const day = limits.dayOf(now, effective.timeZone)
  const scopes = [
    { name: goalId === channelId ? 'This channel today' : `Project \`${goalId}\` today`, scope: `goal:${goalId}`, limitMicroUsd: effective.goalPerDayMicroUsd },
    { name: 'You today', scope: `person:${userId}`, limitMicroUsd: effective.personPerDayMicroUsd },
    { name: 'The workspace today', scope: 'workspace', limitMicroUsd: effective.workspacePerDayMicroUsd },
  ]
  const states = await Promise.all(scopes.map(async (scope) => ({ ...(await budgets.state(workspaceId, { ...scope, day })), name: scope.name })))
  const since = dayStartMs(now, effective.timeZone)
  const [models, agents, saved, days, usualShare] = await Promise.all([
    ledger.spendByModel(workspaceId, goalId, since),
    ledger.spendByAgent(workspaceId, goalId, since),
    ledger.savedSince(workspaceId, goalId, since),
    budgets.spendByDay(workspaceId, `goal:${goalId}`, shownDays),
    stats.shareOfDay(workspaceId, since),
  ])
  const spentToday = states[0]?.settledMicroUsd ?? 0
  return [
    ...states.map(({ name, settledMicroUsd, reservedMicroUsd, limitMicroUsd }) => {
      const held = reservedMicroUsd > 0 ? `, ${formatUsd(reservedMicroUsd)} held` : ''
      return `*${name}*: ${bar(settledMicroUsd / limitMicroUsd)} ${formatUsd(settledMicroUsd)} of ${formatUsd(limitMicroUsd)}${held}`
    }),
    `${describeForecast(spentToday, usualShare, shareOfDay(now, effective.timeZone))} Saved today by cheaper models and caches: ${formatUsd(saved)}.`,
    ...(models.length > 0 ? [`By model today: ${models.map((row) => `\`${row.modelId}\` ${formatUsd(row.amountMicroUsd)} (${row.calls} ${row.calls === 1 ? 'call' : 'calls'})`).join(', ')}`] : []),
    ...(agents.length > 0 ? [`By agent today: ${agents.map((row) => `${row.name} ${formatUsd(row.amountMicroUsd)}`).join(', ')}`] : []),
    ...(days.length > 0 ? [`By day: ${days.map((row) => `${row.day.slice(5)} ${formatUsd(row.settledMicroUsd)}`).join(', ')}`] : []),
    `A single run may cost up to ${formatUsd(effective.runMicroUsd)}, and what is estimated above ${formatUsd(effective.confirmAboveMicroUsd)} asks first; ${effective.agentsPerDay} agents a day, ${effective.concurrentAgents} at once. The day ends at midnight, ${effective.timeZone}.`,
  ].join('\n')
}

async function setBudget(deps: CommandDeps, call: CommandCall, [typed = '', value = '']: readonly string[]): Promise<string> {
  await requireAdmin(deps, call, 'Changing a budget')
  const what = typed.toLowerCase()
  const setting = Object.hasOwn(settings, what) ? settings[what as SettingName] : undefined
  if (!setting) {
    throw new MurmurError('MUR_USAGE', {
      wanted: `one of ${settingNames.map((name) => `\`${name}\``).join(', ')} after \`budget set\``,
      found: quote(typed),
      hint: 'For example `/swarm budget set daily 5`.',
    })
  }
  const goalId = setting.isWorkspace ? undefined : await deps.limits.goalOf(call.workspaceId, call.channelId)
  await deps.limits.set(call.workspaceId, goalId, { [setting.limit]: parseSetting(what, value) }, call.userId)
  return `Set: \`${what}\` is now ${setting.unit === 'usd' ? formatUsd(Number(value.replace('$', '')) * 1_000_000) : value}${goalId === undefined ? ' for the workspace' : ' here'}.`
}

/**
 * Reads one value of a budget as a person types it.
 * @throws {MurmurError} MUR_USAGE saying what was wanted
 */
export function parseSetting(what: string, value: string): number | string {
  const { unit, most } = settings[what as SettingName]
  if (unit === 'zone') {
    if (!isTimeZone(value)) throw new MurmurError('MUR_USAGE', { wanted: 'a time zone such as `Europe/Berlin`', found: quote(value), hint: 'Names are those of the IANA list.' })
    return value
  }
  const number = /^\$?\d+(\.\d{1,6})?$/.test(value) ? Number(value.replace('$', '')) : Number.NaN
  const isFine = unit === 'usd' ? number <= most : Number.isInteger(number) && number >= 1 && number <= most
  const wanted = unit === 'usd' ? `dollars from 0 to ${most}, such as \`5\` or \`0.50\`` : `a whole number from 1 to ${most}`
  if (!isFine) throw new MurmurError('MUR_USAGE', { wanted, found: quote(value), hint: `For example \`/swarm budget set ${what} 5\`.` })
  return unit === 'usd' ? Math.round(number * 1_000_000) : number
}

/** The limit that a setting's word stands for. */
export const settingLimit = (what: string): keyof Limits => settings[what as SettingName].limit

async function setProject(deps: CommandDeps, call: CommandCall, [name = '']: readonly string[]): Promise<string> {
  await requireAdmin(deps, call, 'Assigning a channel to a project')
  if (!/^[a-z0-9][a-z0-9-]{0,39}$/.test(name)) {
    throw new MurmurError('MUR_USAGE', { wanted: 'a project name of small letters, digits and hyphens, or `none`', found: quote(name), hint: 'For example `/swarm budget project apollo`.' })
  }
  await deps.limits.assign(call.workspaceId, call.channelId, name === 'none' ? undefined : name)
  return name === 'none' ? 'This channel is its own goal again.' : `This channel now works for the project \`${name}\` and spends from its budget.`
}

async function editBudget(deps: CommandDeps, call: CommandCall): Promise<CommandReply> {
  await requireAdmin(deps, call, 'Changing a budget')
  const goalId = await deps.limits.goalOf(call.workspaceId, call.channelId)
  return { form: 'budget', limits: await deps.limits.limits(call.workspaceId, goalId), channelId: call.channelId }
}

/** What a person typed, as part of a message; nothing when that was nothing. */
const quote = (typed: string): string => (typed === '' ? '' : `\`${typed.replaceAll('`', '').slice(0, 40)}\``)

/** By how the days of the workspace usually go, once two weeks of them are known; until then by the clock. */
const describeForecast = (spentMicroUsd: number, usualShare: number | undefined, clockShare: number): string =>
  usualShare === undefined
    ? `At this pace the day ends at about ${formatUsd(forecast(spentMicroUsd, clockShare))}.`
    : `As days of this workspace usually go, the day ends at about ${formatUsd(forecast(spentMicroUsd, usualShare))}.`

/** What the day will have cost at the pace so far; in its first hour a day says little, so it counts as an hour. */
export const forecast = (spentMicroUsd: number, share: number): number => Math.round(spentMicroUsd / Math.max(share, 1 / 24))

function shareOfDay(nowMs: number, timeZone: string): number {
  const parts = new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).formatToParts(nowMs)
  const of = (type: string): number => Number(parts.find((part) => part.type === type)?.value ?? 0)
  return (of('hour') * 60 + of('minute')) / (24 * 60)
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return name !== ''
  } catch {
    return false
  }
}
