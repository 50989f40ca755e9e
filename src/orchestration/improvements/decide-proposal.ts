import { MurmurError } from '../../errors.ts'
import { canaryShare } from '../../learning/workflows/offer-version.ts'
import type { RecipeChange } from '../../learning/workflows/recipe.ts'
import type { Improver } from '../../learning/workflows/workflow-library.ts'
import type { Trx } from '../../storage/database.ts'
import type { ProposalRecord } from '../../storage/proposal-store.ts'
import type { RunStore } from '../../storage/run-store.ts'
import type { ThreadNote } from '../thread-port.ts'
import type { Decision, DecisionPlace, ImproveDeps } from './improve-deps.ts'
import { describeImprovement } from './improve-run.ts'

export interface DecideDeps {
  readonly runs: Pick<RunStore, 'find'>
  readonly improving: ImproveDeps
}

/**
 * An admin's word on a proposal. Of decisions at the same time one counts: what it decides, that it was decided and that its author will be told are one
 * transaction. The change is made on the recipe as it is now.
 * @returns what changed; undefined when somebody has decided before
 */
export async function decideProposal({ runs, improving }: DecideDeps, proposal: ProposalRecord, isApproved: boolean, adminId: string, place: DecisionPlace): Promise<ThreadNote | undefined> {
  const { approval, library } = improving
  const { proposalId, runId, goalId, authorId, reason } = proposal
  const decide = async (trx: Trx, decision: Decision): Promise<boolean> => {
    const isFirst = await approval.proposals.decide(trx, proposalId, decision === 'approved' ? 'approved' : 'rejected', adminId)
    if (isFirst) await approval.tellDecision(trx, proposal, decision, place)
    return isFirst
  }
  const run = isApproved ? await runs.find(runId) : undefined
  if (!run) {
    const isFirst = await approval.database.db.transaction().execute((trx) => decide(trx, isApproved ? 'gone' : 'rejected'))
    approval.onTold()
    return isFirst ? { note: isApproved ? 'The answer that this was about is no longer stored, so nothing was changed.' : 'Rejected: the recipe stays as it is.', buttons: [] } : undefined
  }
  const common = { authorId, reason, change: proposal.change as RecipeChange }
  // What Murmur thought of itself is tried out all the same.
  const improver: Improver = authorId === '' ? { ...common, source: 'system', deployment: { share: canaryShare } } : { ...common, source: 'user' }
  try {
    const made = await library.improve(run, goalId, improver, async (trx) => {
      if (!(await decide(trx, 'approved'))) throw new MurmurError('MUR_STORE_CONFLICT', { what: 'this proposal' })
    })
    approval.onTold()
    return authorId === '' ? { note: `Version ${made.after.version} of *${made.workflow.name}* (\`${made.workflow.workflowId}\`) is tried out on ${Math.round(canaryShare * 100)} % of such requests.`, buttons: [] } : describeImprovement(run, made)
  } catch (error) {
    if (error instanceof MurmurError && error.code === 'MUR_STORE_CONFLICT') return undefined
    throw error
  }
}
