import type { Db } from './database.ts'
import { newEntryId } from './ids.ts'
import { prepareQuery, type QueryRunner } from './prepared-query.ts'
import type { RunId, WorkspaceId } from './records.ts'

/** What one model call was: who paid, what came of it, what it cost. Failed calls are recorded with their outcome, too. */
export interface LedgerEntry {
  readonly workspaceId: WorkspaceId
  readonly goalId: string
  readonly userId: string
  readonly runId: RunId
  readonly stepKey: string
  readonly modelId: string
  /** `ok` or the error code. */
  readonly outcome: string
  /** Undefined when the catalogue does not know the price. */
  readonly amountMicroUsd: number | undefined
  /** What was held for the call before it was made. */
  readonly reservedMicroUsd: number
  /** Against what the model that was wanted would have cost without its provider's cache, 0 or more. */
  readonly savedMicroUsd: number
  readonly inputTokens: number
  readonly cachedInputTokens: number
  readonly outputTokens: number
  readonly latencyMs: number
  readonly atMs: number
}

export interface SpendByModel {
  readonly modelId: string
  readonly calls: number
  readonly amountMicroUsd: number
}

export function createBudgetLedger(db: Db) {
  return {
    async append(runner: QueryRunner, entry: LedgerEntry): Promise<void> {
      await insertEntry(runner, { ...entry, entryId: newEntryId(), amountMicroUsd: entry.amountMicroUsd ?? null, latencyMs: Math.round(entry.latencyMs) })
    },

    /** What a goal spent since a moment, by model, dearest first. */
    async spendByModel(workspaceId: WorkspaceId, goalId: string, sinceMs: number): Promise<SpendByModel[]> {
      const rows = await db
        .selectFrom('ledger')
        .select(({ fn }) => ['model_id', fn.countAll<number>().as('calls'), fn.sum<number>('amount_micro_usd').as('amount')])
        .where('workspace_id', '=', workspaceId)
        .where('goal_id', '=', goalId)
        .where('at_ms', '>=', sinceMs)
        .groupBy('model_id')
        .orderBy('amount', 'desc')
        .limit(50)
        .execute()
      return rows.map((row) => ({ modelId: row.model_id, calls: Number(row.calls), amountMicroUsd: Number(row.amount) }))
    },

    /** What a goal's calls saved since a moment by cheaper models and by the provider's cache. */
    async savedSince(workspaceId: WorkspaceId, goalId: string, sinceMs: number): Promise<number> {
      const row = await db
        .selectFrom('ledger')
        .select(({ fn }) => fn.sum<number>('saved_micro_usd').as('saved'))
        .where('workspace_id', '=', workspaceId)
        .where('goal_id', '=', goalId)
        .where('at_ms', '>=', sinceMs)
        .executeTakeFirst()
      return Number(row?.saved ?? 0)
    },

    /**
     * What a goal spent since a moment, by the agent whose run it was, dearest first. Where there is none it is the
     * specialty; calls before a route was decided stand under `routing`.
     */
    async spendByAgent(workspaceId: WorkspaceId, goalId: string, sinceMs: number): Promise<{ readonly name: string; readonly amountMicroUsd: number }[]> {
      const rows = await db
        .selectFrom('ledger')
        .innerJoin('runs', 'runs.run_id', 'ledger.run_id')
        .leftJoin('agents', 'agents.agent_id', 'runs.agent_id')
        .select(({ fn }) => ['agents.name', 'runs.specialty_id', fn.sum<number>('ledger.amount_micro_usd').as('amount')])
        .where('ledger.workspace_id', '=', workspaceId)
        .where('ledger.goal_id', '=', goalId)
        .where('ledger.at_ms', '>=', sinceMs)
        .groupBy(['runs.agent_id', 'agents.name', 'runs.specialty_id'])
        .orderBy('amount', 'desc')
        .limit(50)
        .execute()
      return rows.map((row) => ({ name: row.name ?? row.specialty_id ?? 'routing', amountMicroUsd: Number(row.amount) }))
    },

    async spentByRun(runId: string): Promise<number> {
      const row = await db.selectFrom('ledger').select(({ fn }) => fn.sum<number>('amount_micro_usd').as('amount')).where('run_id', '=', runId).executeTakeFirst()
      return Number(row?.amount ?? 0)
    },
  }
}

type EntryValues = Omit<LedgerEntry, 'amountMicroUsd'> & { readonly entryId: string; readonly amountMicroUsd: number | null }

const insertEntry = prepareQuery((runner, entry: EntryValues) =>
  runner.insertInto('ledger').values({
    entry_id: entry.entryId,
    workspace_id: entry.workspaceId,
    goal_id: entry.goalId,
    user_id: entry.userId,
    run_id: entry.runId,
    step_key: entry.stepKey,
    model_id: entry.modelId,
    outcome: entry.outcome,
    amount_micro_usd: entry.amountMicroUsd,
    reserved_micro_usd: entry.reservedMicroUsd,
    saved_micro_usd: entry.savedMicroUsd,
    input_tokens: entry.inputTokens,
    cached_input_tokens: entry.cachedInputTokens,
    output_tokens: entry.outputTokens,
    latency_ms: entry.latencyMs,
    at_ms: entry.atMs,
  }),
)

export type BudgetLedger = ReturnType<typeof createBudgetLedger>
