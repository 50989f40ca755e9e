import type { Database, Trx } from '../../storage/database.ts'
import type { EventLog } from '../../storage/event-log.ts'
import type { ProposalRecord, ProposalStore } from '../../storage/proposal-store.ts'
import type { RunRecord, VersionRecord, WorkflowId, WorkflowRecord } from '../../storage/records.ts'
import type { SwitchStore } from '../../storage/switch-store.ts'
import type { TrialStore } from '../../storage/trial-store.ts'
import type { WorkflowStore } from '../../storage/workflow-store.ts'
import type { RecipeChange } from './recipe.ts'
import { isInDoubt } from '../trials/trial-evidence.ts'
import type { WorkflowLibrary } from './workflow-library.ts'

export interface OfferDeps {
  readonly database: Database
  readonly workflows: Pick<WorkflowStore, 'lock'>
  readonly trials: Pick<TrialStore, 'find' | 'outcomes' | 'differInModel'>
  readonly library: Pick<WorkflowLibrary, 'addVersion'>
  readonly events: EventLog
  readonly proposals: Pick<ProposalStore, 'needsApproval' | 'propose' | 'isKnown'>
  readonly switches: Pick<SwitchStore, 'isOn'>
  /** Stores the question to the admins within the transaction of what it asks about. @returns false where there is no place to ask */
  readonly askAdmins: (trx: Trx, about: RunRecord, proposal: ProposalRecord) => Promise<boolean>
  /** After a transaction that may have stored a question. */
  readonly onTold: () => void
  readonly nowMs: () => number
  readonly onEvent: () => void
}

/** A change that nobody asked for. */
export interface VersionOffer {
  readonly workflowId: WorkflowId
  /** The version that it was made for: of another one nothing is known. */
  readonly onVersion: number
  readonly change: RecipeChange
  readonly reason: string
  /** The run that gave rise to it. */
  readonly about: RunRecord
}

export type Offered = { readonly kind: 'offered'; readonly version: VersionRecord } | { readonly kind: 'proposed' | 'overtaken' | 'off' | 'unasked' }

/** A canary gets this share of the requests. */
export const canaryShare = 0.25

/** True where Murmur may try something out: one thing at a time, and only on what is in use and in no doubt itself. */
export async function isOpenToTrials(trials: OfferDeps['trials'], workflow: WorkflowRecord, runner?: Trx): Promise<boolean> {
  return workflow.state === 'active' && workflow.canary === undefined && !(await isInDoubt(trials, workflow, runner))
}

/**
 * Offers a version that Murmur thought of itself: as a canary, or, where a workspace wants an admin's word, as a proposal. Where the recipe
 * has changed since, or something else is tried out, nothing is done.
 * @param alongside writes that belong to it, made in its transaction
 */
export async function offerVersion(deps: OfferDeps, offer: VersionOffer, alongside?: (trx: Trx, offered: Offered) => Promise<unknown>): Promise<Offered> {
  const { database, proposals, switches, onTold, onEvent } = deps
  const { workspaceId } = offer.about
  const isOn = await switches.isOn(workspaceId, 'trials')
  const isHeldBack = await proposals.needsApproval(workspaceId)
  const offered = await database.db.transaction().execute(async (trx) => {
    const made = isOn ? await offerIn(trx, deps, offer, isHeldBack) : { kind: 'off' as const }
    await alongside?.(trx, made)
    return made
  })
  if (offered.kind === 'proposed') onTold()
  if (offered.kind === 'offered') onEvent()
  return offered
}

async function offerIn(trx: Trx, { workflows, trials, library, events, proposals, askAdmins, nowMs }: OfferDeps, { workflowId, onVersion, change, reason, about }: VersionOffer, isHeldBack: boolean): Promise<Offered> {
  const workflow = await workflows.lock(trx, workflowId)
  if (!workflow || workflow.currentVersion !== onVersion || !(await isOpenToTrials(trials, workflow, trx))) return { kind: 'overtaken' }
  const { workspaceId, goalId, patternId } = workflow
  if (isHeldBack) {
    if (await proposals.isKnown(trx, workflowId, change)) return { kind: 'overtaken' }
    const proposal = await proposals.propose(trx, { workspaceId, goalId, runId: about.runId, authorId: '', reason, change, createdAtMs: nowMs() })
    return { kind: (await askAdmins(trx, about, proposal)) ? 'proposed' : 'unasked' }
  }
  const version = await library.addVersion(trx, workflowId, about.runId, { authorId: '', source: 'system', reason, change, deployment: { share: canaryShare } })
  if (!version) return { kind: 'overtaken' }
  await events.append(trx, { workspaceId, type: 'improvement_available', payload: { workflowId, version: version.version, source: 'system', userId: '', patternId }, atMs: nowMs() })
  return { kind: 'offered', version }
}
