import type { PartStore } from '../../storage/part-store.ts'
import type { RunOutcome, RunStore } from '../../storage/run-store.ts'
import type { TaskId } from '../../storage/records.ts'
import { formatUsd } from '../budget-wait.ts'
import type { RunAttempt } from '../run-attempt.ts'
import { boardOf, describeProgress, joinResults } from './join-results.ts'

export interface BatchRunDeps {
  readonly runs: Pick<RunStore, 'find'>
  readonly parts: PartStore
}

export interface BatchLook extends Pick<RunAttempt, 'run' | 'thread' | 'journal'> {
  readonly taskId: TaskId
  /** Somebody stopped it: its parts were told as well, and what they came to is shown. */
  readonly isStopped: boolean
}

/** The batch has nothing to do until a part has news. */
export interface Resting {
  readonly isResting: true
  /** What was seen last; news since then make the task due at once. */
  readonly seenWakes: number
  readonly progress: string
}

/**
 * One look of a batch at its parts: lets them begin, shows how far they are, and when all have ended joins their results
 * into one answer. It keeps nothing in memory; each look may be another process's.
 */
export async function runBatch({ runs, parts }: BatchRunDeps, { taskId, run, thread, journal, isStopped }: BatchLook): Promise<RunOutcome | Resting> {
  const { runId } = run
  // A batch of a command has its thread only since this attempt has begun.
  const threadId = (await runs.find(runId))?.threadId
  await journal.once('parts', async () => true, { alongside: (trx) => parts.release(trx, runId, threadId) })
  const seenWakes = await parts.wakes(taskId)
  const all = await parts.list(runId)
  const progress = describeProgress(all)
  const board = thread.openBoard()
  if (all.some((part) => part.run.finishedAtMs === undefined)) {
    board.show(boardOf(all))
    await board.leave()
    return { isResting: true, seenWakes, progress }
  }
  await board.close(boardOf(all))
  const { text, whole, file } = joinResults(all)
  if (file) await thread.postFile('results', file)
  const costMicroUsd = all.reduce((sum, part) => sum + part.run.costMicroUsd, 0)
  await thread.openAnswer().finish(text, { runId, agentName: '', agentIcon: '', tier: 1, note: `${all.length} tasks · ${formatUsd(costMicroUsd)}`, asksFeedback: false })
  const ends = new Set(all.map((part) => part.run.status))
  const status = isStopped ? 'cancelled' : ends.has('completed') ? 'completed' : 'failed'
  return { status, answer: whole, tier: undefined, errorCode: status === 'failed' ? all.find((part) => part.run.errorCode)?.run.errorCode : undefined }
}
