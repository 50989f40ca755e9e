import { MurmurError } from '../errors.ts'
import { addToSpend, holdWhereItFits, putReservation, readSpend, takeReservation } from './budget-queries.ts'
import type { Database, Trx } from './database.ts'
import { prepareQuery } from './prepared-query.ts'
import type { RunId, WorkspaceId } from './records.ts'
import type { Schema } from './schema.ts'

/** One thing money is counted for on one day, with its cap. A run's own scope has one row for all days. */
export interface CountedScope {
  /** `workspace`, `goal:<id>`, `team:<name>:<goal id>`, `person:<id>` or `run:<id>`. */
  readonly scope: string
  /** `YYYY-MM-DD` in the workspace's time zone, or `all`. */
  readonly day: string
  readonly limitMicroUsd: number
}

export interface NewReservation {
  readonly workspaceId: WorkspaceId
  readonly runId: RunId
  readonly stepKey: string
  /** In one order for everybody, so that two processes never wait for each other's rows. */
  readonly scopes: readonly CountedScope[]
  readonly amountMicroUsd: number
  readonly expiresAtMs: number
}

/** Where a scope stands. */
export interface ScopeState {
  readonly scope: string
  readonly day: string
  readonly reservedMicroUsd: number
  readonly settledMicroUsd: number
  /** What was raised for the day included. */
  readonly limitMicroUsd: number
  readonly isWarned: boolean
}

export type ReserveResult =
  | { readonly ok: true }
  /** The first scope whose cap the amount would pass; nothing is held then. */
  | { readonly ok: false; readonly refused: ScopeState }

/** Thrown inside the transaction so that what was held in it is undone. */
class Refused extends Error {}

/**
 * Money held and spent. A cap is checked in the statement that counts, so no number of processes together passes it:
 * `settled + reserved` of a scope never exceeds its limit.
 */
