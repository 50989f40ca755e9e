import type { Database, Trx } from './database.ts'
import { inPortions, portionsOf, prepareQuery, prepareRows } from './prepared-query.ts'
import type { WorkspaceId } from './records.ts'
import type { Schema } from './schema.ts'

/** One more time that something was seen at a cue. */
export interface HabitNote {
  readonly workspaceId: WorkspaceId
  readonly goalId: string
  readonly cue: string
  /** Empty for the cue itself. */
  readonly specialtyId: string
  readonly atMs: number
  /** What was noted at this moment or later counts for this one, too: a whole hour, or a day, is one time. */
  readonly onceSinceMs?: number
}

export interface HabitRow extends Omit<HabitNote, 'atMs' | 'onceSinceMs'> {
  readonly weight: number
  readonly updatedAtMs: number
}

export interface FormerRun {
  readonly specialtyId: string
  readonly workflowId: string | undefined
  readonly finishedAtMs: number
}

const progressName = 'habits'
const maxRows = 200

/**
 * What tends to come after what in a goal. Weights fade.
 * @param fade what a weight still counts after so many ms
 */
export function createHabitStore({ db, traits }: Database, fade: (weight: number, elapsedMs: number) => number) {
  /** What a cue and its habits are after some more notes; each counts on what those before it have left. */
  function addUp(known: ReadonlyMap<string, Seen>, notes: readonly HabitNote[]): HabitsRow[] {
    const seen = new Map(known)
    const changed = new Map<string, HabitsRow>()
    for (const one of notes) {
      const { atMs, onceSinceMs = atMs + 1 } = one
      const row = keyOf(one)
      const before = seen.get(nameOf(row))
      if (before && before.updated_at_ms >= onceSinceMs) continue
      const after = { weight: 1 + (before ? fade(before.weight, atMs - before.updated_at_ms) : 0), updated_at_ms: Math.max(atMs, before?.updated_at_ms ?? 0) }
      seen.set(nameOf(row), after)
      changed.set(nameOf(row), { ...row, ...after })
    }
    // In one order for all, as each row stays locked until the end.
    return [...changed.values()].toSorted((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1))
  }

  async function note(trx: Trx, notes: readonly HabitNote[]): Promise<void> {
    const keys = [...new Map(notes.map(keyOf).map((key) => [nameOf(key), key])).values()]
    const known = await inPortions(keys, (some) => selectHabits(trx, some))
    for (const some of portionsOf(addUp(new Map(known.map((row) => [nameOf(row), row])), notes))) await putHabits(trx, some)
  }

  return {
    /** Notes what events showed, each event once however often it comes. */
    async note(events: readonly { readonly seq: number; readonly notes: readonly HabitNote[] }[]): Promise<void> {
      await db.transaction().execute(async (trx) => {
        await trx.insertInto('stat_progress').values({ name: progressName, seq: 0 }).onConflict((conflict) => conflict.doNothing()).execute()
        const query = trx.selectFrom('stat_progress').select('seq').where('name', '=', progressName)
        const { seq } = await (traits.locksRows ? query.forUpdate() : query).executeTakeFirstOrThrow()
        const fresh = events.filter((event) => event.seq > seq)
        await note(trx, fresh.flatMap(({ notes }) => notes))
        const last = fresh.at(-1)
        if (last) await trx.updateTable('stat_progress').set({ seq: last.seq }).where('name', '=', progressName).execute()
      })
    },

    /** What was seen at some cues of a goal, with how often each cue was there itself. */
    async at(workspaceId: WorkspaceId, goalId: string, cues: readonly string[]): Promise<HabitRow[]> {
      const rows = await db.selectFrom('habits').selectAll().where('workspace_id', '=', workspaceId).where('goal_id', '=', goalId).where('cue', 'in', cues).orderBy('weight', 'desc').limit(maxRows).execute()
      return rows.map(asHabit)
    },

    /** The strongest habits of a cue in all goals of all workspaces. */
    async everywhere(cue: string): Promise<HabitRow[]> {
      const rows = await db.selectFrom('habits').selectAll().where('cue', '=', cue).orderBy('weight', 'desc').limit(maxRows).execute()
      return rows.map(asHabit)
    },

    /** The newest run of a channel before one that was routed and has ended. */
    async runBefore(workspaceId: WorkspaceId, channelId: string, runId: string): Promise<FormerRun | undefined> {
      const { rows } = await selectBefore(db, { workspaceId, channelId, runId })
      const row = rows[0]
      if (!row || row.specialty_id === null || row.finished_at_ms === null) return undefined
      return { specialtyId: row.specialty_id, workflowId: row.workflow_id ?? undefined, finishedAtMs: row.finished_at_ms }
    },
  }
}

type HabitsRow = Schema['habits']
type HabitKey = Omit<HabitsRow, 'weight' | 'updated_at_ms'>
type Seen = Pick<HabitsRow, 'weight' | 'updated_at_ms'>

const keyOf = ({ workspaceId, goalId, cue, specialtyId }: HabitNote): HabitKey => ({ workspace_id: workspaceId, goal_id: goalId, cue, specialty_id: specialtyId })
const nameOf = ({ workspace_id, goal_id, cue, specialty_id }: HabitKey): string => [workspace_id, goal_id, cue, specialty_id].join('\n')

const selectHabits = prepareRows((runner, rows: readonly HabitKey[]) =>
  runner
    .selectFrom('habits')
    .select(['workspace_id', 'goal_id', 'cue', 'specialty_id', 'weight', 'updated_at_ms'])
    .where((row) => row.or(rows.map((key) => row.and([row('workspace_id', '=', key.workspace_id), row('goal_id', '=', key.goal_id), row('cue', '=', key.cue), row('specialty_id', '=', key.specialty_id)])))),
)

const selectBefore = prepareQuery((runner, { workspaceId, channelId, runId }: { workspaceId: string; channelId: string; runId: string }) =>
  runner
    .selectFrom('runs')
    .select(['specialty_id', 'workflow_id', 'finished_at_ms'])
    .where('workspace_id', '=', workspaceId)
    .where('channel_id', '=', channelId)
    .where('run_id', '<', runId)
    .where('parent_run_id', 'is', null)
    .orderBy('run_id', 'desc')
    .limit(1),
)

const putHabits = prepareRows((runner, rows: readonly HabitsRow[]) =>
  runner
    .insertInto('habits')
    .values(rows.map((row) => ({ workspace_id: row.workspace_id, goal_id: row.goal_id, cue: row.cue, specialty_id: row.specialty_id, weight: row.weight, updated_at_ms: row.updated_at_ms })))
    .onConflict((conflict) => conflict.columns(['workspace_id', 'goal_id', 'cue', 'specialty_id']).doUpdateSet((row) => ({ weight: row.ref('excluded.weight'), updated_at_ms: row.ref('excluded.updated_at_ms') }))),
)

export type HabitStore = ReturnType<typeof createHabitStore>

const asHabit = (row: { workspace_id: string; goal_id: string; cue: string; specialty_id: string; weight: number; updated_at_ms: number }): HabitRow => ({
  workspaceId: row.workspace_id as WorkspaceId,
  goalId: row.goal_id,
  cue: row.cue,
  specialtyId: row.specialty_id,
  weight: row.weight,
  updatedAtMs: row.updated_at_ms,
})
