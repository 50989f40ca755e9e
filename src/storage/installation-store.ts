import type { Db } from './database.ts'

/** Installations of the app, sealed by the caller: this store never sees a token. */
export function createSealedInstallationStore(db: Db, nowMs: () => number) {
  return {
    async put(installationId: string, sealed: string): Promise<void> {
      const updated_at_ms = nowMs()
      await db
        .insertInto('installations')
        .values({ installation_id: installationId, sealed, updated_at_ms })
        .onConflict((conflict) => conflict.column('installation_id').doUpdateSet({ sealed, updated_at_ms }))
        .execute()
    },

    async find(installationId: string): Promise<string | undefined> {
      const row = await db.selectFrom('installations').select('sealed').where('installation_id', '=', installationId).executeTakeFirst()
      return row?.sealed
    },

    async delete(installationId: string): Promise<void> {
      await db.deleteFrom('installations').where('installation_id', '=', installationId).execute()
    },
  }
}

export type SealedInstallationStore = ReturnType<typeof createSealedInstallationStore>
