import type { Database } from './database.ts'
import type { WorkspaceId } from './records.ts'

/** A configuration file that takes the place of the installation's for one workspace. */
export interface ConfigOverride {
  /** For example `agents.json`. */
  readonly file: string
  readonly json: string
  readonly updatedBy: string
  readonly updatedAtMs: number
}

/** Files as they shall be from now on; undefined: the installation's again. */
export type ConfigChanges = Readonly<Record<string, string | undefined>>

/** What workspaces changed of the configuration; one row a file. */
export function createConfigStore({ db }: Database) {
  return {
    async read(workspaceId: WorkspaceId): Promise<readonly ConfigOverride[]> {
      const rows = await db.selectFrom('config_overrides').selectAll().where('workspace_id', '=', workspaceId).orderBy('file').execute()
      return rows.map((row) => ({ file: row.file, json: row.json, updatedBy: row.updated_by, updatedAtMs: row.updated_at_ms }))
    },

    /**
     * Puts a file in the place of the one that was read, or of none.
     * @returns false when somebody else was faster; nothing has changed then
     */
    async replace(workspaceId: WorkspaceId, change: { readonly file: string; readonly before: string | undefined; readonly json: string }, by: string, nowMs: number): Promise<boolean> {
      const { file, before, json } = change
      const changed = { json, updated_by: by, updated_at_ms: nowMs }
      if (before === undefined) {
        const { numInsertedOrUpdatedRows } = await db.insertInto('config_overrides').values({ workspace_id: workspaceId, file, ...changed }).onConflict((conflict) => conflict.doNothing()).executeTakeFirst()
        return Number(numInsertedOrUpdatedRows) > 0
      }
      const { numUpdatedRows } = await db.updateTable('config_overrides').set(changed).where('workspace_id', '=', workspaceId).where('file', '=', file).where('json', '=', before).executeTakeFirst()
      return numUpdatedRows > 0n
    },

    /** All changes or none. */
    async write(workspaceId: WorkspaceId, changes: ConfigChanges, by: string, nowMs: number): Promise<void> {
      await db.transaction().execute(async (trx) => {
        for (const [file, json] of Object.entries(changes)) {
          if (json === undefined) {
            await trx.deleteFrom('config_overrides').where('workspace_id', '=', workspaceId).where('file', '=', file).execute()
            continue
          }
          const changed = { json, updated_by: by, updated_at_ms: nowMs }
          await trx
            .insertInto('config_overrides')
            .values({ workspace_id: workspaceId, file, ...changed })
            .onConflict((conflict) => conflict.columns(['workspace_id', 'file']).doUpdateSet(changed))
            .execute()
        }
      })
    },
  }
}

export type ConfigStore = ReturnType<typeof createConfigStore>
