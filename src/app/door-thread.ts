import { MurmurError } from '../errors.ts'
import type { Speaker, ThreadFile, ThreadPort } from '../orchestration/thread-port.ts'
import type { RunRecord } from '../storage/records.ts'
import type { RunStore } from '../storage/run-store.ts'

/** What a caller of the programmatic door wants to see while a run is at work. */
export interface DoorListener {
  /** Called with each new piece of the answer; after `onRestart` the answer begins anew. */
  readonly onText?: (delta: string) => void
  readonly onRestart?: () => void
  /** Called with each file that the run shows; after a crash perhaps again. */
  readonly onFile?: (file: ThreadFile) => void
  /** Called with what each member of a swarm says; after a restart of the process again from the first turn on. */
  readonly onTurn?: (speaker: Speaker, text: string) => void
}

/**
 * The thread of a run that came through the programmatic door: there is no channel, the answer lies in the runs table.
 * History are the earlier runs of the same thread.
 */
export function createDoorThread(run: RunRecord, runs: RunStore, listener: DoorListener | undefined): ThreadPort {
  const receipt = { messageId: run.runId }
  return {
    async showStatus() {},
    async readNews(afterMs) {
      if (run.threadId === undefined) return []
      const later = await runs.listThread(run.workspaceId, run.request.channelId, run.threadId)
      return later
        .filter(({ runId, createdAtMs }) => runId > run.runId && createdAtMs > afterMs)
        .toReversed()
        .map(({ request, createdAtMs }) => ({ author: request.userId, text: request.text, sentAtMs: createdAtMs, isOwn: false }))
    },
    async readHistory() {
      if (run.threadId === undefined) return []
      const earlier = await runs.listThread(run.workspaceId, run.request.channelId, run.threadId)
      return earlier
        .filter(({ runId }) => runId < run.runId)
        .toReversed()
        .flatMap(({ request, answer, createdAtMs, finishedAtMs }) => [
          { author: request.userId, text: request.text, sentAtMs: createdAtMs, isOwn: false },
          ...(answer === undefined ? [] : [{ author: 'Murmur', text: answer, sentAtMs: finishedAtMs ?? createdAtMs, isOwn: true }]),
        ])
    },
    openAnswer: () => ({
      append: (delta) => listener?.onText?.(delta),
      restart: () => listener?.onRestart?.(),
      finish: async () => receipt,
    }),
    async post() {
      return receipt
    },
    async postFile(_stepKey, file) {
      listener?.onFile?.(file)
    },
    async speak(_stepKey, speaker, text) {
      listener?.onTurn?.(speaker, text)
      return receipt
    },
    openBoard: () => ({ show() {}, async close() {}, async leave() {} }),
    async fetchFile({ name }) {
      throw new MurmurError('MUR_SLACK_REJECTED', { method: 'door', reason: `no file ${name.slice(0, 60)}` })
    },
    async askApproval() {
      return receipt
    },
    async fail() {
      return receipt
    },
    async close() {},
  }
}
