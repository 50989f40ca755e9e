import { setImmediate as nextTurn } from 'node:timers/promises'
import { sql } from 'kysely'
import type { Database, Db, Trx } from './database.ts'
import { prepareQuery, type QueryRunner } from './prepared-query.ts'
import type { PatternExample, PatternOutcome, PatternRecord, RunId, WorkflowId, WorkspaceId } from './records.ts'
import type { PatternsTable } from './schema.ts'

/** Patterns of one goal that are looked at; those seen last come first. */
export const maxPatterns = 500

/** Rows of a statement that many are read or written by: about 5 ms of work. */
const rowsAtOnce = 100

type Goal = Pick<PatternRecord, 'workspaceId' | 'goalId'>

/** Whose runs are whose from now on. */
export interface PatternRewriting extends Goal {
  readonly begun: readonly PatternRecord[]
  readonly changed: readonly PatternRecord[]
  /** Patterns that end, and which one takes over their runs; but runs that go elsewhere are in `moved`, by where they go. */
  readonly heirs: ReadonlyMap<string, string>
  readonly moved: ReadonlyMap<string, readonly RunId[]>
}

/** Recurring classes of requests, by goal. */
export function createPatternStore({ db, traits }: Database) {
  return {
    async insert(trx: Trx, pattern: PatternRecord): Promise<void> {
      const { patternId, workspaceId, goalId, createdAtMs } = pattern
      await trx.insertInto('patterns').values({ pattern_id: patternId, workspace_id: workspaceId, goal_id: goalId, created_at_ms: createdAtMs, ...asColumns(pattern) }).execute()
    },

    /**
     * Nobody else begins a pattern of this goal in this way until the transaction ends.
     * @returns the ids of the patterns that {@link listGoal} gives by now
     */
    async holdGoal(trx: Trx, { workspaceId, goalId }: Goal): Promise<string[]> {
      // There may be no row yet that could be locked. Two goals with the same hash wait for each other, and that is all.
      if (traits.locksRows) await sql`select pg_advisory_xact_lock(hashtextextended(${`patterns ${workspaceId} ${goalId}`}, 0))`.execute(trx)
      const rows = await ofGoal(trx, workspaceId, goalId).select('pattern_id').limit(maxPatterns).execute()
      return rows.map(({ pattern_id: patternId }) => patternId)
    },

    /**
     * Changes one, made from its newest state; changes at the same time follow each other.
     * @returns the pattern afterwards; undefined when there is none or nothing was changed
     */
    async change(trx: Trx, patternId: string, change: (pattern: PatternRecord) => PatternRecord | undefined): Promise<PatternRecord | undefined> {
      const { rows } = await (traits.locksRows ? lockPattern : selectPattern)(trx, { patternId })
      const changed = rows[0] && change(asPattern(rows[0]))
      if (!changed) return undefined
      await updatePattern(trx, { patternId, ...asColumns(changed) })
      return changed
    },

    async find(patternId: string): Promise<PatternRecord | undefined> {
      const { rows } = await selectPattern(db, { patternId })
      return rows[0] && asPattern(rows[0])
    },

    /** Seen last first. */
    async listGoal(workspaceId: WorkspaceId, goalId: string, limit = maxPatterns): Promise<PatternRecord[]> {
      const rows = await ofGoal(db, workspaceId, goalId).selectAll().limit(Math.min(limit, maxPatterns)).execute()
      return rows.map(asPattern)
    },

    /** Those of a goal with or without a workflow, seen last first, until they have so many examples; in turns of the event loop. */
    async listRecent({ workspaceId, goalId }: Goal, { hasWorkflow, maxExamples }: { readonly hasWorkflow: boolean; readonly maxExamples: number }): Promise<PatternRecord[]> {
      const found = new Map<string, PatternRecord>()
      let examples = 0
      for (let offset = 0; ; offset += rowsAtOnce) {
        const rows = await ofGoal(db, workspaceId, goalId)
          .selectAll()
          .where('workflow_id', hasWorkflow ? 'is not' : 'is', null)
          .offset(offset)
          .limit(rowsAtOnce)
          .execute()
        for (const pattern of rows.map(asPattern)) {
          // One that was seen meanwhile comes twice.
          if (found.has(pattern.patternId)) continue
          examples += pattern.examples.length
          if (examples > maxExamples) return [...found.values()]
          found.set(pattern.patternId, pattern)
        }
        if (rows.length < rowsAtOnce) return [...found.values()]
        await nextTurn()
      }
    },

    /** Patterns of a goal as they are, by their ids; nobody changes them until the transaction ends. */
    async lock(trx: Trx, { workspaceId, goalId }: Goal, patternIds: readonly string[]): Promise<PatternRecord[]> {
      const found: PatternRecord[] = []
      // In one order, so that two who lock several never wait for each other.
      for (const ids of inParts(patternIds.toSorted())) {
        const query = trx.selectFrom('patterns').selectAll().where('workspace_id', '=', workspaceId).where('goal_id', '=', goalId).where('pattern_id', 'in', ids).orderBy('pattern_id')
        found.push(...(await (traits.locksRows ? query.forUpdate() : query).execute()).map(asPattern))
        await nextTurn()
      }
      return found
    },

    /** Writes patterns and the membership of runs anew; what it names must be locked. */
    async rewrite(trx: Trx, { workspaceId, goalId, begun, changed, heirs, moved }: PatternRewriting): Promise<void> {
      const ofGoal = { workspace_id: workspaceId, goal_id: goalId }
      for (const part of inParts(begun)) {
        await trx.insertInto('patterns').values(part.map((pattern) => ({ pattern_id: pattern.patternId, ...ofGoal, created_at_ms: pattern.createdAtMs, ...asColumns(pattern) }))).execute()
        await nextTurn()
      }
      for (const [patternId, runIds] of moved) {
        for (const part of inParts(runIds)) await trx.updateTable('runs').set({ pattern_id: patternId }).where('workspace_id', '=', workspaceId).where('run_id', 'in', part).execute()
        await nextTurn()
      }
      for (const [heir, ended] of Map.groupBy(heirs.keys(), (patternId) => heirs.get(patternId) as string)) {
        for (const part of inParts(ended)) await trx.updateTable('runs').set({ pattern_id: heir }).where('workspace_id', '=', workspaceId).where('pattern_id', 'in', part).execute()
        await nextTurn()
      }
      for (const pattern of changed) {
        await trx.updateTable('patterns').set(asColumns(pattern)).where((row) => row.and({ ...ofGoal, pattern_id: pattern.patternId })).execute()
        await nextTurn()
      }
      for (const part of inParts([...heirs.keys()])) await trx.deleteFrom('patterns').where((row) => row.and(ofGoal)).where('pattern_id', 'in', part).execute()
    },
  }
}

