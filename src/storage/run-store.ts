import { sql } from 'kysely'
import type { Db, Trx } from './database.ts'
import type { FailureClass } from './failure-class.ts'
import type { AgentId, BudgetWait, Request, RouteDecision, RunId, RunRecord, RunStatus, WorkflowId, WorkflowRef, WorkspaceId } from './records.ts'
import { ownUserId } from './own-user.ts'
import { insertRuns, type AskedRun, type NewRun } from './insert-runs.ts'
import { continueRun, endRun, routeRun, startRun } from './run-queries.ts'
import { selectLastRouted, selectRuns, type RecordRow } from './run-rows.ts'
import { inPortions, prepareQuery } from './prepared-query.ts'
import type { TriedRemedy } from './remedy-store.ts'
import type { RunsTable } from './schema.ts'

/** How a run ended; written once, in the transaction that ends its task. */
export interface RunOutcome {
  readonly status: Extract<RunStatus, 'completed' | 'failed' | 'cancelled'>
  readonly answer: string | undefined
  readonly tier: number | undefined
  readonly errorCode: string | undefined
  /** What the code says in words, for who looks at what failed. */
  readonly reason?: string
  /** Who did it, where an agent did. */
  readonly agentId?: AgentId | undefined
  /** What it was paid from. */
  readonly goalId?: string | undefined
  /** The model that gave the answer. */
  readonly modelId?: string | undefined
  /** Set where a lower tier answered or nobody did. */
  readonly failureClass?: FailureClass | undefined
  /** The other ways that were tried after that failure. */
  readonly tried?: readonly TriedRemedy[] | undefined
  /** 1 to 5, where a judge looked. */
  readonly quality?: number | undefined
  /** From the first call of the answer to its end. */
  readonly answerMs?: number | undefined
  /** Names the agents and models as they were configured. */
  readonly settingsBasis?: string | undefined
}

/** Bound of every listing. */
const maxListed = 200

