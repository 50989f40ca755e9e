import { MurmurError } from '../../errors.ts'
import type { ThreadPort } from '../thread-port.ts'

/**
 * The place of a run that is a part of another one: its answer goes to that one by the store, and what it would show of its
 * work is not shown. What a person must see or decide still goes into the thread of the whole.
 * @param speak opens that thread, on first use; undefined where there is none
 */
export function createQuietThread(runId: string, speak: () => Promise<ThreadPort | undefined>): ThreadPort {
  const receipt = { messageId: runId }
  let opened: Promise<ThreadPort | undefined> | undefined
  const whole = (): Promise<ThreadPort | undefined> => (opened ??= speak())
  return {
    async showStatus() {},
    readNews: async () => [],
    readHistory: async () => [],
    openAnswer: () => ({ append() {}, restart() {}, finish: async () => receipt }),
    post: async (stepKey, text, buttons) => (await whole())?.post(stepKey, text, buttons) ?? receipt,
    speak: async (stepKey, speaker, text) => (await whole())?.speak(stepKey, speaker, text) ?? receipt,
    openBoard: () => ({ show() {}, async close() {}, async leave() {} }),
    async fetchFile(file, mostBytes, signal) {
      const thread = await whole()
      if (!thread) throw new MurmurError('MUR_SLACK_REJECTED', { method: 'files.info', reason: 'no_thread' })
      return thread.fetchFile(file, mostBytes, signal)
    },
    postFile: async (stepKey, file) => (await whole())?.postFile(stepKey, file),
    askApproval: async (stepKey, question, goOn) => (await whole())?.askApproval(stepKey, question, goOn) ?? receipt,
    fail: async () => receipt,
    close: async () => (await opened)?.close(),
  }
}
