import type { Db, Trx } from './database.ts'
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
const pageSize = 500

/** Events lie in a table and are written in the transaction of what they report; readers go by cursor. */
export function createEventLog(db: Db) {
  return {
    async append(trx: Trx, event: NewEvent): Promise<void> {
      await trx
        .insertInto('events')
        .values({
          workspace_id: event.workspaceId,
          run_id: event.runId ?? null,
          type: event.type,
          payload: JSON.stringify(event.payload),
          at_ms: event.atMs,
        })
        .execute()
    },

    async lastSeq(): Promise<number> {
      const row = await db.selectFrom('events').select(({ fn }) => fn.max('seq').as('seq')).executeTakeFirst()
      return row?.seq ?? 0
    },

    /** The next events after a cursor, oldest first, at most {@link pageSize}. */
    async readAfter(seq: number): Promise<StoredEvent[]> {
      const rows = await db.selectFrom('events').selectAll().where('seq', '>', seq).orderBy('seq').limit(pageSize).execute()
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

export type EventLog = ReturnType<typeof createEventLog>
