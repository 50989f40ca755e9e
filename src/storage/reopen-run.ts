import { sql } from 'kysely'
import type { Trx } from './database.ts'

const lost = ['failed', 'cancelled']

/**
 * Queues a run again that failed or was stopped. Its finished steps stay, so what it has paid for is read back; only the
 * steps of its answer go, so that the answer comes as a new message. Of a batch the parts without a result go again, also
 * when it came to an answer by the others, and it waits for them.
 * @returns how many runs go again; 0 when there is none in such a state, also because somebody was first
 */
export async function reopenRun(trx: Trx, runId: string, nowMs: number): Promise<number> {
  const parts = await trx.selectFrom('runs').select('run_id').where('parent_run_id', '=', runId).where('status', 'in', lost).execute()
  const run = await reopenOne(trx, runId, nowMs, parts.length > 0 ? ['completed', ...lost] : lost)
  if (!run) return 0
  if (run.parent_run_id !== null) await countOpenAgain(trx, run.parent_run_id, 1)
  for (const { run_id: id } of parts) await reopenOne(trx, id, nowMs, lost)
  if (parts.length > 0) await countOpenAgain(trx, runId, parts.length)
  return Math.max(1, parts.length)
}

async function reopenOne(trx: Trx, runId: string, nowMs: number, from: readonly string[]): Promise<{ parent_run_id: string | null } | undefined> {
  const run = await trx
    .updateTable('runs')
    // From its end until it goes on, it waits for a person.
    .set((row) => ({ status: 'queued', waiting_since_ms: row.ref('finished_at_ms'), finished_at_ms: null, error_code: null, answer: null, tier: null, cancelled_by: null, waiting_for: null }))
    .where('run_id', '=', runId)
    .where('status', 'in', from)
    .returning('parent_run_id')
    .executeTakeFirst()
  if (!run) return undefined
  await trx.updateTable('tasks').set({ status: 'queued', attempts: 0, run_at_ms: nowMs, lease_owner: null, lease_until_ms: null }).where('run_id', '=', runId).execute()
  await trx.deleteFrom('steps').where('run_id', '=', runId).where('step_key', 'like', 'answer:%').execute()
  return run
}

/** A batch that still waits for its other parts waits for these too. */
async function countOpenAgain(trx: Trx, parentRunId: string, parts: number): Promise<void> {
  await trx.updateTable('tasks').set({ parts_ended: sql`parts_ended - ${sql.lit(parts)}`, wakes: sql`wakes + 1` }).where('run_id', '=', parentRunId).execute()
}
