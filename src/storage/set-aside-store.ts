import type { Database } from './database.ts'
import type { EventLog, StoredEvent } from './event-log.ts'

/** An event that a reader failed at. */
export interface FailedEvent {
  readonly event: Pick<StoredEvent, 'seq' | 'workspaceId' | 'runId' | 'type'>
  readonly errorCode: string
}

/** Reported when an event is set aside. `reader`, `eventType`, `eventSeq`, `errorCode`, `tries`. */
export const setAsideType = 'event_set_aside'
/** Read at once; what is more comes at the next start. */
const maxAtOnce = 500

/** Events that readers fail at: counted while they are tried again, then set aside so that the reader goes on. */
export function createSetAsideStore({ db }: Pick<Database, 'db'>, events: Pick<EventLog, 'append'>) {
  const ofReader = (reader: string) => db.selectFrom('set_aside_events').where('reader', '=', reader)
  return {
    /** Counts a try that failed. @returns how many there were */
    async noteTry(reader: string, { event, errorCode }: FailedEvent, nowMs: number): Promise<number> {
      const { tries } = await db
        .insertInto('set_aside_events')
        .values({ reader, seq: event.seq, workspace_id: event.workspaceId, run_id: event.runId ?? null, type: event.type, error_code: errorCode, tries: 1, tried_at_ms: nowMs, set_aside_at_ms: null })
        .onConflict((conflict) => conflict.columns(['reader', 'seq']).doUpdateSet(({ eb, ref }) => ({ tries: eb(ref('set_aside_events.tries'), '+', 1), error_code: errorCode, tried_at_ms: nowMs })))
        .returning('tries')
        .executeTakeFirstOrThrow()
      return tries
    },

    /** Sets aside what was tried, once, and reports it as an event in the same transaction. That such a report fails is not reported again. */
    async setAside(reader: string, { event, errorCode }: FailedEvent, nowMs: number): Promise<void> {
      await db.transaction().execute(async (trx) => {
        const row = await trx
          .updateTable('set_aside_events')
          .set({ set_aside_at_ms: nowMs })
          .where('reader', '=', reader)
          .where('seq', '=', event.seq)
          .where('set_aside_at_ms', 'is', null)
          .returning('tries')
          .executeTakeFirst()
        if (!row || event.type === setAsideType) return
        const { workspaceId, runId } = event
        await events.append(trx, { workspaceId, ...(runId === undefined ? {} : { runId }), type: setAsideType, payload: { reader, eventType: event.type, eventSeq: event.seq, errorCode, tries: row.tries }, atMs: nowMs })
      })
    },

    /** Numbers of the events that a reader passes over, oldest first. */
    async listSetAside(reader: string): Promise<number[]> {
      const rows = await ofReader(reader).select('seq').where('set_aside_at_ms', 'is not', null).orderBy('seq').limit(maxAtOnce).execute()
      return rows.map(({ seq }) => seq)
    },

    async isSetAside(reader: string, seq: number): Promise<boolean> {
      return (await ofReader(reader).select('seq').where('seq', '=', seq).where('set_aside_at_ms', 'is not', null).executeTakeFirst()) !== undefined
    },

    /** After an event was handled at last. */
    async forget(reader: string, seq: number): Promise<void> {
      await db.deleteFrom('set_aside_events').where('reader', '=', reader).where('seq', '=', seq).execute()
    },

    /** After all events up to this one were handled: what was counted of them. What is set aside stays. */
    async forgetTries(reader: string, upTo: number): Promise<void> {
      await db.deleteFrom('set_aside_events').where('reader', '=', reader).where('seq', '<=', upTo).where('set_aside_at_ms', 'is', null).execute()
    },

    /** What is set aside now, by reader. */
    async countSetAside(): Promise<{ readonly reader: string; readonly count: number }[]> {
      const rows = await db.selectFrom('set_aside_events').where('set_aside_at_ms', 'is not', null).groupBy('reader').select(({ fn }) => ['reader', fn.countAll<number>().as('count')]).execute()
      return rows.map(({ reader, count }) => ({ reader, count: Number(count) }))
    },

    /** Deletes what was set aside before a moment. */
    async forgetBefore(beforeMs: number): Promise<void> {
      await db.deleteFrom('set_aside_events').where('set_aside_at_ms', '<', beforeMs).execute()
    },
  }
}

export type SetAsideStore = ReturnType<typeof createSetAsideStore>
