import { fenceLines } from '../../learning/fence-lines.ts'
import { canaryShare } from '../../learning/workflows/offer-version.ts'
import { diffRecipes } from '../../learning/workflows/recipe-lines.ts'
import { applyChange, emptyRecipe, type RecipeChange } from '../../learning/workflows/recipe.ts'
import type { ProposalRecord } from '../../storage/proposal-store.ts'
import type { RunRecord, WorkspaceId } from '../../storage/records.ts'
import type { Alongside, ApprovalDesk, ChangeNote, ImproveDeps, Remark } from './improve-deps.ts'

/** What an admin improves is approved by that. */
export async function needsApproval({ proposals, isAdmin }: ApprovalDesk, workspaceId: WorkspaceId, userId: string): Promise<boolean> {
  return (await proposals.needsApproval(workspaceId)) && !(await isAdmin(workspaceId, userId))
}

/** Keeps a change until an admin decides; the recipe stays as it is. */
export async function proposeChange(deps: ImproveDeps, run: RunRecord, { userId, text }: Remark, change: RecipeChange, alongside: Alongside<ChangeNote>): Promise<ChangeNote> {
  const { approval, limits, nowMs } = deps
  const { workspaceId, runId, request } = run
  const goalId = await limits.goalOf(workspaceId, request.channelId)
  const lines = await foreseeChange(deps, run, goalId, change)
  return approval.database.db.transaction().execute(async (trx) => {
    const proposal = await approval.proposals.propose(trx, { workspaceId, goalId, runId, authorId: userId, reason: text, change, createdAtMs: nowMs() })
    const note = noteOf(proposal, lines)
    await alongside(trx, note)
    return note
  })
}

/** What is said of a proposal, with what admins can do about it. */
export async function describeProposal(deps: ImproveDeps, run: RunRecord, proposal: ProposalRecord): Promise<ChangeNote> {
  return noteOf(proposal, await foreseeChange(deps, run, proposal.goalId, proposal.change as RecipeChange))
}

/** What would be another, as the recipe is now. */
async function foreseeChange({ library }: ImproveDeps, { workspaceId, runId, request }: RunRecord, goalId: string, change: RecipeChange): Promise<readonly string[]> {
  const found = await library.find({ workspaceId, goalId, text: request.text, runId })
  const recipe = found?.version.recipe ?? emptyRecipe
  return diffRecipes(recipe, applyChange(recipe, change))
}

const noteOf = ({ proposalId, authorId, reason }: ProposalRecord, lines: readonly string[]): ChangeNote => ({
  note: [authorId === '' ? `I would try this out on ${Math.round(canaryShare * 100)} % of such requests. ${reason} In this workspace an admin has to approve it:` : 'Improvements wait for an admin in this workspace. Once one approves it, this counts for requests like this one:', ...fenceLines(lines)].join('\n'),
  buttons: [
    { text: 'Approve', actionId: 'approve_improvement', value: proposalId, style: 'primary' },
    { text: 'Reject', actionId: 'reject_improvement', value: proposalId, style: 'danger' },
  ],
  proposalId,
})
