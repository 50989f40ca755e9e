import type { Notice } from '../learning/trials/version-judge.ts'
import type { Trx } from '../storage/database.ts'
import { newRunId, newTaskId } from '../storage/ids.ts'
import type { RunStore } from '../storage/run-store.ts'
import { maxAttempts } from './intake.ts'

/** Slack's limit of one section is 3,000 characters; escaping makes some longer. */
const maxNoticeChars = 2_400

/**
 * Stores a notice as a run of its own, within the transaction of what it tells of: it is said once, whatever dies in between. What came
 * through the programmatic door has no channel to say it in.
 */
export function createTeller(runs: Pick<RunStore, 'insertOnce'>, nowMs: () => number): (trx: Trx, notice: Notice) => Promise<void> {
  return async (trx, { about, to, text, key, mentionable }) => {
    const { workspaceId, channelId, userId, surface } = about.request
    if (surface === 'door' && to === undefined) return
    const runId = newRunId()
    const request = { workspaceId, surface: 'notice', channelId: to ?? channelId, userId: to ?? userId, text: text.slice(0, maxNoticeChars).toWellFormed(), files: [], mentionable, isReply: false } as const
    await runs.insertOnce(trx, { runId, taskId: newTaskId(), request, priority: 'medium', lane: `run:${runId}`, maxAttempts, nowMs: nowMs() }, [key])
  }
}