export function createBudgetStore({ db }: Database) {
  const store = {
    /**
     * Holds the amount in every scope or in none. A step holds once: asked again, by the attempt after a crash, it holds
     * what it needs now in place of what it held then, which may be another amount, on another day.
     */
    async reserve(reservation: NewReservation): Promise<ReserveResult> {
      let hasHeld = false
      try {
        await db.transaction().execute(async (trx) => {
          hasHeld = !(await insertReservation(trx, reservation))
          if (hasHeld) await replaceHeld(trx, reservation)
          if (!(await hold(trx, reservation))) throw new Refused()
        })
        return { ok: true }
      } catch (error) {
        if (!(error instanceof Refused)) throw error
        // The rollback brought back what the dead attempt held; nobody will settle that any more.
        if (hasHeld) await db.transaction().execute((trx) => giveBack(trx, reservation))
        return { ok: false, refused: await store.findRefusing(reservation) }
      }
    },

    /** Turns what a step held into what it really cost (0 when the call failed). Belongs into the step's own transaction. */
    async settle(trx: Trx, reservation: NewReservation, actualMicroUsd: number): Promise<ScopeState[]> {
      const held = await takeHeld(trx, reservation)
      if (!held || held.scopes === JSON.stringify(reservation.scopes)) return count(trx, reservation, -(held?.amount_micro_usd ?? 0), actualMicroUsd)
      // Another attempt has held anew, perhaps on another day: each scope gets back what it gave.
      await countBack(trx, held)
      return count(trx, reservation, 0, actualMicroUsd)
    },

    /** Gives back what dead runs held. @returns how many holds were given back */
    async releaseExpired(nowMs: number, limit = 100): Promise<number> {
      const due = await db.selectFrom('reservations').select(['run_id', 'step_key']).where('expires_at_ms', '<', nowMs).orderBy('expires_at_ms').limit(limit).execute()
      let released = 0
      // Each in a transaction of its own, which locks in the same order as a settlement does: the hold, then its scopes.
      for (const { run_id: runId, step_key: stepKey } of due) {
        const isOurs = await db.transaction().execute((trx) => giveBack(trx, { runId: runId as RunId, stepKey }, nowMs))
        if (isOurs) released++
      }
      return released
    },

    /** Gives back what a run that ends still holds, for calls that a crash cut off and that no later attempt made again. */
    async releaseRun(trx: Trx, runId: RunId): Promise<void> {
      const { rows } = await readHeld(trx, { runId })
      for (const { step_key: stepKey } of rows) await giveBack(trx, { runId, stepKey })
    },

    /** Adds to a scope's cap for one day, by a person's decision. */
    async raise(trx: Trx, workspaceId: WorkspaceId, { scope, day, limitMicroUsd }: CountedScope, byMicroUsd: number): Promise<void> {
      await trx
        .insertInto('budget_spend')
        .values({ ...spendRow(workspaceId, scope, day, limitMicroUsd, 0, 0), raised_micro_usd: byMicroUsd })
        .onConflict((conflict) =>
          conflict.columns(['workspace_id', 'scope', 'day']).doUpdateSet((row) => ({ raised_micro_usd: row('budget_spend.raised_micro_usd', '+', byMicroUsd) })),
        )
        .execute()
    },

    /** @returns true for the one caller that is to warn */
    async markWarned(workspaceId: WorkspaceId, scope: string, day: string): Promise<boolean> {
      const { numUpdatedRows } = await db
        .updateTable('budget_spend')
        .set({ warned: 1 })
        .where('workspace_id', '=', workspaceId)
        .where('scope', '=', scope)
        .where('day', '=', day)
        .where('warned', '=', 0)
        .executeTakeFirst()
      return numUpdatedRows > 0n
    },

    async state(workspaceId: WorkspaceId, { scope, day, limitMicroUsd }: CountedScope): Promise<ScopeState> {
      const [row] = (await readSpend(db, { workspaceId, scope, day })).rows
      if (!row) return { scope, day, reservedMicroUsd: 0, settledMicroUsd: 0, limitMicroUsd, isWarned: false }
      return { ...asState(row), limitMicroUsd: limitMicroUsd + row.raised_micro_usd }
    },

    /** What a scope spent on its last days, oldest first; days without a call are left out. */
    async spendByDay(workspaceId: WorkspaceId, scope: string, days: number): Promise<{ readonly day: string; readonly settledMicroUsd: number }[]> {
      const rows = await db
        .selectFrom('budget_spend')
        .select(['day', 'settled_micro_usd'])
        .where('workspace_id', '=', workspaceId)
        .where('scope', '=', scope)
        .where('settled_micro_usd', '>', 0)
        .orderBy('day', 'desc')
        .limit(days)
        .execute()
      return rows.map((row) => ({ day: row.day, settledMicroUsd: row.settled_micro_usd })).toReversed()
    },

    async findRefusing({ workspaceId, scopes, amountMicroUsd }: NewReservation): Promise<ScopeState> {
      const states = await Promise.all(scopes.map((scope) => store.state(workspaceId, scope)))
      const refusing = states.find((state) => state.reservedMicroUsd + state.settledMicroUsd + amountMicroUsd > state.limitMicroUsd)
      // Between refusal and this look others may have given back; the tightest scope is the one to name then.
      const tightest = states.toSorted((a, b) => roomIn(a) - roomIn(b))[0]
      const named = refusing ?? tightest
      if (!named) throw new RangeError('a reservation names at least one scope')
      return named
    },

    async limitsOf(workspaceId: WorkspaceId, scope: string): Promise<Readonly<Record<string, number | string>> | undefined> {
      const row = await db.selectFrom('budget_limits').select('limits').where('workspace_id', '=', workspaceId).where('scope', '=', scope).executeTakeFirst()
      return row && (JSON.parse(row.limits) as Record<string, number | string>)
    },

    async setLimits(workspaceId: WorkspaceId, scope: string, limits: object, by: string, nowMs: number): Promise<void> {
      const changed = { limits: JSON.stringify(limits), updated_by: by, updated_at_ms: nowMs }
      await db
        .insertInto('budget_limits')
        .values({ workspace_id: workspaceId, scope, ...changed })
        .onConflict((conflict) => conflict.columns(['workspace_id', 'scope']).doUpdateSet(changed))
        .execute()
    },

    async goalOfChannel(workspaceId: WorkspaceId, channelId: string): Promise<string | undefined> {
      const row = await db.selectFrom('goal_channels').select('goal_id').where('workspace_id', '=', workspaceId).where('channel_id', '=', channelId).executeTakeFirst()
      return row?.goal_id
    },

    /** Assigns a channel to a project; undefined makes it its own goal again. */
    async setGoalOfChannel(workspaceId: WorkspaceId, channelId: string, goalId: string | undefined): Promise<void> {
      await db.transaction().execute(async (trx) => {
        await trx.deleteFrom('goal_channels').where('workspace_id', '=', workspaceId).where('channel_id', '=', channelId).execute()
        if (goalId !== undefined) await trx.insertInto('goal_channels').values({ workspace_id: workspaceId, channel_id: channelId, goal_id: goalId }).execute()
      })
    },
  }
  return store
}

export type BudgetStore = ReturnType<typeof createBudgetStore>

const roomIn = ({ limitMicroUsd, reservedMicroUsd, settledMicroUsd }: ScopeState): number => limitMicroUsd - reservedMicroUsd - settledMicroUsd

