import { sql, type Selectable } from 'kysely'
import type { Db } from './database.ts'
import { ownUserId } from './own-user.ts'
import { deadlineOf } from './queue/task-order.ts'
import { priorities, type RunId, type RunRecord, type RunStatus, type TaskId, type TaskRecord, type TaskType, type WorkspaceId } from './records.ts'
import { asRunRecord } from './run-store.ts'
import type { RunsTable, TasksTable } from './schema.ts'

/** A run with the task that carries it. */
export interface ListedTask {
  readonly run: RunRecord
  readonly task: TaskRecord
}

const maxListed = 200

/** Tasks as people ask about them. Parts are listed with the task they belong to, not by themselves; what Murmur does of itself is not. */
export function createTaskList(db: Db) {
  const taskOf = async (runId: string): Promise<TaskRecord | undefined> => {
    const row = await db.selectFrom('tasks').selectAll().where('run_id', '=', runId).executeTakeFirst()
    return row && asTaskRecord(row)
  }
  const list = async (workspaceId: WorkspaceId, channelId: string, limit: number, failedOnly: boolean): Promise<ListedTask[]> => {
    let query = db.selectFrom('runs').selectAll().where('workspace_id', '=', workspaceId).where('channel_id', '=', channelId).where('user_id', '!=', ownUserId)
    query = failedOnly ? query.where('status', '=', sql.lit('failed')) : query.where('parent_run_id', 'is', null)
    return withTasks(db, await query.orderBy('run_id', 'desc').limit(Math.min(limit, maxListed)).execute())
  }
  return {
    taskOf,

    /** Newest first. */
    latest: (workspaceId: WorkspaceId, channelId: string, limit: number): Promise<ListedTask[]> => list(workspaceId, channelId, limit, false),

    /** What was given up, parts too, newest first. */
    failed: (workspaceId: WorkspaceId, channelId: string, limit: number): Promise<ListedTask[]> => list(workspaceId, channelId, limit, true),

    /** How many queued tasks of the whole installation are before this one, or undefined when it does not wait for its turn. */
    async placeOf(taskId: TaskId): Promise<number | undefined> {
      const own = await db.selectFrom('tasks').select(['level', 'due_ms', 'status']).where('task_id', '=', taskId).executeTakeFirst()
      if (own?.status !== 'queued') return undefined
      const { ahead } = await db
        .selectFrom('tasks')
        .select(({ fn }) => fn.countAll<number>().as('ahead'))
        .where(sql<boolean>`status in ('queued', 'running')`)
        .where('status', '=', 'queued')
        .where(sql<boolean>`(level, due_ms, task_id) < (${own.level}, ${own.due_ms}, ${taskId})`)
        .executeTakeFirstOrThrow()
      return Number(ahead)
    },
  }
}

/** Rows of runs with the tasks that carry them, in the order of the rows. */
export async function withTasks(db: Db, rows: readonly Selectable<RunsTable>[]): Promise<ListedTask[]> {
  if (rows.length === 0) return []
  const tasks = await db.selectFrom('tasks').selectAll().where('run_id', 'in', rows.map(({ run_id: id }) => id)).execute()
  const byRun = new Map(tasks.map((row) => [row.run_id, asTaskRecord(row)]))
  return rows.flatMap((row) => {
    const task = byRun.get(row.run_id)
    return task ? [{ run: asRunRecord(row), task }] : []
  })
}

export type TaskList = ReturnType<typeof createTaskList>

function asTaskRecord(row: Selectable<TasksTable>): TaskRecord {
  return {
    taskId: row.task_id as TaskId,
    runId: row.run_id as RunId,
    type: row.type as TaskType,
    priority: priorities[row.priority] ?? 'medium',
    status: row.status as RunStatus,
    deadlineMs: deadlineOf(row.due_ms),
    attempts: row.attempts,
    maxAttempts: row.max_attempts,
    parts: row.parts,
    partsEnded: row.parts_ended,
    progress: row.progress ?? undefined,
    lastError: row.last_error ?? undefined,
  }
}
