import type { Database, Trx } from './database.ts'
import { prepareQuery } from './prepared-query.ts'
import type { RunId, WorkspaceId } from './records.ts'

export interface KeptAnswer {
  readonly workspaceId: WorkspaceId
  /** Names question and place; see `question-key.ts`. */
  readonly questionKey: string
  readonly goalId: string
  /** The run that gave the answer; the answer itself lies there only. */
  readonly runId: RunId
  readonly expiresAtMs: number
}

/** Which run answers a question that is asked again. */
export function createKeptAnswerStore({ db }: Pick<Database, 'db'>) {
  return {
    async put(trx: Trx, { workspaceId, questionKey, goalId, runId, expiresAtMs }: KeptAnswer): Promise<void> {
      const values = { goal_id: goalId, run_id: runId, expires_at_ms: expiresAtMs }
      await trx
        .insertInto('kept_answers')
        .values({ workspace_id: workspaceId, question_key: questionKey, ...values })
        .onConflict((conflict) => conflict.columns(['workspace_id', 'question_key']).doUpdateSet(values))
        .execute()
    },

    async find(workspaceId: WorkspaceId, questionKey: string, nowMs: number): Promise<RunId | undefined> {
      const { rows } = await selectKept(db, { workspaceId, questionKey, nowMs })
      return rows[0]?.run_id as RunId | undefined
    },

    async drop(trx: Trx, workspaceId: WorkspaceId, questionKey: string): Promise<void> {
      await trx.deleteFrom('kept_answers').where('workspace_id', '=', workspaceId).where('question_key', '=', questionKey).execute()
    },

    /** Those of a goal, or of one of its runs. */
    async forget(workspaceId: WorkspaceId, goalId: string, runId?: string): Promise<void> {
      const ofGoal = db.deleteFrom('kept_answers').where('workspace_id', '=', workspaceId).where('goal_id', '=', goalId)
      await (runId === undefined ? ofGoal : ofGoal.where('run_id', '=', runId)).execute()
    },

    async dropExpired(nowMs: number): Promise<void> {
      await db.deleteFrom('kept_answers').where('expires_at_ms', '<=', nowMs).execute()
    },

    /** True when an agent of the run used a tool: what it saw there may be another thing by now. */
    async hasUsedTools(trx: Trx, runId: RunId): Promise<boolean> {
      const row = await trx.selectFrom('steps').select('step_key').where('run_id', '=', runId).where('step_key', '>=', 'tool:').where('step_key', '<', 'tool;').limit(1).executeTakeFirst()
      return row !== undefined
    },

    /** True when somebody found fault with the answer. */
    async isDisputed(trx: Trx, runId: RunId): Promise<boolean> {
      const row = await trx.selectFrom('feedback').select('kind').where('run_id', '=', runId).where('kind', '!=', 'up').limit(1).executeTakeFirst()
      return row !== undefined
    },
  }
}

const selectKept = prepareQuery((runner, { workspaceId, questionKey, nowMs }: { workspaceId: string; questionKey: string; nowMs: number }) =>
  runner.selectFrom('kept_answers').select('run_id').where('workspace_id', '=', workspaceId).where('question_key', '=', questionKey).where('expires_at_ms', '>', nowMs),
)

export type KeptAnswerStore = ReturnType<typeof createKeptAnswerStore>
