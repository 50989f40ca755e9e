import type { BudgetStore, CountedScope } from '../../storage/budget-store.ts'
import type { RunId, RunRecord, WorkspaceId } from '../../storage/records.ts'
import { seatTeam } from '../teams/seat-team.ts'
import type { Team } from '../teams/team.ts'

/** What a workspace and its goals may spend and spawn. Money in micro-USD. */
export interface Limits {
  readonly workspacePerDayMicroUsd: number
  readonly goalPerDayMicroUsd: number
  readonly personPerDayMicroUsd: number
  readonly runMicroUsd: number
  readonly agentsPerDay: number
  readonly concurrentAgents: number
  /** A warning is given once a day from this share of a cap on, 0 to 1. */
  readonly warnAtShare: number
  /** Work whose estimate is above this asks for a click first. */
  readonly confirmAboveMicroUsd: number
  /** IANA name; the day of the budgets ends at its midnight. */
  readonly timeZone: string
}

const usd = 1_000_000

/** What holds where nobody set anything else. */
export const defaultLimits: Limits = {
  workspacePerDayMicroUsd: 100 * usd,
  goalPerDayMicroUsd: 10 * usd,
  personPerDayMicroUsd: 10 * usd,
  runMicroUsd: 5 * usd,
  agentsPerDay: 100,
  concurrentAgents: 10,
  warnAtShare: 0.8,
  confirmAboveMicroUsd: 1 * usd,
  timeZone: 'UTC',
}

/** Limits read from the store are used so long without asking again; another process's change counts from then on. */
const keptMs = 2_000
const maxKept = 5_000

/** Whose money a run spends. */
export interface Payer {
  readonly workspaceId: WorkspaceId
  readonly goalId: string
  /** Where it was asked; in messages the goal is called after it. */
  readonly channelId: string
  readonly userId: string
  readonly runId: RunId
  /** The team that does the run, when it has a share of the goal's daily budget of its own, above 0 to 1. */
  readonly team?: { readonly name: string; readonly budgetShare: number }
  /** The run's own cap, where whoever asked set one; it only lowers what any run may spend. */
  readonly runMicroUsd?: number | undefined
  /** True for what Murmur does of itself: it is bounded by a share of the workspace's day. */
  readonly isOwn?: boolean
}

/** So much of what a workspace may spend on a day may go into what Murmur looks into by itself. */
const ownShare = 0.02

/** Who pays for a run. @param teams the workspace's, for the share of the one that does it */
export function payerOf({ workspaceId, runId, request }: Pick<RunRecord, 'workspaceId' | 'runId' | 'request'>, goalId: string, teams: readonly Team[] = []): Payer {
  const { channelId, userId, swarm, study } = request
  const team = teams.find(({ name }) => name === swarm?.team)
  const share = team && seatTeam(team).payer
  return { workspaceId, runId, goalId, channelId, userId, runMicroUsd: swarm?.budgetMicroUsd, isOwn: study !== undefined, ...(share ? { team: share } : {}) }
}

/** What the configuration says for a workspace: limits where nobody set others, and the project of a channel. */
export interface ConfiguredBudgets {
  readonly limits: Limits
  projectOf(channelId: string): string | undefined
}

/** The limits in force: the configuration, over it the workspace's, over it the goal's own. */
export class LimitBook {
  readonly #store: BudgetStore
  readonly #configured: (workspaceId: WorkspaceId) => Promise<ConfiguredBudgets>
  readonly #nowMs: () => number
  readonly #kept = new Map<string, { readonly limits: Promise<Limits>; readonly untilMs: number }>()
  readonly #goals = new Map<string, { readonly goalId: string; readonly untilMs: number }>()
  readonly #days = new Map<string, Intl.DateTimeFormat>()
  #onChange: () => void = () => {}

  constructor(store: BudgetStore, configured: (workspaceId: WorkspaceId) => Promise<ConfiguredBudgets>, nowMs: () => number) {
    this.#store = store
    this.#configured = configured
    this.#nowMs = nowMs
  }

  /** Calls the one listener after every change made here: who waits for room may have it now. */
  onChange(listener: () => void): void {
    this.#onChange = listener
  }

