import { v7 as uuidv7 } from 'uuid'
import type { Database, Trx } from './database.ts'
import type { RunId, WorkflowId, WorkspaceId } from './records.ts'
import type { Schema } from './schema.ts'

/** A change of a recipe that an admin has to agree to. */
export interface ProposalRecord {
  readonly proposalId: string
  readonly workspaceId: WorkspaceId
  readonly goalId: string
  /** The run whose answer the remark is on. */
  readonly runId: RunId
  /** Empty for Murmur itself. */
  readonly authorId: string
  readonly reason: string
  /** As it was read; JSON of a change of a recipe. */
  readonly change: unknown
  readonly state: 'pending' | 'approved' | 'rejected'
  readonly decidedBy: string | undefined
  readonly createdAtMs: number
}

export type NewProposal = Pick<ProposalRecord, 'workspaceId' | 'goalId' | 'runId' | 'authorId' | 'reason' | 'change' | 'createdAtMs'>

/** Improvements that wait for an admin, and whether a workspace wants that. */
export function createProposalStore({ db }: Pick<Database, 'db'>) {
  return {
    async needsApproval(workspaceId: WorkspaceId): Promise<boolean> {
      const row = await db.selectFrom('approval_rules').select('is_on').where('workspace_id', '=', workspaceId).executeTakeFirst()
      return row?.is_on === 1
    },

    async setApproval(workspaceId: WorkspaceId, isOn: boolean, changedBy: string, nowMs: number): Promise<void> {
      const row = { is_on: isOn ? 1 : 0, changed_by: changedBy, changed_at_ms: nowMs }
      await db.insertInto('approval_rules').values({ workspace_id: workspaceId, ...row }).onConflict((conflict) => conflict.column('workspace_id').doUpdateSet(row)).execute()
    },

    /** The same wish twice, while nobody has decided, is one. */
    async propose(trx: Trx, { workspaceId, goalId, runId, authorId, reason, change, createdAtMs }: NewProposal): Promise<ProposalRecord> {
      const json = JSON.stringify(change)
      const known = await trx.selectFrom('proposals').selectAll().where('workspace_id', '=', workspaceId).where('goal_id', '=', goalId).where('state', '=', 'pending').where('run_id', '=', runId).where('author_id', '=', authorId).where('change', '=', json).executeTakeFirst()
      if (known) return asProposal(known)
      const row = { proposal_id: uuidv7(), workspace_id: workspaceId, goal_id: goalId, run_id: runId, author_id: authorId, reason, change: json, state: 'pending', decided_by: null, created_at_ms: createdAtMs }
      await trx.insertInto('proposals').values(row).execute()
      return asProposal(row)
    },

    /** Whether this change of a workflow was proposed by Murmur itself before, whatever came of it. */
    async isKnown(trx: Trx, workflowId: WorkflowId, change: unknown): Promise<boolean> {
      const row = await trx
        .selectFrom('proposals')
        .innerJoin('runs', 'runs.run_id', 'proposals.run_id')
        .select('proposals.proposal_id')
        .where('runs.workflow_id', '=', workflowId)
        .where('proposals.author_id', '=', '')
        .where('proposals.change', '=', JSON.stringify(change))
        .executeTakeFirst()
      return row !== undefined
    },

    async find(proposalId: string): Promise<ProposalRecord | undefined> {
      const row = await db.selectFrom('proposals').selectAll().where('proposal_id', '=', proposalId).executeTakeFirst()
      return row && asProposal(row)
    },

    /** @returns false when somebody has decided before */
    async decide(trx: Trx, proposalId: string, state: 'approved' | 'rejected', decidedBy: string): Promise<boolean> {
      const { numUpdatedRows } = await trx.updateTable('proposals').set({ state, decided_by: decidedBy }).where('proposal_id', '=', proposalId).where('state', '=', 'pending').executeTakeFirst()
      return numUpdatedRows > 0n
    },

    /** Those of a goal that wait, oldest first. */
    async listPending(workspaceId: WorkspaceId, goalId: string, limit: number): Promise<ProposalRecord[]> {
      const rows = await db.selectFrom('proposals').selectAll().where('workspace_id', '=', workspaceId).where('goal_id', '=', goalId).where('state', '=', 'pending').orderBy('proposal_id').limit(limit).execute()
      return rows.map(asProposal)
    },
  }
}

export type ProposalStore = ReturnType<typeof createProposalStore>

const asProposal = (row: Schema['proposals']): ProposalRecord => ({
  proposalId: row.proposal_id,
  workspaceId: row.workspace_id as WorkspaceId,
  goalId: row.goal_id,
  runId: row.run_id as RunId,
  authorId: row.author_id,
  reason: row.reason,
  change: JSON.parse(row.change) as unknown,
  state: row.state as ProposalRecord['state'],
  decidedBy: row.decided_by ?? undefined,
  createdAtMs: row.created_at_ms,
})
