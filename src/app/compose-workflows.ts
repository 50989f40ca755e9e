import type { LearningDesk } from '../commands/command.ts'
import { type CheaperModel, createImprovementOrchestrator } from '../learning/workflows/improvement-orchestrator.ts'
import { createHitAuditor, type HitAuditor } from '../learning/hits/hit-auditor.ts'
import { createHitWatch } from '../learning/hits/hit-watch.ts'
import type { OfferDeps } from '../learning/workflows/offer-version.ts'
import { PatternBook } from '../learning/patterns/pattern-book.ts'
import { PatternLearner } from '../learning/patterns/pattern-learner.ts'
import { Regrouper, type RegrouperDeps } from '../learning/regrouping/regrouper.ts'
import type { Meaning } from '../learning/router/meaning.ts'
import { createWorkflowSharer, type SharingDeps } from '../learning/workflows/share-workflows.ts'
import { VersionJudge } from '../learning/trials/version-judge.ts'
import { createWorkflowEditor } from '../learning/workflows/edit-workflow.ts'
import { createWorkflowTemplates } from '../learning/workflows/workflow-templates.ts'
import { WorkflowLibrary } from '../learning/workflows/workflow-library.ts'
import { createAdminQuestion } from '../orchestration/improvements/ask-admins.ts'
import type { LimitBook } from '../orchestration/paid-calls/budget-limits.ts'
import { createFailureLearner } from '../orchestration/studies/learn-from-failures.ts'
import { createReplayOrders } from '../orchestration/studies/order-replays.ts'
import { createStudyOrders } from '../orchestration/studies/order-study.ts'
import type { StudyDeps } from '../orchestration/studies/study-deps.ts'
import type { RunDeps } from '../orchestration/run-attempt.ts'
import { createTuner, decideTuning, type TunerDeps } from '../orchestration/tuning/tuner.ts'
import { TunedSettings } from '../orchestration/tuning/tuned-settings.ts'
import { createTeller } from '../orchestration/tell-notice.ts'
import type { Database } from '../storage/database.ts'
import type { EventLog } from '../storage/event-log.ts'
import type { EventReading } from '../storage/event-reader.ts'
import { createFeedbackStore } from '../storage/feedback-store.ts'
import { createHitAuditStore } from '../storage/hit-audit-store.ts'
import { createPatternStore } from '../storage/pattern-store.ts'
import { createProposalStore } from '../storage/proposal-store.ts'
import type { TaskQueue } from '../storage/queue/task-queue.ts'
import type { WorkspaceId } from '../storage/records.ts'
import { createRegroupingStore } from '../storage/regrouping-store.ts'
import { createReplayStore } from '../storage/replay-store.ts'
import type { RunStore } from '../storage/run-store.ts'
import { readToolNames } from '../storage/run-tools.ts'
import { createStudyStore } from '../storage/study-store.ts'
import { createSwitchStore } from '../storage/switch-store.ts'
import { createTrialStore } from '../storage/trial-store.ts'
import { createTuningStore } from '../storage/tuning-store.ts'
import { createWorkflowStore } from '../storage/workflow-store.ts'

export interface LearningParts {
  readonly database: Database
  readonly runs: RunStore
  readonly events: EventLog
  readonly reading: EventReading
  readonly limits: LimitBook
  readonly queue: Pick<TaskQueue, 'announce'>
  /** False: what was learnt is used, and nothing more is learnt. */
  readonly isLearning: boolean
  /** Of the requests that automations take, 0 to 1: so many are audited. */
  readonly auditShare: number
  /** What words mean in a workspace, as far as it has taught that. */
  readonly meaningOf: (workspaceId: WorkspaceId) => Meaning | undefined
  /** Groups runs beside the event loop. */
  readonly group: RegrouperDeps['group']
  readonly cheaperModel: (workspaceId: WorkspaceId, modelId: string | undefined) => Promise<CheaperModel | undefined>
  readonly tunableOf: TunerDeps['tunableOf']
  readonly kindOf: SharingDeps['kindOf']
  readonly adminsOf: TunerDeps['adminsOf']
  /** What a version says is read by everybody of the goal. */
  readonly redact: (text: string) => string
  readonly nowMs: () => number
  readonly onEvent: () => void
}

