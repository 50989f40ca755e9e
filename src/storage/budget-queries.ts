import { prepareQuery, prepareRows } from './prepared-query.ts'
import type { BudgetSpendTable, Schema } from './schema.ts'

/** The queries that stand before and after every model call. */

type ReservationRow = Schema['reservations']

/** Does nothing when the step holds already. */
export const putReservation = prepareQuery((runner, row: ReservationRow) =>
  runner
    .insertInto('reservations')
    .values({
      run_id: row.run_id,
      step_key: row.step_key,
      workspace_id: row.workspace_id,
      day: row.day,
      scopes: row.scopes,
      amount_micro_usd: row.amount_micro_usd,
      expires_at_ms: row.expires_at_ms,
    })
    .onConflict((conflict) => conflict.doNothing()),
)

/** Takes a step's hold away, if it expires before a moment. */
export const takeReservation = prepareQuery((runner, { runId, stepKey, beforeMs }: { runId: string; stepKey: string; beforeMs: number }) =>
  runner
    .deleteFrom('reservations')
    .where('run_id', '=', runId)
    .where('step_key', '=', stepKey)
    .where('expires_at_ms', '<', beforeMs)
    .returning(['workspace_id', 'scopes', 'amount_micro_usd']),
)

/** Counts a hold in each scope that has room for it, and returns those. */
export const holdWhereItFits = prepareRows((runner, rows: readonly BudgetSpendTable[]) =>
  runner
    .insertInto('budget_spend')
    .values(rows.map(asSpendRow))
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
    .returning('scope'),
)

/** Adds to what is held and spent; an upsert, because it locks the rows in the order in which they are named. */
export const addToSpend = prepareRows((runner, rows: readonly BudgetSpendTable[]) =>
  runner
    .insertInto('budget_spend')
    .values(rows.map(asSpendRow))
    .onConflict((conflict) =>
      conflict.columns(['workspace_id', 'scope', 'day']).doUpdateSet((row) => ({
        reserved_micro_usd: row('budget_spend.reserved_micro_usd', '+', row.ref('excluded.reserved_micro_usd')),
        settled_micro_usd: row('budget_spend.settled_micro_usd', '+', row.ref('excluded.settled_micro_usd')),
      })),
    )
    .returning(['scope', 'day', 'reserved_micro_usd', 'settled_micro_usd', 'limit_micro_usd', 'raised_micro_usd', 'warned']),
)

/** Named one by one, because a placeholder has no fields to go through. */
const asSpendRow = (row: BudgetSpendTable): BudgetSpendTable => ({
  workspace_id: row.workspace_id,
  scope: row.scope,
  day: row.day,
  limit_micro_usd: row.limit_micro_usd,
  reserved_micro_usd: row.reserved_micro_usd,
  settled_micro_usd: row.settled_micro_usd,
  raised_micro_usd: row.raised_micro_usd,
  warned: row.warned,
})

/** Where one scope stands on one day. */
export const readSpend = prepareQuery((runner, { workspaceId, scope, day }: { workspaceId: string; scope: string; day: string }) =>
  runner.selectFrom('budget_spend').selectAll().where('workspace_id', '=', workspaceId).where('scope', '=', scope).where('day', '=', day),
)
