import { asMurmurError } from '../../errors.ts'
import type { DocumentHead } from '../../storage/document-records.ts'
import type { RunAttempt, RunDeps } from '../run-attempt.ts'
import { itemIdOf } from './look-up-passages.ts'

/** Passages of one step: an embedding server takes so many at a time, and a crash repeats no more. */
const passagesAStep = 96

/**
 * Puts the passages of new documents into the shared memory, under the run; paid from its budget, each piece once over restarts. A memory that
 * fails is no reason to fail: passages are then compared by their words.
 * @throws {MurmurError} MUR_BUDGET_SPENT, MUR_RUN_CANCELLED, MUR_STORE_DOWN, MUR_STORE_CONFLICT
 */
export async function embedDocuments({ documents, memory }: RunDeps, attempt: RunAttempt, fresh: readonly DocumentHead[]): Promise<void> {
  const { run, goalId, journal, thread, signal } = attempt
  if (!documents || !memory) return
  const payer = { workspaceId: run.workspaceId, runId: run.runId, goalId, channelId: run.request.channelId, userId: run.request.userId }
  for (const { documentId, passageCount } of fresh) {
    const steps = Array.from({ length: Math.ceil(passageCount / passagesAStep) }, (_, at) => at)
    if (steps.every((at) => journal.has(`document:${documentId}:embedded:${at}`))) continue
    const { text, passages } = (await documents.store.read(documentId)) ?? { text: '', passages: [] }
    for (const at of steps) {
      const notes = passages.slice(at * passagesAStep, (at + 1) * passagesAStep).map(({ start, end, heading }, index) => ({
        id: itemIdOf(documentId, at * passagesAStep + index),
        kind: 'document' as const,
        text: `${heading}\n${text.slice(start, end)}`.trim(),
      }))
      try {
        await journal.once(`document:${documentId}:embedded:${at}`, async () => {
          await memory.remember(payer, notes, signal)
          return true
        })
      } catch (cause) {
        const { code } = asMurmurError(cause)
        if (!code.startsWith('MUR_MODEL_') && code !== 'MUR_MEMORY_SPACE') throw cause
        return
      }
      if (steps.length > 4) await thread.showStatus(`is reading: ${Math.round(((at + 1) * 100) / steps.length)} % …`)
    }
  }
}
