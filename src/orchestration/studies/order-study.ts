import { isOpenToTrials, type OfferDeps } from '../../learning/workflows/offer-version.ts'
import type { Database, Trx } from '../../storage/database.ts'
import { newRunId, newTaskId } from '../../storage/ids.ts'
import { ownUserId } from '../../storage/own-user.ts'
import type { TaskQueue } from '../../storage/queue/task-queue.ts'
import type { Request, RunRecord, StudyKind, WorkflowRef } from '../../storage/records.ts'
import type { RunStore } from '../../storage/run-store.ts'
import type { StudyStore } from '../../storage/study-store.ts'
import type { SwitchStore } from '../../storage/switch-store.ts'
import type { WorkflowStore } from '../../storage/workflow-store.ts'

export interface StudyOrderDeps {
  readonly database: Database
  readonly runs: Pick<RunStore, 'insertOnce'>
  readonly workflows: Pick<WorkflowStore, 'lock'>
  readonly trials: OfferDeps['trials']
  readonly studies: Pick<StudyStore, 'begin' | 'countSince' | 'signs'>
  readonly switches: Pick<SwitchStore, 'isOn'>
  readonly queue: Pick<TaskQueue, 'announce'>
  readonly nowMs: () => number
}

/** @returns false where there is no reason for it, or enough was looked into today */
export type OrderStudy = (kind: StudyKind, about: RunRecord) => Promise<boolean>

const dayMs = 24 * 3_600_000
/** Most in 24 hours, of one workflow and of a workspace: what they cost stays small beside the requests themselves. */
const mostPerDay: Readonly<Record<StudyKind, { readonly workflow: number; readonly workspace: number }>> = { reflect: { workflow: 2, workspace: 20 }, replay: { workflow: 1, workspace: 2 } }
/** One bad answer may be chance, or one person's taste: so many runs have to go wrong, or of one somebody has to say what was wrong. */
const leastBad = 2
/** A study that its process does not survive is gone on with; one that fails is worth no second attempt. */
const maxAttempts = 3

/**
 * Orders that Murmur looks into something: a run of its own behind all requests, so that it is paid, resumed and stopped as any other. The
 * same thing is looked into once, by whatever number of processes. Only what came after the last change of the recipe counts: whoever has just taken a
 * version back, or made one, does not find another one on trial because of runs before that.
 */
export function createStudyOrders({ database, runs, workflows, trials, studies, switches, queue, nowMs }: StudyOrderDeps): OrderStudy {
  return async (kind, about) => {
    const { workspaceId, workflow: followed } = about
    // What came through the programmatic door has nobody to tell of it.
    if (!followed || about.request.surface === 'door' || !(await switches.isOn(workspaceId, 'trials'))) return false
    const isOrdered = await database.db.transaction().execute(async (trx) => {
      const workflow = await workflows.lock(trx, followed.workflowId)
      if (!workflow || workflow.currentVersion !== followed.version || !(await isOpenToTrials(trials, workflow, trx))) return false
      const { workflowId, currentVersion, updatedAtMs } = workflow
      if (about.createdAtMs < updatedAtMs) return false
      if (kind === 'reflect' && !(await hasReason(trx, studies, about, followed, updatedAtMs))) return false
      const atMs = nowMs()
      const before = await studies.countSince(trx, { workspaceId, workflowId, kind }, atMs - dayMs)
      if (before.workflow >= mostPerDay[kind].workflow || before.workspace >= mostPerDay[kind].workspace) return false
      const runId = newRunId()
      if (!(await studies.begin(trx, { runId, workspaceId, workflowId, kind, aboutRunId: about.runId, createdAtMs: atMs }))) return false
      const request: Request = { workspaceId, surface: 'study', channelId: about.request.channelId, userId: ownUserId, text: '', files: [], mentionable: [], isReply: false, study: { kind, workflowId, version: currentVersion, aboutRunId: about.runId } }
      await runs.insertOnce(trx, { runId, taskId: newTaskId(), request, priority: 'low', lane: `run:${runId}`, maxAttempts, nowMs: atMs }, [])
      return true
    })
    if (isOrdered) queue.announce()
    return isOrdered
  }
}

/** Each study of a version needs bad answers of its own: those that gave rise to an earlier one are used up. */
async function hasReason(trx: Trx, studies: StudyOrderDeps['studies'], { workspaceId }: RunRecord, followed: WorkflowRef, fromMs: number): Promise<boolean> {
  const { bad, explained } = await studies.signs(trx, followed, fromMs)
  const { workflow: before } = await studies.countSince(trx, { workspaceId, workflowId: followed.workflowId, kind: 'reflect' }, fromMs)
  return bad >= leastBad * (before + 1) || explained > before
}
