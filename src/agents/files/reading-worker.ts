import { parentPort } from 'node:worker_threads'
import { extractText, mostTextChars } from './extract-text.ts'
import type { FileKind } from './file-kind.ts'
import { FileProblem } from './file-problem.ts'
import { splitPassages, type Passage } from './split-passages.ts'

/** What is posted to the worker, one at a time. */
export interface ReadingJob {
  readonly kind: FileKind
  readonly bytes: Uint8Array
}

export type ReadingResult = { readonly text: string; readonly passages: readonly Passage[]; readonly isCut: boolean } | { readonly problem: string } | { readonly failure: string }

async function read({ kind, bytes }: ReadingJob): Promise<ReadingResult> {
  // PostgreSQL takes no zero character in a text.
  const whole = (await extractText(kind, Buffer.from(bytes))).replaceAll('\r\n', '\n').replaceAll('\0', '').toWellFormed()
  const text = whole.slice(0, mostTextChars).toWellFormed()
  const passages = await splitPassages(text)
  return passages.length === 0 ? { problem: 'It is empty.' } : { text, passages, isCut: whole.length > text.length }
}

parentPort?.on('message', (job: ReadingJob) => {
  read(job).then(
    (result) => parentPort?.postMessage(result),
    (error: unknown) => parentPort?.postMessage(error instanceof FileProblem ? { problem: error.message } : { failure: String(error).slice(0, 300) }),
  )
})
