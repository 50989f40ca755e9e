import type { Database } from '../storage/database.ts'
import type { EventLog } from '../storage/event-log.ts'
import type { FeedbackStore } from '../storage/feedback-store.ts'
import type { FeedbackRecord, RunRecord } from '../storage/records.ts'

export interface FeedbackDeps {
  readonly database: Database
  readonly feedback: FeedbackStore
  readonly events: EventLog
  readonly onEvent: () => void
}

/** Keeps what a person says of a run, with the event that reports it. The same thumb twice is one thumb. */
export type RecordFeedback = (run: RunRecord, feedback: Omit<FeedbackRecord, 'runId'>) => Promise<void>

/** Longer texts are cut: feedback is a remark, not a document. */
const maxTextChars = 3_000

export function createFeedbackRecorder({ database, feedback, events, onEvent }: FeedbackDeps): RecordFeedback {
  return async ({ runId, workspaceId }, given) => {
    const record: FeedbackRecord = { ...given, runId, text: given.text.slice(0, maxTextChars) }
    await database.db.transaction().execute(async (trx) => {
      await feedback.put(trx, workspaceId, record)
      const payload = { kind: record.kind, userId: record.userId, hasText: record.text !== '' }
      await events.append(trx, { workspaceId, runId, type: 'feedback_received', payload, atMs: record.createdAtMs })
    })
    onEvent()
  }
}