export type PatternStore = ReturnType<typeof createPatternStore>

const wherePattern = (runner: QueryRunner, patternId: string) => runner.selectFrom('patterns').selectAll().where('pattern_id', '=', patternId)
const selectPattern = prepareQuery((runner, { patternId }: { patternId: string }) => wherePattern(runner, patternId))
const lockPattern = prepareQuery((runner, { patternId }: { patternId: string }) => wherePattern(runner, patternId).forUpdate())
const updatePattern = prepareQuery((runner, { patternId, title, state, examples, outcomes, workflow_id, runs, last_seen_at_ms }: { patternId: string } & ReturnType<typeof asColumns>) =>
  runner.updateTable('patterns').set({ title, state, examples, outcomes, workflow_id, runs, last_seen_at_ms }).where('pattern_id', '=', patternId),
)

/** Seen last first. */
const ofGoal = (db: Db, workspaceId: WorkspaceId, goalId: string) =>
  db.selectFrom('patterns').where('workspace_id', '=', workspaceId).where('goal_id', '=', goalId).orderBy('last_seen_at_ms', 'desc').orderBy('pattern_id', 'desc')

const inParts = <T>(all: readonly T[]): T[][] => Array.from({ length: Math.ceil(all.length / rowsAtOnce) }, (_, at) => all.slice(at * rowsAtOnce, (at + 1) * rowsAtOnce))

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
