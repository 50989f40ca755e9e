import { MurmurError } from '../../errors.ts'
import type { BudgetStore, NewReservation, ScopeState } from '../../storage/budget-store.ts'
import type { Trx } from '../../storage/database.ts'
import { nextMidnightMs } from './next-midnight.ts'
import type { LimitBook, Payer } from './budget-limits.ts'

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
    if (!result.ok && (await store.releaseExpired(nowMs())).length > 0) result = await store.reserve(hold)
    if (result.ok) return hold
    throw spent(result.refused, worstMicroUsd, nextMidnightMs(nowMs(), effective.timeZone))
  }

  /** In the transaction of the step: the call's real cost takes the place of what was held. */
  settle(trx: Trx, hold: Hold, actualMicroUsd: number): Promise<ScopeState[]> {
    return this.#deps.store.settle(trx, hold, actualMicroUsd)
  }

  /** Scopes that have just come near their cap, each told to one caller a day only. */
  async takeWarnings(payer: Payer, states: readonly ScopeState[]): Promise<Warning[]> {
    const { store, limits } = this.#deps
    const { warnAtShare, timeZone } = await limits.limits(payer.workspaceId, payer.goalId)
    const near = states.filter((state) => state.day !== 'all' && !state.isWarned && state.settledMicroUsd >= state.limitMicroUsd * warnAtShare)
    const taken = await Promise.all(near.map(async (state) => ({ state, isOurs: await store.markWarned(payer.workspaceId, state.scope, state.day) })))
    return taken.filter(({ isOurs }) => isOurs).map(({ state }) => ({ state, timeZone }))
  }
}

function spent({ scope, settledMicroUsd, reservedMicroUsd, limitMicroUsd, day }: ScopeState, neededMicroUsd: number, resetsAtMs: number): MurmurError {
  return new MurmurError('MUR_BUDGET_SPENT', {
    scope: describeScope(scope),
    scopeKey: scope,
    day,
    limitMicroUsd,
    limit: dollars(limitMicroUsd),
    spent: dollars(settledMicroUsd),
    held: dollars(reservedMicroUsd),
    needed: dollars(neededMicroUsd),
    neededMicroUsd,
    resetsAt: day === 'all' ? 'with a new request' : `at ${new Date(resetsAtMs).toISOString().slice(0, 16).replace('T', ' ')} UTC`,
    resetsAtMs,
  })
}

/** How a person calls a scope. */
export function describeScope(scope: string): string {
  if (scope === 'workspace') return "workspace's daily"
  if (scope.startsWith('person:')) return 'personal daily'
  return scope.startsWith('run:') ? "single run's" : "channel's daily"
}

const dollars = (microUsd: number): string => `$${(microUsd / 1_000_000).toFixed(4)}`