  limits(workspaceId: WorkspaceId, goalId: string): Promise<Limits> {
    const key = `${workspaceId} ${goalId}`
    const nowMs = this.#nowMs()
    const kept = this.#kept.get(key)
    if (kept && kept.untilMs > nowMs) return kept.limits
    const limits = this.#read(workspaceId, goalId)
    this.#kept.delete(key)
    const oldest = this.#kept.keys().next()
    if (this.#kept.size >= maxKept && !oldest.done) this.#kept.delete(oldest.value)
    this.#kept.set(key, { limits, untilMs: nowMs + keptMs })
    limits.catch(() => this.#kept.delete(key))
    return limits
  }

  /** The goal that a channel's work is paid from: a named project it was assigned to, or itself. */
  async goalOf(workspaceId: WorkspaceId, channelId: string): Promise<string> {
    const key = `goal ${workspaceId} ${channelId}`
    const nowMs = this.#nowMs()
    const known = this.#goals.get(key)
    if (known && known.untilMs > nowMs) return known.goalId
    const assigned = await this.#store.goalOfChannel(workspaceId, channelId)
    const goalId = assigned ?? (await this.#configured(workspaceId)).projectOf(channelId) ?? channelId
    const oldest = this.#goals.keys().next()
    if (this.#goals.size >= maxKept && !oldest.done) this.#goals.delete(oldest.value)
    this.#goals.set(key, { goalId, untilMs: nowMs + keptMs })
    return goalId
  }

  async assign(workspaceId: WorkspaceId, channelId: string, goalId: string | undefined): Promise<void> {
    await this.#store.setGoalOfChannel(workspaceId, channelId, goalId)
    this.#goals.clear()
    this.#onChange()
  }

  /** Changes what one goal (or, with no goal, the whole workspace) may do, from the next call on. */
  async set(workspaceId: WorkspaceId, goalId: string | undefined, change: Partial<Limits>, by: string): Promise<void> {
    const scope = goalId === undefined ? 'workspace' : `goal:${goalId}`
    const before = (await this.#store.limitsOf(workspaceId, scope)) ?? {}
    await this.#store.setLimits(workspaceId, scope, { ...before, ...change }, by, this.#nowMs())
    this.#kept.clear()
    this.#onChange()
  }

  /** The day a moment belongs to, `YYYY-MM-DD`. */
  dayOf(atMs: number, timeZone: string): string {
    let format = this.#days.get(timeZone)
    if (!format) {
      format = new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' })
      this.#days.set(timeZone, format)
    }
    return format.format(atMs)
  }

  /** What a call of this payer is counted for, in the order in which rows are locked. */
  scopesOf({ goalId, userId, runId, team, runMicroUsd = Infinity, isOwn = false }: Payer, limits: Limits): CountedScope[] {
    const day = this.dayOf(this.#nowMs(), limits.timeZone)
    return [
      { scope: 'workspace', day, limitMicroUsd: limits.workspacePerDayMicroUsd },
      { scope: `goal:${goalId}`, day, limitMicroUsd: limits.goalPerDayMicroUsd },
      ...(team ? [{ scope: `team:${team.name}:${goalId}`, day, limitMicroUsd: Math.floor(limits.goalPerDayMicroUsd * team.budgetShare) }] : []),
      { scope: `person:${userId}`, day, limitMicroUsd: isOwn ? Math.floor(limits.workspacePerDayMicroUsd * ownShare) : limits.personPerDayMicroUsd },
      { scope: `run:${runId}`, day: 'all', limitMicroUsd: Math.min(runMicroUsd, limits.runMicroUsd) },
    ]
  }

  async #read(workspaceId: WorkspaceId, goalId: string): Promise<Limits> {
    const [{ limits }, workspace, goal] = await Promise.all([
      this.#configured(workspaceId),
      this.#store.limitsOf(workspaceId, 'workspace'),
      this.#store.limitsOf(workspaceId, `goal:${goalId}`),
    ])
    return { ...limits, ...workspace, ...goal } as Limits
  }
}
