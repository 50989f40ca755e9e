import { PatternBook } from '../../../src/learning/patterns/pattern-book.ts'
import { WorkflowLibrary } from '../../../src/learning/workflows/workflow-library.ts'
import { createAdminQuestion } from '../../../src/orchestration/improvements/ask-admins.ts'
import { createStudyOrders } from '../../../src/orchestration/studies/order-study.ts'
import type { Limits } from '../../../src/orchestration/paid-calls/budget-limits.ts'
import { createEventLog } from '../../../src/storage/event-log.ts'
import { createFeedbackStore } from '../../../src/storage/feedback-store.ts'
import { createPatternStore } from '../../../src/storage/pattern-store.ts'
import { createProposalStore } from '../../../src/storage/proposal-store.ts'
import type { FeedbackKind, RunRecord, WorkflowId } from '../../../src/storage/records.ts'
import { createReplayStore } from '../../../src/storage/replay-store.ts'
import { createStudyStore } from '../../../src/storage/study-store.ts'
import { createSwitchStore } from '../../../src/storage/switch-store.ts'
import { createTrialStore } from '../../../src/storage/trial-store.ts'
import { createWorkflowStore } from '../../../src/storage/workflow-store.ts'
import { aNewRun, aRequest } from '../../builders.ts'
import { workspaceId } from '../../fakes/budget-world.ts'
import type { ScriptStep } from '../../fakes/scripted-model.ts'
import { openRunnerWorld } from '../runner-world.ts'

/** A workflow with one version and a run that followed it, on a real store, with a scripted model. */
export async function openStudyWorld(steps: readonly ScriptStep[], limits: Partial<Limits> = {}) {
  const world = await openRunnerWorld(steps, limits)
  const { database, clock, runs } = world
  const nowMs = clock.now
  const onEvent = () => {}
  const patterns = createPatternStore(database)
  const workflows = createWorkflowStore(database)
  const trials = createTrialStore(database.db)
  const studies = createStudyStore(database.db)
  const switches = createSwitchStore(database.db)
  const proposals = createProposalStore(database)
  const feedback = createFeedbackStore(database.db)
  const events = createEventLog(database)
  const library = new WorkflowLibrary({ database, workflows, patterns, trials, book: new PatternBook({ database, patterns, nowMs }), runs, events, nowMs, onEvent })
  const offering = { database, workflows, trials, library, events, proposals, switches, askAdmins: createAdminQuestion(runs, nowMs), onTold: onEvent, nowMs, onEvent }
  const order = createStudyOrders({ database, runs, workflows, trials, studies, switches, queue: { announce: onEvent }, nowMs })
  const replays = createReplayStore(database.db)
  const studying = { studies, workflows, replays, feedback, offering, redact: (text: string) => text.replaceAll('hunter2', '[redacted]') }
  /** A run that ended, by the recipe there is. */
  const ended = async (answer: string, over: { readonly text?: string; readonly tier?: number } = {}): Promise<RunRecord> => {
    const request = aRequest({ text: over.text ?? 'Sum up the sales of last week' })
    const run = aNewRun({ request, nowMs: nowMs() })
    const found = await library.find({ ...request, goalId: 'C1', runId: run.runId })
    await database.db.transaction().execute(async (trx) => {
      await runs.insertOnce(trx, run, [])
      await runs.setRoute(trx, run.runId, { specialtyId: 'writer', layer: 'model', confidence: 1, reason: '', candidates: [] })
      if (found) {
        await runs.setWorkflow(trx, run.runId, found.version)
        await runs.setPattern(trx, run.runId, found.workflow.patternId ?? '')
      }
      await runs.finish(trx, run.runId, { status: 'completed', answer, tier: over.tier ?? 1, errorCode: undefined }, nowMs())
      await trx.updateTable('tasks').set({ status: 'completed' }).where('run_id', '=', run.runId).execute()
    })
    clock.advance(1)
    return world.runOf(run.runId)
  }
  const say = (run: RunRecord, kind: FeedbackKind, text: string) => database.db.transaction().execute((trx) => feedback.put(trx, workspaceId, { runId: run.runId, userId: 'U2', kind, text, createdAtMs: nowMs() }))
  const first = await ended('Sales went up.')
  const { workflow } = await library.improve(first, 'C1', { authorId: 'U1', source: 'user', reason: 'Use a table.', change: { addGuidance: 'Use a table.' } })
  return {
    ...world,
    workflows,
    trials,
    library,
    studies,
    replays,
    switches,
    proposals,
    feedback,
    events,
    order,
    studying,
    ended,
    workflowId: workflow.workflowId as WorkflowId,
    /** What the model was asked by studies, and what came of the newest. */
    outcomes: async () => (await studies.list(workflow.workflowId, 20)).map(({ outcome }) => outcome),
    versions: async () => (await workflows.versions(workflow.workflowId)).map(({ version, source, recipe, reason }) => ({ version, source, guidance: recipe.guidance, reason })),
    work: () => world.attempt({ studying }),
    say,
    thumbDown: (run: RunRecord, text: string) => say(run, 'down', text),
  }
}