/** Who learns, from when it starts until it closes. */
export interface Learner {
  start(): void
  close(): Promise<void>
}

/** What is learnt of requests that recur, and who learns it. */
export function composeWorkflows(parts: LearningParts): LearningDesk & { readonly learner: Learner; readonly auditor: HitAuditor; readonly studying: StudyDeps; readonly orderStudies: () => Promise<void>; readonly regroupPatterns: () => void; readonly tuned: RunDeps['tuned'] } {
  const { database, runs, reading, limits, queue, isLearning, auditShare, redact, nowMs, onEvent } = parts
  const patterns = createPatternStore(database)
  const workflows = createWorkflowStore(database)
  const trials = createTrialStore(database.db)
  const feedback = createFeedbackStore(database.db)
  const goalOf = (workspaceId: WorkspaceId, channelId: string): Promise<string> => limits.goalOf(workspaceId, channelId)
  const book = new PatternBook({ database, patterns, meaningOf: parts.meaningOf, nowMs })
  const library = new WorkflowLibrary({ ...parts, workflows, patterns, trials, book })
  const audits = createHitAuditStore(database.db)
  const tell = createTeller(runs, nowMs)
  const onTold = (): void => queue.announce()
  const hits = createHitWatch({ workflows, patterns, audits, library, tell, onTold })
  const auditor = createHitAuditor({ share: isLearning ? auditShare : 0, workflows, patterns, audits })
  const regroupings = createRegroupingStore(database)
  const regrouper = new Regrouper({ ...reading, ...parts, regroupings, patterns, library, book })
  const regroupPatterns = (): void => (isLearning ? regrouper.wake() : undefined)
  const patternLearner = new PatternLearner({
    ...reading,
    ...parts,
    patterns,
    feedback,
    book,
    library,
    hits,
    goalOf,
    toolsOf: (runId) => readToolNames(database.db, runId),
    isOn: () => isLearning,
    tell,
    onTold,
    regroupings,
    onDue: regroupPatterns,
  })
  const judge = new VersionJudge({ ...reading, ...parts, workflows, trials, tell, onTold })
  const switches = createSwitchStore(database.db)
  const proposals = createProposalStore(database)
  const studies = createStudyStore(database.db)
  const replays = createReplayStore(database.db)
  const offering: OfferDeps = { ...parts, workflows, trials, library, switches, proposals, askAdmins: createAdminQuestion(runs, nowMs), onTold, onEvent }
  const orchestrator = createImprovementOrchestrator({ ...reading, ...parts, workflows, trials, offering })
  const order = createStudyOrders({ ...parts, workflows, trials, studies, switches })
  const tunings = createTuningStore(database.db)
  const tuner = createTuner({ ...parts, tunings, switches, proposals, tell, onTold })
  // Off, it only keeps up with the events.
  const always = [patternLearner]
  const whileLearning = [judge, orchestrator, createFailureLearner({ ...reading, runs, order }), tuner, createWorkflowSharer({ ...parts, workflows, patterns, trials, switches, book, library, goalOf })]
  const learner: Learner = {
    start() {
      for (const reader of isLearning ? [...always, ...whileLearning] : always) reader.start()
    },
    async close() {
      for (const reader of [...always, ...whileLearning]) await reader.close()
      await regrouper.close()
    },
  }
  const templates = createWorkflowTemplates({ ...parts, workflows, trials, patterns, book })
  const studying: StudyDeps = { studies, workflows, replays, feedback, offering, redact }
  const orderReplays = createReplayOrders({ replays, order, nowMs })
  const orderStudies = async (): Promise<void> => (isLearning ? orderReplays() : undefined)
  const settings = new TunedSettings(tunings, nowMs)
  const tuned = isLearning ? { of: settings.of.bind(settings), note: tunings.noteRun } : undefined
  return { library, workflows, patterns, trials, switches, studies, tunings, decideTuning: (...decided) => decideTuning({ database, tunings, nowMs }, ...decided), tuned, hits, auditor, studying, orderStudies, regroupPatterns, learner, templates, edit: createWorkflowEditor({ ...parts, workflows, trials }) }
}
