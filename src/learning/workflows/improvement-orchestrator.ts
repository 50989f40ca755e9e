import { runIdsOf, type StoredEvent } from '../../storage/event-log.ts'
import { EventReader, type EventReading } from '../../storage/event-reader.ts'
import { inTurns } from '../../storage/in-turns.ts'
import type { RunRecord, WorkflowId, WorkspaceId } from '../../storage/records.ts'
import type { RunStore } from '../../storage/run-store.ts'
import type { TrialStore } from '../../storage/trial-store.ts'
import type { WorkflowStore } from '../../storage/workflow-store.ts'
import { isOpenToTrials, offerVersion, type OfferDeps, type Offered } from './offer-version.ts'

/** A model that could do the same for less. */
export interface CheaperModel {
  readonly modelId: string
  /** What it costs of the price of the one in use, 0 to 1. */
  readonly priceShare: number
}

export interface CheaperDeps {
  readonly workflows: Pick<WorkflowStore, 'find' | 'version' | 'versions'>
  readonly trials: Pick<TrialStore, 'outcomes' | 'countRated'>
  readonly offering: OfferDeps
  /** @param modelId what the recipe names; undefined: the usual model */
  readonly cheaperModel: (workspaceId: WorkspaceId, modelId: string | undefined) => Promise<CheaperModel | undefined>
}

export interface ImprovementOrchestratorDeps extends EventReading, CheaperDeps {
  readonly runs: Pick<RunStore, 'findAll'>
}

const provenRuns = 20
const provenSuccess = 0.8
/** Where nobody rates answers, a worse one would pass unnoticed. */
const leastRated = 5
const lookedBack = 100
const restMs = 1_000

/**
 * Proposes versions that nobody asked for, each as a canary, one at a time: the same recipe on a cheaper model, once it has proven itself
 * and people rate its answers. What was tried before is not tried again. Asks no model.
 */
export function createImprovementOrchestrator(deps: ImprovementOrchestratorDeps): EventReader {
  const handle = async (events: readonly StoredEvent[], signal: AbortSignal): Promise<void> => {
    const last = new Map<WorkflowId, RunRecord>()
    const known = await deps.runs.findAll(runIdsOf(events))
    for (const { runId } of events) {
      const run = known.get(runId ?? '')
      if (run?.workflow) last.set(run.workflow.workflowId, run)
    }
    for await (const [workflowId, run] of inTurns(last, signal)) {
      await proposeCheaper(deps, workflowId, run)
    }
  }
  return new EventReader({ ...deps, reader: 'propose-improvements', types: ['feedback_received'], restMs, handle })
}

/**
 * @param about says where people are told of it
 * @returns what was done, where there was reason for it
 */
export async function proposeCheaper({ workflows, trials, cheaperModel, offering }: CheaperDeps, workflowId: WorkflowId, about: RunRecord): Promise<Offered | undefined> {
  const workflow = await workflows.find(workflowId)
  if (!workflow || !(await isOpenToTrials(offering.trials, workflow))) return undefined
  const { workspaceId, patternId, currentVersion, updatedAtMs } = workflow
  // Whoever has just changed it, or taken a version back, finds nothing new on trial before new runs came.
  if (about.createdAtMs < updatedAtMs) return undefined
  const [current, tried] = [await workflows.version(workflowId, currentVersion), await workflows.versions(workflowId, lookedBack)]
  const outcomes = await trials.outcomes({ workflowId, patternId, version: currentVersion, limit: lookedBack })
  const good = outcomes.filter(({ isGood }) => isGood).length
  if (!current || outcomes.length < provenRuns || good < provenSuccess * outcomes.length) return undefined
  if ((await trials.countRated({ workflowId, version: currentVersion })) < leastRated) return undefined
  const cheaper = await cheaperModel(workspaceId, current.recipe.modelId)
  if (!cheaper || tried.some(({ recipe }) => recipe.modelId === cheaper.modelId)) return undefined
  const reason = `${good} of the last ${outcomes.length} went well, and \`${cheaper.modelId}\` costs ${Math.round(cheaper.priceShare * 100)} % of the model in use.`
  return offerVersion(offering, { workflowId, onVersion: currentVersion, change: { modelId: cheaper.modelId }, reason, about })
}
