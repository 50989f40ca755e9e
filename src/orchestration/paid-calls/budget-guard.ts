import { MurmurError } from '../../errors.ts'
import type { BudgetStore, NewReservation, ScopeState } from '../../storage/budget-store.ts'
import type { Trx } from '../../storage/database.ts'
import type { RunId } from '../../storage/records.ts'
import { formatUsd } from '../budget-wait.ts'
import type { LimitBook, Payer } from './budget-limits.ts'
import { nextMidnightMs } from './next-midnight.ts'

/** Longer than any run lasts: what is still held then belongs to a run that is dead. */
const reservationMs = 15 * 60_000

/** Money held for one call; give it to {@link BudgetGuard.settle}. */
export type Hold = NewReservation

export interface Warning {
  readonly state: ScopeState
  readonly timeZone: string
}

export interface BudgetGuardDeps {
  readonly store: BudgetStore
  readonly limits: LimitBook
  readonly nowMs: () => number
}

/** Stands before every model call: holds its worst case, and afterwards counts what it really cost. */
export class BudgetGuard {
  readonly #deps: BudgetGuardDeps

  constructor(deps: BudgetGuardDeps) {
    this.#deps = deps
  }

  /**
   * Holds money for one model call before it is made, in the workspace, the goal, the person and the run, or in none.
   * Safe to repeat with the same `stepKey`: it holds once.
   * @param worstMicroUsd worst-case price in millionths of a US dollar, 0 or more
   * @throws {MurmurError} MUR_BUDGET_SPENT when a cap would be passed
   */
  async reserve(payer: Payer, stepKey: string, worstMicroUsd: number): Promise<Hold> {
    const { store, limits, nowMs } = this.#deps
    const effective = await limits.limits(payer.workspaceId, payer.goalId)
    const hold: Hold = {
      workspaceId: payer.workspaceId,
      runId: payer.runId,
      stepKey,
      scopes: limits.scopesOf(payer, effective),
      amountMicroUsd: worstMicroUsd,
      expiresAtMs: nowMs() + reservationMs,
    }
    let result = await store.reserve(hold)
    // Before it says no, what dead runs still hold is given back.
    if (!result.ok && (await store.releaseExpired(nowMs())) > 0) result = await store.reserve(hold)
    if (result.ok) return hold
    throw spent(result.refused, { payer, neededMicroUsd: worstMicroUsd, timeZone: effective.timeZone, nowMs: nowMs() })
  }

  /** What {@link reserve} would say to so much more; nothing is held. */
  async foresee(payer: Payer, worstMicroUsd: number): Promise<MurmurError | undefined> {
    const { store, limits, nowMs } = this.#deps
    const effective = await limits.limits(payer.workspaceId, payer.goalId)
    const states = await Promise.all(limits.scopesOf(payer, effective).map((scope) => store.state(payer.workspaceId, scope)))
    const refusing = states.find(({ settledMicroUsd, reservedMicroUsd, limitMicroUsd }) => settledMicroUsd + reservedMicroUsd + worstMicroUsd > limitMicroUsd)
    return refusing && spent(refusing, { payer, neededMicroUsd: worstMicroUsd, timeZone: effective.timeZone, nowMs: nowMs() })
  }

  /** In the transaction of the step: the call's real cost takes the place of what was held. */
  settle(trx: Trx, hold: Hold, actualMicroUsd: number): Promise<ScopeState[]> {
    return this.#deps.store.settle(trx, hold, actualMicroUsd)
  }

  /** In the transaction that ends a run. */
  releaseRun(trx: Trx, runId: RunId): Promise<void> {
    return this.#deps.store.releaseRun(trx, runId)
  }

  /** Scopes that have just come near their cap, each told to one caller a day only. */
  async takeWarnings(payer: Payer, states: readonly ScopeState[]): Promise<Warning[]> {
    const { store, limits } = this.#deps
    const { warnAtShare, timeZone } = await limits.limits(payer.workspaceId, payer.goalId)
    const near = states.filter((state) => isNearCap(state, warnAtShare))
    const taken = await Promise.all(near.map(async (state) => ({ state, isOurs: await store.markWarned(payer.workspaceId, state.scope, state.day) })))
    return taken.filter(({ isOurs }) => isOurs).map(({ state }) => ({ state, timeZone }))
  }
}

/** A run's own cap is for the run that meets it to tell, and where nothing was spent there is nothing to warn of. */
const isNearCap = ({ day, isWarned, settledMicroUsd, limitMicroUsd }: ScopeState, share: number): boolean =>
  day !== 'all' && !isWarned && settledMicroUsd > 0 && settledMicroUsd >= limitMicroUsd * share

interface Refusal {
  readonly payer: Payer
  readonly neededMicroUsd: number
  readonly timeZone: string
  readonly nowMs: number
}

function spent({ scope, settledMicroUsd, reservedMicroUsd, limitMicroUsd, day }: ScopeState, { payer, neededMicroUsd, timeZone, nowMs }: Refusal): MurmurError {
  const resetsAtMs = nextMidnightMs(nowMs, timeZone)
  return new MurmurError('MUR_BUDGET_SPENT', {
    scope: describeScope(scope, payer.channelId),
    scopeKey: scope,
    day,
    limitMicroUsd,
    limit: formatUsd(limitMicroUsd),
    settledMicroUsd,
    spent: formatUsd(settledMicroUsd),
    heldMicroUsd: reservedMicroUsd,
    held: reservedMicroUsd > 0 ? formatUsd(reservedMicroUsd) : '',
    needed: formatUsd(neededMicroUsd),
    neededMicroUsd,
    resetsAt: day === 'all' ? 'with a new request' : `at ${describeMoment(resetsAtMs, timeZone)}`,
    resetsAtMs,
  })
}

/** How a person in a channel calls a scope. */
export function describeScope(scope: string, channelId: string): string {
  if (scope === 'workspace') return "workspace's daily"
  if (scope.startsWith('person:')) return 'personal daily'
  if (scope.startsWith('run:')) return "single run's"
  if (scope.startsWith('team:')) return `team ${scope.split(':', 2)[1] ?? ''}'s daily`
  return scope === `goal:${channelId}` ? "channel's daily" : `project ${scope.slice('goal:'.length)}'s daily`
}

/** As people there read it: `00:00 on 2026-11-22 (Europe/Berlin)`. */
function describeMoment(atMs: number, timeZone: string): string {
  const format = new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })
  const parts = new Map(format.formatToParts(atMs).map(({ type, value }) => [type, value]))
  const of = (type: Intl.DateTimeFormatPartTypes): string => parts.get(type) ?? ''
  return `${of('hour')}:${of('minute')} on ${of('year')}-${of('month')}-${of('day')} (${timeZone})`
}
