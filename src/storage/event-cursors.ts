import { sql } from 'kysely'
import type { Database } from './database.ts'

/** How far readers of the events have come. One process at a time reads for a reader; a dead one's turn runs out. */
export function createEventCursors({ db, traits }: Database) {
  return {
    /**
     * Takes or keeps the turn of a reader until `untilMs`. A reader that never was begins at the end of the log.
     * @returns the last event it has done, or undefined while another process has the turn
     */
    async claim(reader: string, owner: string, nowMs: number, untilMs: number): Promise<number | undefined> {
      // Where there is one process only, a turn of another one is a dead one's.
      const endedBeforeMs = traits.isSingleProcess ? Number.MAX_SAFE_INTEGER : nowMs
      const row = await db
        .insertInto('event_cursors')
        .values(({ selectFrom }) => ({
          reader,
          seq: selectFrom('events').select(({ fn }) => fn.coalesce(fn.max('seq'), sql.lit(0)).as('seq')),
          owner,
          owned_until_ms: untilMs,
        }))
        .onConflict((conflict) =>
          conflict
            .column('reader')
            .doUpdateSet({ owner, owned_until_ms: untilMs })
            .where(({ or, eb }) => or([eb('event_cursors.owner', '=', owner), eb('event_cursors.owner', 'is', null), eb('event_cursors.owned_until_ms', '<=', endedBeforeMs)])),
        )
        .returning('seq')
        .executeTakeFirst()
      return row?.seq
    },

    /** @returns false when another process has taken the turn meanwhile */
    async advance(reader: string, owner: string, seq: number, untilMs: number): Promise<boolean> {
      const { numUpdatedRows } = await db.updateTable('event_cursors').set({ seq, owned_until_ms: untilMs }).where('reader', '=', reader).where('owner', '=', owner).executeTakeFirst()
      return numUpdatedRows > 0n
    },

    async release(reader: string, owner: string): Promise<void> {
      await db.updateTable('event_cursors').set({ owner: null, owned_until_ms: 0 }).where('reader', '=', reader).where('owner', '=', owner).execute()
    },
  }
}

export type EventCursors = ReturnType<typeof createEventCursors>