export function createRunStore(db: Db) {
  const list = async (workspaceId: WorkspaceId, limit: number, where: Partial<Pick<RunsTable, 'channel_id' | 'thread_id' | 'user_id'>>): Promise<RunRecord[]> => {
    const rows = await db
      .selectFrom('runs')
      .selectAll()
      .where((row) => row.and({ workspace_id: workspaceId, ...where }))
      .where('user_id', '!=', ownUserId)
      .orderBy('run_id', 'desc')
      .limit(Math.min(limit, maxListed))
      .execute()
    return rows.map(asRunRecord)
  }
  return {
    /**
     * Stores request, run and task, unless one of the keys was accepted before.
     * @returns the run's id, or for a second delivery that of the run which the first one made
     */
    async insertOnce(trx: Trx, run: NewRun, dedupeKeys: readonly string[]): Promise<RunId> {
      const [runId = run.runId] = await insertRuns(trx, [{ run, dedupeKeys }])
      return runId
    },

    /** The same for several that came together, in as few statements. @returns their runs' ids, in their order */
    insertAll: (trx: Trx, asked: readonly AskedRun[]): Promise<RunId[]> => insertRuns(trx, asked),

    /** @param runner the transaction, for who is in one */
    async find(runId: string, runner: Db | Trx = db): Promise<RunRecord | undefined> {
      const { rows } = await selectRuns(runner, [{ runId }])
      return rows[0] && asRunRecord(rows[0])
    },

    /** Those of these runs that there are, by their ids and in their order: for who goes through many, as one statement reads 32 of them. */
    async findAll(runIds: readonly string[]): Promise<ReadonlyMap<string, RunRecord>> {
      const runs = await inPortions([...new Set(runIds)], async (some) => {
        const { rows } = await selectRuns(db, some.map((runId) => ({ runId })))
        return { rows: rows.map(asRunRecord) }
      })
      const found = new Map<string, RunRecord>(runs.map((run) => [run.runId, run]))
      return new Map(runIds.flatMap((runId) => (found.has(runId) ? [[runId, found.get(runId) as RunRecord]] : [])))
    },

    /**
     * The run is at work for the first time.
     * @returns who asked meanwhile to stop it, if somebody did; undefined when it was begun before, then nothing is changed
     */
    async begin(trx: Trx, runId: RunId, nowMs: number): Promise<{ readonly cancelledBy: string | undefined } | undefined> {
      const [row] = (await startRun(trx, { runId, nowMs })).rows
      return row && { cancelledBy: row.cancelled_by ?? undefined }
    },

    /** The run is at work again. @returns who asked meanwhile to stop it, if somebody did */
    async goOn(runId: RunId, nowMs: number): Promise<string | undefined> {
      const { rows } = await continueRun(db, { runId, nowMs })
      return rows[0]?.cancelled_by ?? undefined
    },

    async setThread(runId: RunId, threadId: string): Promise<void> {
      await db.updateTable('runs').set({ thread_id: threadId }).where('run_id', '=', runId).execute()
    },

    async setRoute(trx: Trx, runId: RunId, route: RouteDecision, agentId?: AgentId): Promise<void> {
      await routeRun(trx, { runId, route: JSON.stringify(route), specialtyId: route.specialtyId, layer: route.layer, topology: route.swarm?.topology ?? null, agentId: agentId ?? null })
    },

    async setWorkflow(trx: Trx, runId: RunId, { workflowId, version }: WorkflowRef): Promise<void> {
      await followRun(trx, { runId, workflowId, version })
    },

    /** The pattern that a run is in by now. Whoever asks holds the run until the transaction ends, so that two at once do not each make one for it. */
    async holdPattern(trx: Trx, runId: RunId): Promise<string | undefined> {
      const { rows } = await holdRun(trx, { runId })
      return rows[0]?.pattern_id ?? undefined
    },

    async setPattern(trx: Trx, runId: RunId, patternId: string): Promise<void> {
      await joinPattern(trx, { runId, patternId })
    },

    /** What is found out of an ended run later; what is known already stays. */
    async noteFailure(trx: Trx, runId: RunId, failureClass: FailureClass): Promise<void> {
      await trx.updateTable('runs').set({ failure_class: failureClass }).where('run_id', '=', runId).where('failure_class', 'is', null).execute()
    },

    async setAgent(trx: Trx, runId: RunId, agentId: AgentId): Promise<void> {
      await trx.updateTable('runs').set({ agent_id: agentId }).where('run_id', '=', runId).execute()
    },

    /**
     * Remembers that somebody wants the run to stop, so that a restart does not go on with it, and makes its task due.
     * @returns false when the run had ended
     */
    async requestCancel(trx: Trx, runId: string, userId: string, nowMs: number): Promise<boolean> {
      const { numUpdatedRows } = await trx
        .updateTable('runs')
        .set({ cancelled_by: userId })
        .where('run_id', '=', runId)
        .where('finished_at_ms', 'is', null)
        .executeTakeFirst()
      await trx.updateTable('tasks').set({ run_at_ms: nowMs, status: 'queued' }).where('run_id', '=', runId).where('status', 'in', ['queued', 'waiting']).execute()
      return numUpdatedRows > 0n
    },

    async cancelledBy(runId: string): Promise<string | undefined> {
      const row = await db.selectFrom('runs').select('cancelled_by').where('run_id', '=', runId).executeTakeFirst()
      return row?.cancelled_by ?? undefined
    },

    /**
     * The run stops until a person decides; its task waits with it and holds up nobody.
     * @returns false when somebody has asked to stop the run
     */
    async suspend(trx: Trx, runId: RunId, waitingFor: BudgetWait, nowMs: number): Promise<boolean> {
      const { numUpdatedRows } = await trx
        .updateTable('runs')
        .set({ status: 'waiting', waiting_for: JSON.stringify(waitingFor), waiting_since_ms: nowMs })
        .where('run_id', '=', runId)
        .where('cancelled_by', 'is', null)
        .executeTakeFirst()
      if (numUpdatedRows === 0n) return false
      await trx.updateTable('tasks').set({ status: 'waiting', lease_owner: null, lease_until_ms: null }).where('run_id', '=', runId).execute()
      return true
    },

    /**
     * Lets a waiting run go on, with all its attempts before it.
     * @returns false when the run no longer waits, because somebody else was first, or when it is to be stopped
     */
    async resume(trx: Trx, runId: RunId, nowMs: number): Promise<boolean> {
      const { numUpdatedRows } = await trx
        .updateTable('runs')
        .set({ status: 'queued', waiting_for: null })
        .where('run_id', '=', runId)
        .where('status', '=', 'waiting')
        .where('cancelled_by', 'is', null)
        .executeTakeFirst()
      if (numUpdatedRows === 0n) return false
      await trx.updateTable('tasks').set({ status: 'queued', run_at_ms: nowMs, attempts: 0 }).where('run_id', '=', runId).where('status', '=', 'waiting').execute()
      return true
    },

    /** Runs that wait for a person, oldest first. */
    async listWaiting(limit: number): Promise<RunRecord[]> {
      const rows = await db
        .selectFrom('tasks')
        .innerJoin('runs', 'runs.run_id', 'tasks.run_id')
        .selectAll('runs')
        .where('tasks.status', '=', sql.lit('waiting'))
        .where('runs.status', '=', 'waiting')
        .orderBy('tasks.task_id')
        .limit(limit)
        .execute()
      return rows.map(asRunRecord)
    },

    /** Adds what the ledger says the run cost; the only writer of an ended run's row. */
    async finish(trx: Trx, runId: RunId, outcome: RunOutcome, nowMs: number): Promise<void> {
      const { status, answer = null, tier = null, errorCode = null, agentId = null, goalId = null, modelId = null, failureClass = null, quality = null, answerMs = null, settingsBasis = null } = outcome
      await endRun(trx, { runId, status, answer, tier, errorCode, agentId, goalId, modelId, failureClass, quality, answerMs, settingsBasis, nowMs })
    },

    /** The newest routed run of a thread before `beforeRunId`: whose agent the thread stays with. */
    async lastInThread(workspaceId: WorkspaceId, channelId: string, threadId: string, beforeRunId: RunId): Promise<RunRecord | undefined> {
      const [row] = (await selectLastRouted(db, { workspaceId, channelId, threadId, beforeRunId })).rows
      return row && asRunRecord(row)
    },

    /** Runs of a thread, newest first. */
    listThread: (workspaceId: WorkspaceId, channelId: string, threadId: string, limit = 50): Promise<RunRecord[]> =>
      list(workspaceId, limit, { channel_id: channelId, thread_id: threadId }),

    /** Runs of a channel, newest first. */
    listChannel: (workspaceId: WorkspaceId, channelId: string, limit = 20): Promise<RunRecord[]> => list(workspaceId, limit, { channel_id: channelId }),

    /** Runs of a person anywhere in a workspace, newest first. */
    listUser: (workspaceId: WorkspaceId, userId: string, limit = 20): Promise<RunRecord[]> => list(workspaceId, limit, { user_id: userId }),

    /** The run that posted a message, if it was one of ours. */
    async findByPost(workspaceId: WorkspaceId, channelId: string, messageId: string): Promise<RunRecord | undefined> {
      const row = await db
        .selectFrom('runs')
        .innerJoin('posts', 'posts.run_id', 'runs.run_id')
        .selectAll('runs')
        .where('posts.workspace_id', '=', workspaceId)
        .where('posts.channel_id', '=', channelId)
        .where('posts.message_id', '=', messageId)
        .executeTakeFirst()
      return row && asRunRecord(row)
    },

    /** Drops the keys of deliveries from before a moment. */
    async forgetKeys(beforeMs: number): Promise<void> {
      await db.deleteFrom('accepted_keys').where('accepted_at_ms', '<', beforeMs).execute()
    },

    async isKnownPost(workspaceId: WorkspaceId, channelId: string, messageId: string): Promise<boolean> {
      const row = await db
        .selectFrom('posts')
        .select('run_id')
        .where('workspace_id', '=', workspaceId)
        .where('channel_id', '=', channelId)
        .where('message_id', '=', messageId)
        .executeTakeFirst()
      return row !== undefined
    },
  }
}

