import type { OfferDeps } from '../../learning/workflows/offer-version.ts'
import { newRunId, newTaskId } from '../../storage/ids.ts'
import type { Request } from '../../storage/records.ts'
import type { RunStore } from '../../storage/run-store.ts'
import { maxAttempts } from '../intake.ts'

/** Stores a run that asks the admins in the thread of the answer that gave rise to a proposal of Murmur itself. */
export function createAdminQuestion(runs: Pick<RunStore, 'insertOnce'>, nowMs: () => number): OfferDeps['askAdmins'] {
  return async (trx, about, { proposalId, reason }) => {
    const { workspaceId, channelId, userId, surface } = about.request
    const threadId = about.threadId ?? about.request.threadId
    if (surface === 'door' || threadId === undefined) return false
    const runId = newRunId()
    const request: Request = { workspaceId, surface: 'command', channelId, userId, threadId, text: reason, files: [], mentionable: [], isReply: true, remarkOn: { runId: about.runId, fields: [], proposalId } }
    await runs.insertOnce(trx, { runId, taskId: newTaskId(), request, priority: 'low', lane: `run:${runId}`, maxAttempts, nowMs: nowMs() }, [`proposal:${proposalId}`])
    return true
  }
}
