import { sql } from 'kysely'
import type { Database, Trx } from './database.ts'
import { prepareQuery } from './prepared-query.ts'
import type { AgentId, AgentRecord, RunId, StoredAgentConfig, WorkspaceId } from './records.ts'
import type { AgentsTable } from './schema.ts'

/** An agent without its prompt: what choosing among agents needs. */
export interface AgentSummary extends Omit<AgentRecord, 'config'> {
  /** Other agents wrote to it and it has not read that yet. */
  readonly hasMail: boolean
}

/** Whose agents are counted, and on which day. */
export interface SpawnDay {
  readonly workspaceId: WorkspaceId
  readonly goalId: string
  /** `YYYY-MM-DD` in the workspace's time zone. */
  readonly day: string
}

/** Most agents of one goal that are looked at; those used last come first. */
const maxListed = 200

const summaryColumns = [
  'agent_id',
  'workspace_id',
  'goal_id',
  'specialty_id',
  'name',
  'parent_agent_id',
  'status',
  'runs_ended',
  'judged_at_run',
  'created_at_ms',
  'last_used_at_ms',
] as const satisfies readonly (keyof AgentsTable)[]

const countRun = prepareQuery((runner, { agentId, atMs }: { agentId: string; atMs: number }) =>
  runner
    .updateTable('agents')
    .set((agent) => ({ runs_ended: agent('runs_ended', '+', agent.lit(1)), last_used_at_ms: atMs }))
    .where('agent_id', '=', agentId),
)

