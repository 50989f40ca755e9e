import { newRunId, newTaskId } from '../../storage/ids.ts'
import type { Request } from '../../storage/records.ts'
import type { RunStore } from '../../storage/run-store.ts'
import { maxAttempts } from '../intake.ts'
import type { Decision, TellDecision } from './improve-deps.ts'

const words: Readonly<Record<Decision, string>> = {
  approved: 'your improvement is approved. It counts from the next such request on.',
  rejected: 'your improvement was not approved; the recipe stays as it is.',
  gone: 'your improvement was approved, but the answer that it was about is no longer stored, so nothing was changed.',
}

/** Stores a run that tells the author of a proposal what was decided, within the transaction of the decision: it is said once, whatever dies in between. */
export function createDecisionTeller(runs: Pick<RunStore, 'insertOnce'>, nowMs: () => number): TellDecision {
  return async (trx, { proposalId, workspaceId, authorId, runId: aboutRunId }, decision, { channelId, threadId }) => {
    // Murmur itself waits for nobody's word.
    if (authorId === '') return
    const runId = newRunId()
    const remarkOn = { runId: aboutRunId, fields: [], proposalId, isDecided: true }
    const request: Request = { workspaceId, surface: 'command', channelId, userId: authorId, ...(threadId === undefined ? {} : { threadId }), text: `<@${authorId}> ${words[decision]}`, files: [], mentionable: [authorId], isReply: threadId !== undefined, remarkOn }
    await runs.insertOnce(trx, { runId, taskId: newTaskId(), request, priority: 'medium', lane: `run:${runId}`, maxAttempts, nowMs: nowMs() }, [`decided:${proposalId}`])
  }
}
