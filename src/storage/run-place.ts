import type { Db, Trx } from './database.ts'
import type { Request, RunId, WorkspaceId } from './records.ts'

/** What is known of a run without reading what it was asked. */
export interface RunPlace {
  readonly workspaceId: WorkspaceId
  readonly parentRunId: RunId | undefined
  readonly channelId: string
  readonly userId: string
  readonly createdAtMs: number
}

/** For a run whose row is there and may not be understood. */
export async function readRunPlace(db: Db, runId: RunId): Promise<RunPlace | undefined> {
  const row = await db.selectFrom('runs').select(['workspace_id', 'parent_run_id', 'channel_id', 'user_id', 'created_at_ms']).where('run_id', '=', runId).executeTakeFirst()
  return (
    row && {
      workspaceId: row.workspace_id as WorkspaceId,
      parentRunId: (row.parent_run_id ?? undefined) as RunId | undefined,
      channelId: row.channel_id,
      userId: row.user_id,
      createdAtMs: row.created_at_ms,
    }
  )
}

/** Puts an empty request, no route and no wait where these cannot be read, so that nobody who lists runs or follows events fails by this one. */
export async function makeReadable(trx: Trx, runId: RunId, { workspaceId, channelId, userId }: RunPlace): Promise<void> {
  const row = await trx.selectFrom('runs').select(['request', 'route', 'waiting_for']).where('run_id', '=', runId).executeTakeFirst()
  if (!row) return
  const empty: Request = { workspaceId, channelId, userId, surface: 'door', text: '', files: [], mentionable: [], isReply: false }
  const mended = {
    ...(isJson(row.request) ? {} : { request: JSON.stringify(empty) }),
    ...(isJson(row.route ?? 'null') ? {} : { route: null }),
    ...(isJson(row.waiting_for ?? 'null') ? {} : { waiting_for: null }),
  }
  if (Object.keys(mended).length > 0) await trx.updateTable('runs').set(mended).where('run_id', '=', runId).execute()
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
