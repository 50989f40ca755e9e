import type { Database, Trx } from './database.ts'
import type { PatternExample, PatternOutcome, PatternRecord, WorkflowId, WorkspaceId } from './records.ts'
import type { PatternsTable } from './schema.ts'

/** Patterns of one goal that are looked at; those seen last come first. */
export const maxPatterns = 500

/** Recurring classes of requests, by goal. */
export function createPatternStore({ db, traits }: Database) {
  return {
    async insert(trx: Trx, pattern: PatternRecord): Promise<void> {
      const { patternId, workspaceId, goalId, createdAtMs } = pattern
      await trx.insertInto('patterns').values({ pattern_id: patternId, workspace_id: workspaceId, goal_id: goalId, created_at_ms: createdAtMs, ...asColumns(pattern) }).execute()
    },

    /**
     * Changes one, made from its newest state; changes at the same time follow each other.
     * @returns the pattern afterwards; undefined when there is none or nothing was changed
     */
    async change(trx: Trx, patternId: string, change: (pattern: PatternRecord) => PatternRecord | undefined): Promise<PatternRecord | undefined> {
      const query = trx.selectFrom('patterns').selectAll().where('pattern_id', '=', patternId)
      const row = await (traits.locksRows ? query.forUpdate() : query).executeTakeFirst()
      const changed = row && change(asPattern(row))
      if (!changed) return undefined
      await trx.updateTable('patterns').set(asColumns(changed)).where('pattern_id', '=', patternId).execute()
      return changed
    },

    async find(patternId: string): Promise<PatternRecord | undefined> {
      const row = await db.selectFrom('patterns').selectAll().where('pattern_id', '=', patternId).executeTakeFirst()
      return row && asPattern(row)
    },

    /** Seen last first. */
    async listGoal(workspaceId: WorkspaceId, goalId: string, limit = maxPatterns): Promise<PatternRecord[]> {
      const rows = await db
        .selectFrom('patterns')
        .selectAll()
        .where('workspace_id', '=', workspaceId)
        .where('goal_id', '=', goalId)
        .orderBy('last_seen_at_ms', 'desc')
        .orderBy('pattern_id', 'desc')
        .limit(Math.min(limit, maxPatterns))
        .execute()
      return rows.map(asPattern)
    },
  }
}

export type PatternStore = ReturnType<typeof createPatternStore>

const asColumns = ({ title, state, examples, outcomes, workflowId, runs, lastSeenAtMs }: PatternRecord) => ({
  title,
  state,
  examples: JSON.stringify(examples),
  outcomes: JSON.stringify(outcomes),
  workflow_id: workflowId ?? null,
  runs,
  last_seen_at_ms: lastSeenAtMs,
})

const asPattern = (row: PatternsTable): PatternRecord => ({
  patternId: row.pattern_id,
  workspaceId: row.workspace_id as WorkspaceId,
  goalId: row.goal_id,
  title: row.title,
  state: row.state as PatternRecord['state'],
  examples: JSON.parse(row.examples) as PatternExample[],
  outcomes: JSON.parse(row.outcomes) as PatternOutcome[],
  workflowId: (row.workflow_id ?? undefined) as WorkflowId | undefined,
  runs: row.runs,
  createdAtMs: row.created_at_ms,
  lastSeenAtMs: row.last_seen_at_ms,
})