/** Agents as configurations; an instance is made elsewhere, on first use. */
export function createAgentStore({ db }: Database) {
  return {
    async insert(trx: Trx, agent: AgentRecord): Promise<void> {
      await trx
        .insertInto('agents')
        .values({
          agent_id: agent.agentId,
          workspace_id: agent.workspaceId,
          goal_id: agent.goalId,
          specialty_id: agent.specialtyId,
          name: agent.name,
          config: JSON.stringify(agent.config),
          parent_agent_id: agent.parentAgentId ?? null,
          status: agent.status,
          runs_ended: agent.runsEnded,
          judged_at_run: agent.judgedAtRun,
          created_at_ms: agent.createdAtMs,
          last_used_at_ms: agent.lastUsedAtMs,
        })
        .execute()
    },

    /**
     * Counts one more agent for a goal and day, unless that would pass the limit; any number of processes may ask at
     * once. Whoever gets it holds the counter until its transaction ends, so what it checks next is checked alone.
     * @returns false when the limit is reached
     */
    async countSpawn(trx: Trx, { workspaceId, goalId, day }: SpawnDay, limit: number): Promise<boolean> {
      // The conflict clause guards the rows that exist; a first one has only this check.
      if (limit < 1) return false
      const counted = await trx
        .insertInto('agent_days')
        .values({ workspace_id: workspaceId, goal_id: goalId, day, spawned: 1 })
        .onConflict((conflict) =>
          conflict
            .columns(['workspace_id', 'goal_id', 'day'])
            .doUpdateSet((row) => ({ spawned: row('agent_days.spawned', '+', 1) }))
            .where('agent_days.spawned', '<', limit),
        )
        .returning('spawned')
        .execute()
      return counted.length > 0
    },

    async spawnedOn({ workspaceId, goalId, day }: SpawnDay): Promise<number> {
      const row = await db.selectFrom('agent_days').select('spawned').where('workspace_id', '=', workspaceId).where('goal_id', '=', goalId).where('day', '=', day).executeTakeFirst()
      return row?.spawned ?? 0
    },

    /** How many agents of a goal have a run under way, in any process. */
    async countAtWork(trx: Trx, workspaceId: WorkspaceId, goalId: string, butRunId: RunId | undefined): Promise<number> {
      const row = await trx
        .selectFrom('tasks')
        .innerJoin('runs', 'runs.run_id', 'tasks.run_id')
        .innerJoin('agents', 'agents.agent_id', 'runs.agent_id')
        .select(({ fn }) => fn.count<number>('agents.agent_id').distinct().as('count'))
        .where('tasks.status', '=', 'running')
        .where('agents.workspace_id', '=', workspaceId)
        .where('agents.goal_id', '=', goalId)
        .$if(butRunId !== undefined, (query) => query.where('runs.run_id', '!=', butRunId ?? ''))
        .executeTakeFirst()
      return Number(row?.count ?? 0)
    },

    /** How many agents a goal ever had of a specialty; their names count on from there. */
    async countOf(trx: Trx, workspaceId: WorkspaceId, goalId: string, specialtyId: string): Promise<number> {
      const row = await trx
        .selectFrom('agents')
        .select(({ fn }) => fn.countAll<number>().as('count'))
        .where('workspace_id', '=', workspaceId)
        .where('goal_id', '=', goalId)
        .where('specialty_id', '=', specialtyId)
        .executeTakeFirst()
      return Number(row?.count ?? 0)
    },

    /** An agent of a workspace, retired ones too. */
    async find(workspaceId: WorkspaceId, agentId: string): Promise<AgentRecord | undefined> {
      const row = await db.selectFrom('agents').selectAll().where('agent_id', '=', agentId).where('workspace_id', '=', workspaceId).executeTakeFirst()
      return row && { ...asSummary(row), config: JSON.parse(row.config) as StoredAgentConfig }
    },

    /** The active agents of a goal, last used first, at most 200. */
    async listGoal(workspaceId: WorkspaceId, goalId: string): Promise<AgentSummary[]> {
      const rows = await db
        .selectFrom('agents')
        .select(summaryColumns)
        .select((agent) =>
          agent
            .exists(agent.selectFrom('agent_messages').select(sql.lit(1).as('one')).whereRef('to_agent_id', '=', 'agents.agent_id').where('read_at_ms', 'is', null))
            .as('has_mail'),
        )
        .where('workspace_id', '=', workspaceId)
        .where('goal_id', '=', goalId)
        .where('status', '=', 'active')
        .orderBy('last_used_at_ms', 'desc')
        .orderBy('agent_id', 'desc')
        .limit(maxListed)
        .execute()
      return rows.map((row) => ({ ...asSummary(row), hasMail: Boolean(row.has_mail) }))
    },

    /** Agents of a workspace that have a run under way, in any process. */
    async listAtWork(workspaceId: WorkspaceId): Promise<ReadonlySet<string>> {
      const rows = await db
        .selectFrom('tasks')
        .innerJoin('runs', 'runs.run_id', 'tasks.run_id')
        .select('runs.agent_id')
        .distinct()
        .where('tasks.status', '=', 'running')
        .where('tasks.workspace_id', '=', workspaceId)
        .where('runs.agent_id', 'is not', null)
        .limit(10_000)
        .execute()
      return new Set(rows.map((row) => row.agent_id ?? ''))
    },

    /** One more run ended; belongs into the transaction that ends it. */
    async markUsed(trx: Trx, agentId: AgentId, atMs: number): Promise<void> {
      await countRun(trx, { agentId, atMs })
    },

    /**
     * Takes the agent's next judgement, at most once per `everyRuns` of its runs whoever asks.
     * The run that asks counts as ended.
     */
    async claimJudgement(agentId: AgentId, everyRuns: number): Promise<boolean> {
      const { numUpdatedRows } = await db
        .updateTable('agents')
        .set((agent) => ({ judged_at_run: agent('runs_ended', '+', 1) }))
        .where('agent_id', '=', agentId)
        .where((agent) => agent(agent('runs_ended', '-', agent.ref('judged_at_run')), '>=', everyRuns - 1))
        .executeTakeFirst()
      return numUpdatedRows > 0n
    },

    /** It gets no work any more; what it did stays. @returns false when no active agent has this id */
    async retire(trx: Trx, workspaceId: WorkspaceId, agentId: string): Promise<boolean> {
      const { numUpdatedRows } = await trx
        .updateTable('agents')
        .set({ status: 'retired' })
        .where('agent_id', '=', agentId)
        .where('workspace_id', '=', workspaceId)
        .where('status', '=', 'active')
        .executeTakeFirst()
      return numUpdatedRows > 0n
    },

    /** Deletes an agent with its profile and its mail; its runs keep its id. @returns false when there is none */
    async remove(trx: Trx, workspaceId: WorkspaceId, agentId: string): Promise<boolean> {
      const { numDeletedRows } = await trx.deleteFrom('agents').where('agent_id', '=', agentId).where('workspace_id', '=', workspaceId).executeTakeFirst()
      if (numDeletedRows === 0n) return false
      await trx.deleteFrom('agent_profiles').where('workspace_id', '=', workspaceId).where('subject', '=', `agent:${agentId}`).execute()
      await trx.deleteFrom('agent_messages').where('to_agent_id', '=', agentId).execute()
      return true
    },
  }
}

export type AgentStore = ReturnType<typeof createAgentStore>

function asSummary(row: Pick<AgentsTable, (typeof summaryColumns)[number]>): Omit<AgentRecord, 'config'> {
  return {
    agentId: row.agent_id as AgentId,
    workspaceId: row.workspace_id as WorkspaceId,
    goalId: row.goal_id,
    specialtyId: row.specialty_id,
    name: row.name,
    parentAgentId: (row.parent_agent_id ?? undefined) as AgentId | undefined,
    status: row.status === 'retired' ? 'retired' : 'active',
    runsEnded: row.runs_ended,
    judgedAtRun: row.judged_at_run,
    createdAtMs: row.created_at_ms,
    lastUsedAtMs: row.last_used_at_ms,
  }
}
