import { newEntryId } from '../../../src/storage/ids.ts'
import type { Database } from '../../../src/storage/database.ts'
import type { WorkspaceId } from '../../../src/storage/records.ts'
import { createRunStore } from '../../../src/storage/run-store.ts'
import type { VectorMemory, VectorSpace } from '../../../src/storage/vectors/vector-memory.ts'
import { aNewRun } from '../../builders.ts'

export const space: VectorSpace = { embedder: 'test', dimension: 8 }

export const vectorOf = (number: number): Float32Array => Float32Array.from({ length: 8 }, (_, at) => Math.sin(number * 13 + at * (1 + (number % 7))))

/** One run with its task, and one paid call with what it adds to the day: each pair in one transaction. */
export async function addRun({ db }: Database, number: number): Promise<void> {
  const run = aNewRun({ nowMs: number })
  await db.transaction().execute((trx) => createRunStore(db).insertOnce(trx, run, [`key-${run.runId}`]))
  await db.transaction().execute(async (trx) => {
    const amount = 1 + (number % 9)
    await trx
      .insertInto('ledger')
      .values({ entry_id: newEntryId(), workspace_id: 'T1', goal_id: 'C1', user_id: 'U1', run_id: run.runId, step_key: 'answer', model_id: 'm "ü" ❄', outcome: 'ok', amount_micro_usd: amount, input_tokens: 1, cached_input_tokens: 0, output_tokens: 1, latency_ms: 5, at_ms: number, reserved_micro_usd: null, saved_micro_usd: null })
      .execute()
    await trx
      .insertInto('budget_spend')
      .values({ workspace_id: 'T1', scope: 'workspace', day: '2026-11-28', reserved_micro_usd: 0, settled_micro_usd: amount, limit_micro_usd: 10, raised_micro_usd: 0, warned: 0 })
      .onConflict((conflict) => conflict.columns(['workspace_id', 'scope', 'day']).doUpdateSet((old) => ({ settled_micro_usd: old('budget_spend.settled_micro_usd', '+', amount) })))
      .execute()
    await trx.insertInto('events').values({ workspace_id: 'T1', run_id: run.runId, type: 'workflow_completed', payload: '{"text":"line\\nbreak"}', at_ms: number }).execute()
  })
}

export async function remember(memory: VectorMemory, workspaceId: WorkspaceId, count: number): Promise<void> {
  const items = Array.from({ length: count }, (_, at) => ({ id: `i${at}`, workspaceId, kind: 'result' as const, text: `text ${at}`, goalId: `C${at % 2}`, atMs: at, ...(at % 3 === 0 ? {} : { expiresAtMs: 9_000_000_000_000 }), vector: vectorOf(at) }))
  await memory.upsert(workspaceId, space, items)
}

/** What a memory answers to some questions. */
export async function answersOf(memory: VectorMemory, workspaceId: WorkspaceId): Promise<unknown> {
  return Promise.all([3, 17, 40].map(async (number) => (await memory.query({ workspaceId, space, vector: vectorOf(number), limit: 5, filter: { goalId: `C${number % 2}` } })).map(({ item, score }) => ({ item, score: score.toFixed(4) }))))
}

/** What must agree: runs and their tasks, and the ledger and what was counted. */
export async function sumsOf({ db }: Database): Promise<{ readonly runs: number; readonly tasks: number; readonly ledger: number; readonly counted: number }> {
  const count = async (table: 'runs' | 'tasks') => Number((await db.selectFrom(table).select(({ fn }) => fn.countAll<number>().as('n')).executeTakeFirstOrThrow()).n)
  const ledger = await db.selectFrom('ledger').select(({ fn }) => fn.sum<number>('amount_micro_usd').as('n')).executeTakeFirstOrThrow()
  const counted = await db.selectFrom('budget_spend').select(({ fn }) => fn.sum<number>('settled_micro_usd').as('n')).executeTakeFirstOrThrow()
  return { runs: await count('runs'), tasks: await count('tasks'), ledger: Number(ledger.n ?? 0), counted: Number(counted.n ?? 0) }
}
