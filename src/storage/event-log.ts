import { sql } from 'kysely'
import type { Database, Trx } from './database.ts'
import { createGapWatch } from './event-gaps.ts'
import { prepareQuery } from './prepared-query.ts'
import type { WorkspaceId } from './records.ts'

export interface NewEvent {
  readonly workspaceId: WorkspaceId
  readonly runId?: string
  readonly type: string
  readonly payload: Readonly<Record<string, unknown>>
  readonly atMs: number
}

export interface StoredEvent extends NewEvent {
  /** Position in the log; counts up, with gaps. */
  readonly seq: number
}

/** The runs that events are of. */
export const runIdsOf = (events: readonly StoredEvent[]): string[] => events.flatMap(({ runId }) => runId ?? [])

/** Rows of one read; a reader that gets as many reads again. */
export const eventPageSize = 500

/**
 * Events lie in a table and are written in the transaction of what they report; readers go by cursor. Where several write at once, one
 * that took a lower number may be stored after one with a higher: readers stop before a number that is missing until it is
 * certain that nobody will fill it.
 */
export function createEventLog({ db, traits }: Pick<Database, 'db' | 'traits'>) {
  const insertEvent = traits.locksRows ? insertNumbered : insertPlain
  const gaps = createGapWatch(db)
  const selectFrom = async (seq: number) => (await selectAfter(db, { seq })).rows
  return {
    async append(trx: Trx, event: NewEvent): Promise<void> {
      await insertEvent(trx, { ...event, runId: event.runId ?? null, payload: JSON.stringify(event.payload) })
    },

    async lastSeq(): Promise<number> {
      const row = await db.selectFrom('events').select(({ fn }) => fn.max('seq').as('seq')).executeTakeFirst()
      return row?.seq ?? 0
    },

    /** True when there are events after the cursor that can't be read yet, because one before them may still be stored. */
    async isHeldUp(seq: number): Promise<boolean> {
      return traits.locksRows && (await this.lastSeq()) > seq
    },

    /** The next events after a cursor, oldest first, at most {@link eventPageSize}. */
    async readAfter(seq: number): Promise<StoredEvent[]> {
      const rows = traits.locksRows ? await gaps.read(seq, selectFrom) : await selectFrom(seq)
      return rows.map((row) => ({
        seq: row.seq,
        workspaceId: row.workspace_id as WorkspaceId,
        ...(row.run_id === null ? {} : { runId: row.run_id }),
        type: row.type,
        payload: JSON.parse(row.payload) as Record<string, unknown>,
        atMs: row.at_ms,
      }))
    },
  }
}

interface EventValues {
  readonly workspaceId: string
  readonly runId: string | null
  readonly type: string
  readonly payload: string
  readonly atMs: number
}

const insertPlain = prepareQuery((runner, { workspaceId, runId, type, payload, atMs }: EventValues) =>
  runner.insertInto('events').values({ workspace_id: workspaceId, run_id: runId, type, payload, at_ms: atMs }),
)

/** The scan gives the transaction its id before the number is taken; the gap watch relies on it. */
const insertNumbered = prepareQuery((runner, { workspaceId, runId, type, payload, atMs }: EventValues) =>
  runner.insertInto('events').columns(['workspace_id', 'run_id', 'type', 'payload', 'at_ms']).expression(
    sql`select ${workspaceId}::text, ${runId}::text, ${type}::text, ${payload}::text, ${atMs}::bigint from pg_current_xact_id()` as never,
  ),
)

/** By name: PostgreSQL keeps no plan of `*` (see `postgres-pool.ts`). */
const eventColumns = ['seq', 'workspace_id', 'run_id', 'type', 'payload', 'at_ms'] as const

const selectAfter = prepareQuery((runner, { seq }: { seq: number }) => runner.selectFrom('events').select(eventColumns).where('seq', '>', seq).orderBy('seq').limit(eventPageSize))

export type EventLog = ReturnType<typeof createEventLog>
