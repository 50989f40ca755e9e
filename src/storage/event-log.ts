import type { Db, Trx } from './database.ts'
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

/** Rows of one read; a reader that gets as many reads again. */
export const eventPageSize = 500

/** Events lie in a table and are written in the transaction of what they report; readers go by cursor. */
export function createEventLog(db: Db) {
  return {
    async append(trx: Trx, event: NewEvent): Promise<void> {
      await insertEvent(trx, { ...event, runId: event.runId ?? null, payload: JSON.stringify(event.payload) })
    },

    async lastSeq(): Promise<number> {
      const row = await db.selectFrom('events').select(({ fn }) => fn.max('seq').as('seq')).executeTakeFirst()
      return row?.seq ?? 0
    },

    /** The next events after a cursor, oldest first, at most {@link eventPageSize}. */
    async readAfter(seq: number): Promise<StoredEvent[]> {
      const { rows } = await selectAfter(db, { seq })
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

const insertEvent = prepareQuery((runner, { workspaceId, runId, type, payload, atMs }: EventValues) =>
  runner.insertInto('events').values({ workspace_id: workspaceId, run_id: runId, type, payload, at_ms: atMs }),
)

const selectAfter = prepareQuery((runner, { seq }: { seq: number }) => runner.selectFrom('events').selectAll().where('seq', '>', seq).orderBy('seq').limit(eventPageSize))

export type EventLog = ReturnType<typeof createEventLog>