const followRun = prepareQuery((runner, { runId, workflowId, version }: { runId: string; workflowId: string; version: number }) =>
  runner.updateTable('runs').set({ workflow_id: workflowId, workflow_version: version }).where('run_id', '=', runId),
)

/** Locks the run, and changes nothing. */
const holdRun = prepareQuery((runner, { runId }: { runId: string }) =>
  runner.updateTable('runs').set((row) => ({ pattern_id: row.ref('pattern_id') })).where('run_id', '=', runId).returning('pattern_id'),
)

const joinPattern = prepareQuery((runner, { runId, patternId }: { runId: string; patternId: string }) => runner.updateTable('runs').set({ pattern_id: patternId }).where('run_id', '=', runId))

export type RunStore = ReturnType<typeof createRunStore>

export function asRunRecord(row: RecordRow): RunRecord {
  return {
    runId: row.run_id as RunId,
    workspaceId: row.workspace_id as WorkspaceId,
    parentRunId: (row.parent_run_id ?? undefined) as RunId | undefined,
    request: JSON.parse(row.request) as Request,
    status: row.status as RunStatus,
    threadId: row.thread_id ?? undefined,
    route: row.route === null ? undefined : (JSON.parse(row.route) as RouteDecision),
    agentId: (row.agent_id ?? undefined) as AgentId | undefined,
    workflow: row.workflow_id === null ? undefined : { workflowId: row.workflow_id as WorkflowId, version: row.workflow_version ?? 1 },
    patternId: row.pattern_id ?? undefined,
    goalId: row.goal_id ?? undefined,
    settingsBasis: row.settings_basis ?? undefined,
    answer: row.answer ?? undefined,
    tier: row.tier ?? undefined,
    costMicroUsd: row.cost_micro_usd,
    waitingFor: row.waiting_for === null ? undefined : (JSON.parse(row.waiting_for) as BudgetWait),
    errorCode: row.error_code ?? undefined,
    failureClass: (row.failure_class ?? undefined) as FailureClass | undefined,
    quality: row.quality ?? undefined,
    createdAtMs: row.created_at_ms,
    startedAtMs: row.started_at_ms ?? undefined,
    finishedAtMs: row.finished_at_ms ?? undefined,
  }
}
