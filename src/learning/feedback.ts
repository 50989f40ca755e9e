import type { Database } from '../storage/database.ts'
import type { EventLog } from '../storage/event-log.ts'
import type { FeedbackStore } from '../storage/feedback-store.ts'
import type { Observation, ProfileStore } from '../storage/profile-store.ts'
import type { FeedbackRecord, RunRecord } from '../storage/records.ts'
import type { RunStore } from '../storage/run-store.ts'
import type { AnswerCache } from './answers/answer-cache.ts'

export interface FeedbackDeps {
  readonly database: Database
  readonly runs: Pick<RunStore, 'noteFailure'>
  readonly feedback: FeedbackStore
  readonly profiles: ProfileStore
  readonly events: EventLog
  /** Unset: no answer is given again. */
  readonly answers?: Pick<AnswerCache, 'note'>
  readonly onEvent: () => void
}

/** Keeps what a person says of a run, with the event that reports it, and in its agent's record. The same thumb twice is one thumb. */
export type RecordFeedback = (run: RunRecord, feedback: Omit<FeedbackRecord, 'runId'>) => Promise<void>

/** Longer texts are cut: feedback is a remark, not a document. */
const maxTextChars = 3_000

export function createFeedbackRecorder({ database, runs, feedback, profiles, events, answers, onEvent }: FeedbackDeps): RecordFeedback {
  return async (run, given) => {
    const { runId, workspaceId } = run
    const record: FeedbackRecord = { ...given, runId, text: given.text.slice(0, maxTextChars) }
    await database.db.transaction().execute(async (trx) => {
      const state = await feedback.put(trx, workspaceId, record)
      // A click that Slack delivers twice, or a person clicks twice, says nothing new.
      if (state === 'same') return
      const seen = state === 'reworded' ? [] : satisfactionOf(run, record)
      if (state === 'new') await profiles.observe(trx, workspaceId, seen, record.createdAtMs)
      else for (const observation of seen) await profiles.correct(trx, workspaceId, observation, 1 - observation.value)
      await answers?.note(trx, run, record.kind)
      if (record.kind === 'correction') await runs.noteFailure(trx, runId, 'wrong_specialist')
      const payload = { kind: record.kind, userId: record.userId, hasText: record.text !== '', state, ...(record.kind === 'correction' ? { shouldHaveBeen: record.text } : {}) }
      await events.append(trx, { workspaceId, runId, type: 'feedback_received', payload, atMs: record.createdAtMs })
    })
    onEvent()
  }
}

/** What a thumb says of who did the run: 1 up, 0 down. */
function satisfactionOf({ agentId, route }: RunRecord, { kind }: FeedbackRecord): Observation[] {
  if (kind !== 'up' && kind !== 'down') return []
  const value = kind === 'up' ? 1 : 0
  return [
    ...(agentId === undefined ? [] : [{ subject: `agent:${agentId}` as const, metric: 'satisfaction' as const, value }]),
    ...(route === undefined ? [] : [{ subject: `specialty:${route.specialtyId}` as const, metric: 'satisfaction' as const, value }]),
  ]
}
