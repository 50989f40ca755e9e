import type { Db } from './database.ts'
import type { WorkspaceId } from './records.ts'

/** What an admin may switch, with how it stands where nobody did. `trials`: Murmur tries out changes of its own; `share`: recipes of public channels begin others. */
export const switchDefaults = { trials: true, share: false } as const
export type SwitchName = keyof typeof switchDefaults

/** What a workspace wants, or does not want, of what Murmur can do. */
export function createSwitchStore(db: Db) {
  return {
    async isOn(workspaceId: WorkspaceId, name: SwitchName): Promise<boolean> {
      const row = await db.selectFrom('workspace_switches').select('is_on').where('workspace_id', '=', workspaceId).where('name', '=', name).executeTakeFirst()
      return row ? row.is_on === 1 : switchDefaults[name]
    },

    async set(workspaceId: WorkspaceId, name: SwitchName, isOn: boolean, changedBy: string, nowMs: number): Promise<void> {
      const row = { is_on: isOn ? 1 : 0, changed_by: changedBy, changed_at_ms: nowMs }
      await db
        .insertInto('workspace_switches')
        .values({ workspace_id: workspaceId, name, ...row })
        .onConflict((conflict) => conflict.columns(['workspace_id', 'name']).doUpdateSet(row))
        .execute()
    },
  }
}

export type SwitchStore = ReturnType<typeof createSwitchStore>
