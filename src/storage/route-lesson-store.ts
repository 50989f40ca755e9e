import { setImmediate as nextTurn } from 'node:timers/promises'
import { sql } from 'kysely'
import type { Database, Db, Trx } from './database.ts'
import type { WorkspaceId } from './records.ts'
import type { RouteLessonsTable } from './schema.ts'

/**
 * What one event teaches: `ended`, a run is over; `done`, it was answered in full; `up` and `down`, a thumb for who answered;
 * `named`, another one should have.
 */
export interface RouteLesson {
  /** Position of the event in the log. */
  readonly seq: number
  readonly runId: string
  readonly kind: 'ended' | 'done' | 'up' | 'down' | 'named'
  readonly specialtyId: string
  readonly namedId: string | undefined
  readonly userId: string | undefined
  readonly text: string
}

/** A model as bytes, with what it was made from and the last lesson it knows. */
export interface KeptRouteModel {
  readonly basis: string
  readonly upTo: number
  readonly bytes: Uint8Array
}

/** Rows of one read; who gets as many reads again. */
export const lessonPageSize = 500
/** Small enough that writing or reading one does not hold up the event loop; each has a turn of its own, because SQLite works in this thread. */
const partBytes = 256 * 1_024
/** A newer model may take the place of the one that is being read. */
const maxReads = 3

export function createRouteLessonStore({ db }: Database) {
  return {
    /** Adds lessons; one that is there already stays. */
    async add(workspaceId: WorkspaceId, lessons: readonly RouteLesson[]): Promise<void> {
      if (lessons.length === 0) return
      const rows = lessons.map(({ seq, runId, kind, specialtyId, namedId, userId, text }) => ({ workspace_id: workspaceId, seq, run_id: runId, kind, specialty_id: specialtyId, named_id: namedId ?? null, user_id: userId ?? null, text }))
      await db.insertInto('route_lessons').values(rows).onConflict((conflict) => conflict.doNothing()).execute()
    },

    /** Whether anybody has said anything of a run yet. */
    async hasRated(workspaceId: WorkspaceId): Promise<boolean> {
      const row = await db.selectFrom('route_lessons').select('seq').where('workspace_id', '=', workspaceId).where('kind', 'in', ['up', 'down', 'named']).limit(1).executeTakeFirst()
      return row !== undefined
    },

    /** The next lessons of a workspace, oldest first, at most {@link lessonPageSize}. */
    async readAfter(workspaceId: WorkspaceId, seq: number): Promise<RouteLesson[]> {
      const rows = await db.selectFrom('route_lessons').selectAll().where('workspace_id', '=', workspaceId).where('seq', '>', seq).orderBy('seq').limit(lessonPageSize).execute()
      return rows.map(asLesson)
    },

    /** Forgets all but the newest lessons. */
    async trim(workspaceId: WorkspaceId, kept: number): Promise<void> {
      const oldest = await db.selectFrom('route_lessons').select('seq').where('workspace_id', '=', workspaceId).orderBy('seq', 'desc').offset(kept).limit(1).executeTakeFirst()
      if (oldest) await db.deleteFrom('route_lessons').where('workspace_id', '=', workspaceId).where('seq', '<=', oldest.seq).execute()
    },

    /** Keeps a model in the place of an older one. It is written in parts, so a reader finds the one or the other whole. */
    async keepModel(workspaceId: WorkspaceId, version: string, { basis, upTo, bytes }: KeptRouteModel): Promise<void> {
      for (let part = 0; part * partBytes < bytes.length; part++) {
        await db.insertInto('route_model_parts').values({ workspace_id: workspaceId, version, part, bytes: bytes.subarray(part * partBytes, (part + 1) * partBytes) }).execute()
        await nextTurn()
      }
      await db.transaction().execute((trx) => point(trx, workspaceId, version, basis, upTo))
    },

    /** Part by part. Undefined as well where newer ones always came before it was read: then it is taught again. */
    async readModel(workspaceId: WorkspaceId): Promise<KeptRouteModel | undefined> {
      for (let read = 0; read < maxReads; read++) {
        const kept = await db.selectFrom('route_models').selectAll().where('workspace_id', '=', workspaceId).executeTakeFirst()
        if (!kept) return undefined
        const bytes = await readParts(db, workspaceId, kept.version)
        if (bytes) return { basis: kept.basis, upTo: kept.up_to, bytes }
      }
      return undefined
    },
  }
}

/** @returns undefined when a part is gone: a newer model has taken its place */
async function readParts(db: Db, workspaceId: WorkspaceId, version: string): Promise<Uint8Array | undefined> {
  const parts = db.selectFrom('route_model_parts').where('workspace_id', '=', workspaceId).where('version', '=', version)
  const { total } = await parts.select(sql<number | null>`sum(length(bytes))`.as('total')).executeTakeFirstOrThrow()
  if (!total) return undefined
  // Not zeroed first: every byte is written, or nothing is returned.
  const bytes = Buffer.allocUnsafe(Number(total))
  for (let part = 0, at = 0; at < bytes.length; part++) {
    const row = await parts.select('bytes').where('part', '=', part).executeTakeFirst()
    if (!row) return undefined
    bytes.set(row.bytes, at)
    at += row.bytes.length
    await nextTurn()
  }
  return bytes
}

export type RouteLessonStore = ReturnType<typeof createRouteLessonStore>

/** A slower process must not put its older model over a newer one. */
async function point(trx: Trx, workspaceId: WorkspaceId, version: string, basis: string, upTo: number): Promise<void> {
  await trx
    .insertInto('route_models')
    .values({ workspace_id: workspaceId, basis, up_to: upTo, version })
    .onConflict((conflict) => conflict.column('workspace_id').doUpdateSet({ basis, up_to: upTo, version }).where('route_models.up_to', '<=', upTo))
    .execute()
  const current = await trx.selectFrom('route_models').select('version').where('workspace_id', '=', workspaceId).executeTakeFirstOrThrow()
  await trx.deleteFrom('route_model_parts').where('workspace_id', '=', workspaceId).where('version', '!=', current.version).execute()
}

const asLesson = (row: RouteLessonsTable): RouteLesson => ({
  seq: row.seq,
  runId: row.run_id,
  kind: row.kind as RouteLesson['kind'],
  specialtyId: row.specialty_id,
  namedId: row.named_id ?? undefined,
  userId: row.user_id ?? undefined,
  text: row.text,
})
