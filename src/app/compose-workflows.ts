import { randomUUID } from 'node:crypto'
import type { LearningDesk } from '../commands/command.ts'
import { PatternBook } from '../learning/pattern-book.ts'
import { PatternLearner } from '../learning/pattern-learner.ts'
import { WorkflowLibrary } from '../learning/workflow-library.ts'
import type { LimitBook } from '../orchestration/paid-calls/budget-limits.ts'
import type { RunEvents } from '../orchestration/run-events.ts'
import type { Database } from '../storage/database.ts'
import { createEventCursors } from '../storage/event-cursors.ts'
import type { EventLog } from '../storage/event-log.ts'
import { createFeedbackStore } from '../storage/feedback-store.ts'
import { createPatternStore } from '../storage/pattern-store.ts'
import type { RunStore } from '../storage/run-store.ts'
import { readToolNames } from '../storage/run-tools.ts'
import { createWorkflowStore } from '../storage/workflow-store.ts'

export interface LearningParts {
  readonly database: Database
  readonly runs: RunStore
  readonly events: EventLog
  readonly runEvents: RunEvents
  readonly limits: LimitBook
  /** False: what was learnt is used, and nothing more is learnt. */
  readonly isLearning: boolean
  readonly nowMs: () => number
  readonly onEvent: () => void
  readonly onError: (error: unknown) => void
}

/** What is learnt of requests that recur, and who learns it. */
export function composeWorkflows(parts: LearningParts): LearningDesk & { readonly learner: PatternLearner } {
  const { database, runEvents, limits, isLearning, nowMs } = parts
  const patterns = createPatternStore(database)
  const workflows = createWorkflowStore(database)
  const book = new PatternBook({ patterns, nowMs })
  const library = new WorkflowLibrary({ ...parts, workflows, patterns, book })
  const learner = new PatternLearner({
    ...parts,
    patterns,
    feedback: createFeedbackStore(database.db),
    book,
    library,
    cursors: createEventCursors(database),
    goalOf: (workspaceId, channelId) => limits.goalOf(workspaceId, channelId),
    toolsOf: (runId) => readToolNames(database.db, runId),
    isOn: () => isLearning,
    listen: (types, wake) => runEvents.listen(types, wake),
    owner: randomUUID(),
  })
  return { library, workflows, patterns, learner }
}
