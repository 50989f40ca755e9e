import type { Database, Trx } from './database.ts'
import type { RunId, WorkspaceId } from './records.ts'

/** One thing money is counted for on one day, with its cap. A run's own scope has one row for all days. */
export interface CountedScope {
  /** `workspace`, `goal:<id>`, `person:<id>` or `run:<id>`. */
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
    /** Holds the amount in every scope or in none. The same step holds once, however often it asks. */
    async reserve(reservation: NewReservation): Promise<ReserveResult> {
      try {
        await db.transaction().execute(async (trx) => {
          if (!(await insertReservation(trx, reservation))) return
          if (!(await hold(trx, reservation))) throw new Refused()
        })
        return { ok: true }
      } catch (error) {
        if (!(error instanceof Refused)) throw error
        return { ok: false, refused: await store.findRefusing(reservation) }
      }
    },

    /** Turns what a step held into what it really cost (0 when the call failed). Belongs into the step's own transaction. */
    async settle(trx: Trx, reservation: NewReservation, actualMicroUsd: number): Promise<ScopeState[]> {
      const { runId, stepKey } = reservation
      const held = await trx.deleteFrom('reservations').where('run_id', '=', runId).where('step_key', '=', stepKey).returning('amount_micro_usd').executeTakeFirst()
      return count(trx, reservation, -(held?.amount_micro_usd ?? 0), actualMicroUsd)
    },

    /** Gives back what dead runs held. @returns what was given back, for the ledger */
    async releaseExpired(nowMs: number, limit = 100): Promise<readonly NewReservation[]> {
      return db.transaction().execute(async (trx) => {
        const due = await trx.selectFrom('reservations').selectAll().where('expires_at_ms', '<', nowMs).limit(limit).execute()
        const released: NewReservation[] = []
        for (const row of due) {
          const scopes = JSON.parse(row.scopes) as CountedScope[]
          const reservation: NewReservation = {
            workspaceId: row.workspace_id as WorkspaceId,
            runId: row.run_id as RunId,
            stepKey: row.step_key,
            scopes,
            amountMicroUsd: row.amount_micro_usd,
            expiresAtMs: row.expires_at_ms,
          }
          const { numDeletedRows } = await trx.deleteFrom('reservations').where('run_id', '=', row.run_id).where('step_key', '=', row.step_key).executeTakeFirst()
          if (numDeletedRows === 0n) continue
          await count(trx, reservation, -row.amount_micro_usd, 0)
          released.push(reservation)
        }
        return released
      })
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
      const row = await db.selectFrom('budget_spend').selectAll().where('workspace_id', '=', workspaceId).where('scope', '=', scope).where('day', '=', day).executeTakeFirst()
      if (!row) return { scope, day, reservedMicroUsd: 0, settledMicroUsd: 0, limitMicroUsd, isWarned: false }
      return { ...asState(row), limitMicroUsd: limitMicroUsd + row.raised_micro_usd }
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
  const { numInsertedOrUpdatedRows } = await trx
    .insertInto('reservations')
    .values({
      run_id: runId,
      step_key: stepKey,
      workspace_id: workspaceId,
      day: scopes[0]?.day ?? 'all',
      scopes: JSON.stringify(scopes),
      amount_micro_usd: amountMicroUsd,
      expires_at_ms: expiresAtMs,
    })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst()
  return Number(numInsertedOrUpdatedRows ?? 0) > 0
}

/** One statement counts in all scopes; a scope whose cap would be passed is left out of what it returns. */
async function hold(trx: Trx, { workspaceId, scopes, amountMicroUsd }: NewReservation): Promise<boolean> {
  // A row that is new meets no condition of the conflict clause, so its cap is looked at here.
  if (scopes.some(({ limitMicroUsd }) => amountMicroUsd > limitMicroUsd)) {
    if (!(await fitsRaised(trx, workspaceId, scopes, amountMicroUsd))) return false
  }
  const rows = scopes.map(({ scope, day, limitMicroUsd }) => spendRow(workspaceId, scope, day, limitMicroUsd, amountMicroUsd, 0))
  const counted = await trx
    .insertInto('budget_spend')
    .values(rows)
    .onConflict((conflict) =>
      conflict
        .columns(['workspace_id', 'scope', 'day'])
        .doUpdateSet((row) => ({
          reserved_micro_usd: row('budget_spend.reserved_micro_usd', '+', row.ref('excluded.reserved_micro_usd')),
          limit_micro_usd: row.ref('excluded.limit_micro_usd'),
        }))
        .where((row) =>
          row(
            row(row('budget_spend.reserved_micro_usd', '+', row.ref('budget_spend.settled_micro_usd')), '+', row.ref('excluded.reserved_micro_usd')),
            '<=',
            row('excluded.limit_micro_usd', '+', row.ref('budget_spend.raised_micro_usd')),
          ),
        ),
    )
    .returning('scope')
    .execute()
  return counted.length === scopes.length
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

/** Counts in all scopes at once; an upsert, because it locks the rows in the order in which they are named. */
async function count(trx: Trx, { workspaceId, scopes }: NewReservation, reservedDelta: number, settledDelta: number): Promise<ScopeState[]> {
  const rows = await trx
    .insertInto('budget_spend')
    .values(scopes.map(({ scope, day, limitMicroUsd }) => spendRow(workspaceId, scope, day, limitMicroUsd, reservedDelta, settledDelta)))
    .onConflict((conflict) =>
      conflict.columns(['workspace_id', 'scope', 'day']).doUpdateSet((row) => ({
        reserved_micro_usd: row('budget_spend.reserved_micro_usd', '+', row.ref('excluded.reserved_micro_usd')),
        settled_micro_usd: row('budget_spend.settled_micro_usd', '+', row.ref('excluded.settled_micro_usd')),
      })),
    )
    .returning(['scope', 'day', 'reserved_micro_usd', 'settled_micro_usd', 'limit_micro_usd', 'raised_micro_usd', 'warned'])
    .execute()
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
