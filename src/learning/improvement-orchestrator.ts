import type { Database } from '../storage/database.ts'
import type { EventLog, StoredEvent } from '../storage/event-log.ts'
import { EventReader, type EventReading } from '../storage/event-reader.ts'
import type { VersionRecord, WorkflowId, WorkspaceId } from '../storage/records.ts'
import type { RunStore } from '../storage/run-store.ts'
import type { TrialStore } from '../storage/trial-store.ts'
import type { WorkflowStore } from '../storage/workflow-store.ts'
import type { WorkflowLibrary } from './workflow-library.ts'

/** A model that could do the same for less. */
export interface CheaperModel {
  readonly modelId: string
  /** What it costs of the price of the one in use, 0 to 1. */
  readonly priceShare: number
}

export interface ImprovementOrchestratorDeps extends EventReading {
  readonly database: Database
  readonly runs: Pick<RunStore, 'find'>
  readonly workflows: WorkflowStore
  readonly trials: TrialStore
  readonly events: EventLog
  readonly library: Pick<WorkflowLibrary, 'addVersion'>
  /** @param modelId what the recipe names; undefined: the usual model */
  readonly cheaperModel: (workspaceId: WorkspaceId, modelId: string | undefined) => Promise<CheaperModel | undefined>
  readonly onEvent: () => void
}

type ProposalDeps = Pick<ImprovementOrchestratorDeps, 'database' | 'workflows' | 'trials' | 'events' | 'library' | 'cheaperModel' | 'nowMs' | 'onEvent'>

/** A canary gets this share of the requests. */
const canaryShare = 0.25
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
    const workflowIds = new Set<WorkflowId>()
    for (const { runId } of events) {
      const run = runId === undefined ? undefined : await deps.runs.find(runId)
      if (run?.workflow) workflowIds.add(run.workflow.workflowId)
    }
    for (const workflowId of workflowIds) {
      signal.throwIfAborted()
      await proposeCheaper(deps, workflowId)
    }
  }
  return new EventReader({ ...deps, reader: 'propose-improvements', types: ['feedback_received'], restMs, handle })
}

/** @returns the canary, where there was reason for one */
export async function proposeCheaper({ database, workflows, trials, events, library, cheaperModel, nowMs, onEvent }: ProposalDeps, workflowId: WorkflowId): Promise<VersionRecord | undefined> {
  const workflow = await workflows.find(workflowId)
  if (!workflow || workflow.state !== 'active' || workflow.canary) return undefined
  const { workspaceId, patternId, currentVersion } = workflow
  const [current, tried] = [await workflows.version(workflowId, currentVersion), await workflows.versions(workflowId, lookedBack)]
  const outcomes = await trials.outcomes({ workflowId, patternId, version: currentVersion, limit: lookedBack })
  const good = outcomes.filter(({ isGood }) => isGood).length
  if (!current || outcomes.length < provenRuns || good < provenSuccess * outcomes.length) return undefined
  if ((await trials.countRated({ workflowId, version: currentVersion })) < leastRated) return undefined
  const cheaper = await cheaperModel(workspaceId, current.recipe.modelId)
  if (!cheaper || tried.some(({ recipe }) => recipe.modelId === cheaper.modelId)) return undefined
  const reason = `${good} of the last ${outcomes.length} went well, and \`${cheaper.modelId}\` costs ${Math.round(cheaper.priceShare * 100)} % of the model in use.`
  const added = await database.db.transaction().execute(async (trx) => {
    // Somebody may have improved it meanwhile.
    const newest = await workflows.lock(trx, workflowId)
    if (!newest || newest.canary || newest.currentVersion !== currentVersion || newest.state !== 'active') return undefined
    const version = await library.addVersion(trx, workflowId, undefined, { authorId: '', source: 'system', reason, change: { modelId: cheaper.modelId }, deployment: { share: canaryShare } })
    if (version) await events.append(trx, { workspaceId, type: 'improvement_available', payload: { workflowId, version: version.version, source: 'system', userId: '', patternId }, atMs: nowMs() })
    return version
  })
  if (added) onEvent()
  return added
}