async function insertReservation(trx: Trx, { runId, stepKey, workspaceId, scopes, amountMicroUsd, expiresAtMs }: NewReservation): Promise<boolean> {
  const { numAffectedRows } = await putReservation(trx, {
    run_id: runId,
    step_key: stepKey,
    workspace_id: workspaceId,
    day: scopes[0]?.day ?? 'all',
    scopes: JSON.stringify(scopes),
    amount_micro_usd: amountMicroUsd,
    expires_at_ms: expiresAtMs,
  })
  return Number(numAffectedRows ?? 0) > 0
}

type StepOfRun = Pick<NewReservation, 'runId' | 'stepKey'>
type HeldRow = Pick<Schema['reservations'], 'workspace_id' | 'scopes' | 'amount_micro_usd'>

/** Takes away what a step holds, with `expiredAtMs` only if that has expired; its scopes still count it afterwards. */
async function takeHeld(trx: Trx, { runId, stepKey }: StepOfRun, expiredAtMs = Number.MAX_SAFE_INTEGER): Promise<HeldRow | undefined> {
  const { rows } = await takeReservation(trx, { runId, stepKey, beforeMs: expiredAtMs })
  return rows[0]
}

/** In the scopes in which it was held, whatever day it is now. */
const countBack = (trx: Trx, held: HeldRow): Promise<unknown> =>
  count(trx, { workspaceId: held.workspace_id as WorkspaceId, scopes: JSON.parse(held.scopes) as CountedScope[] }, -held.amount_micro_usd, 0)

/** The steps of a run that hold money. */
const readHeld = prepareQuery((runner, { runId }: { runId: string }) => runner.selectFrom('reservations').select('step_key').where('run_id', '=', runId))

async function giveBack(trx: Trx, step: StepOfRun, expiredAtMs?: number): Promise<boolean> {
  const held = await takeHeld(trx, step, expiredAtMs)
  if (held) await countBack(trx, held)
  return held !== undefined
}

async function replaceHeld(trx: Trx, reservation: NewReservation): Promise<void> {
  await giveBack(trx, reservation)
  if (!(await insertReservation(trx, reservation))) throw new MurmurError('MUR_STORE_CONFLICT', { what: 'the reservation of a step' })
}

/** One statement counts in all scopes; a scope whose cap would be passed is left out of what it returns. */
async function hold(trx: Trx, { workspaceId, scopes, amountMicroUsd }: NewReservation): Promise<boolean> {
  // A row that is new meets no condition of the conflict clause, so its cap is looked at here.
  if (scopes.some(({ limitMicroUsd }) => amountMicroUsd > limitMicroUsd)) {
    if (!(await fitsRaised(trx, workspaceId, scopes, amountMicroUsd))) return false
  }
  const rows = scopes.map(({ scope, day, limitMicroUsd }) => spendRow(workspaceId, scope, day, limitMicroUsd, amountMicroUsd, 0))
  const counted = await holdWhereItFits(trx, rows)
  return counted.rows.length === scopes.length
}

/** An amount above a scope's own cap fits only where the day's cap was raised, so where there is a row already. */
async function fitsRaised(trx: Trx, workspaceId: WorkspaceId, scopes: readonly CountedScope[], amountMicroUsd: number): Promise<boolean> {
  for (const { scope, day, limitMicroUsd } of scopes) {
    if (amountMicroUsd <= limitMicroUsd) continue
    const row = await trx.selectFrom('budget_spend').select('raised_micro_usd').where('workspace_id', '=', workspaceId).where('scope', '=', scope).where('day', '=', day).executeTakeFirst()
    if (amountMicroUsd > limitMicroUsd + (row?.raised_micro_usd ?? 0)) return false
  }
  return true
}

/** Counts in all scopes at once. */
async function count(trx: Trx, { workspaceId, scopes }: Pick<NewReservation, 'workspaceId' | 'scopes'>, reservedDelta: number, settledDelta: number): Promise<ScopeState[]> {
  const { rows } = await addToSpend(
    trx,
    scopes.map(({ scope, day, limitMicroUsd }) => spendRow(workspaceId, scope, day, limitMicroUsd, reservedDelta, settledDelta)),
  )
  return rows.map((row) => ({ ...asState(row), limitMicroUsd: row.limit_micro_usd + row.raised_micro_usd }))
}

const spendRow = (workspace_id: string, scope: string, day: string, limit_micro_usd: number, reserved_micro_usd: number, settled_micro_usd: number) => ({
  workspace_id,
  scope,
  day,
  limit_micro_usd,
  reserved_micro_usd,
  settled_micro_usd,
  raised_micro_usd: 0,
  warned: 0,
})

const asState = (row: { scope: string; day: string; reserved_micro_usd: number; settled_micro_usd: number; limit_micro_usd: number; warned: number }): ScopeState => ({
  scope: row.scope,
  day: row.day,
  reservedMicroUsd: row.reserved_micro_usd,
  settledMicroUsd: row.settled_micro_usd,
  limitMicroUsd: row.limit_micro_usd,
  isWarned: row.warned === 1,
})
