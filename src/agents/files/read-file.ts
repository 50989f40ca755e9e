import { Worker } from 'node:worker_threads'
import { MurmurError } from '../../errors.ts'
import { ConcurrencyLimit } from '../concurrency-limit.ts'
import { kindOfFile, type FileKind } from './file-kind.ts'
import { FileProblem } from './file-problem.ts'
import type { ReadingJob, ReadingResult } from './reading-worker.ts'
import type { Passage } from './split-passages.ts'

/** A text with the places it can be quoted from. */
export interface ReadText {
  readonly kind: FileKind
  readonly text: string
  readonly passages: readonly Passage[]
  /** True when the file had more than is kept. */
  readonly isCut: boolean
}

/** Throws FileProblem with a sentence for the person; MUR_RUN_CANCELLED. */
export interface FileReader {
  read(bytes: Uint8Array, name: string, signal: AbortSignal): Promise<ReadText>
  /** What was written as text is text, whatever it begins with. */
  split(text: string, signal: AbortSignal): Promise<ReadText>
}

export interface FileReaderOptions {
  /** Default 45 s. */
  readonly timeoutMs?: number
}

/** The largest file of each kind that is read. */
const mostBytes: Readonly<Record<FileKind, number>> = { text: 5_000_000, markdown: 5_000_000, csv: 5_000_000, json: 5_000_000, html: 5_000_000, pdf: 20_000_000, docx: 20_000_000, image: 10_000_000, unknown: 0 }
export const mostFileBytes = Math.max(...Object.values(mostBytes))
/** Each may take `workerMegabytes`. */
const mostWorkers = 2
const workerMegabytes = 512
/** Starting one takes a quarter of a second of a core. */
const idleMs = 60_000

/** Reads files into text in workers with a bound of memory and time: a hostile file costs a worker and never this process. */
export function createFileReader({ timeoutMs = 45_000 }: FileReaderOptions = {}): FileReader {
  const limit = new ConcurrencyLimit(mostWorkers)
  const workers = new ReadingWorkers(timeoutMs)
  const work = async (kind: FileKind, bytes: Uint8Array, signal: AbortSignal): Promise<ReadText> => {
    const result = await limit.run(() => workers.read({ kind, bytes }, signal), signal)
    if ('problem' in result) throw new FileProblem(result.problem)
    if ('failure' in result) throw new FileProblem('It cannot be read.', { cause: result.failure })
    return { kind, ...result }
  }
  return {
    async read(bytes, name, signal) {
      const kind = kindOfFile(bytes, name)
      checkFile(kind, bytes)
      return work(kind, bytes, signal)
    },
    split: (text, signal) => work('text', Buffer.from(text), signal),
  }
}

/** @throws {FileProblem} for a kind that is not read, and for what is too large */
export function checkFile(kind: FileKind, { byteLength }: Uint8Array): void {
  if (kind === 'unknown') throw new FileProblem('I read text, Markdown, CSV, JSON, HTML, PDF, Word (docx) and pictures, and by its content it is none of these.')
  if (byteLength > mostBytes[kind]) throw new FileProblem(`It has ${megabytes(byteLength)} MB, and of its kind at most ${megabytes(mostBytes[kind])} MB are read. Send the part that matters.`)
}

/** Workers that read plain texts, kept for the next one; what parses foreign formats gets a new one each time, as it may be left in any state. */
class ReadingWorkers {
  readonly #timeoutMs: number
  #idle: Worker | undefined
  #retire: NodeJS.Timeout | undefined

  constructor(timeoutMs: number) {
    this.#timeoutMs = timeoutMs
  }

  async read(job: ReadingJob, signal: AbortSignal): Promise<ReadingResult> {
    if (signal.aborted) throw new MurmurError('MUR_RUN_CANCELLED')
    const isPlain = job.kind !== 'pdf' && job.kind !== 'docx'
    const worker = (isPlain ? this.#takeIdle() : undefined) ?? startWorker()
    const { promise, resolve, reject } = Promise.withResolvers<ReadingResult>()
    let isUsable = false
    const onResult = (result: ReadingResult): void => {
      isUsable = isPlain
      resolve(result)
    }
    // Out of memory, or a parser's bug.
    const onError = (error: unknown): void => resolve((error as { code?: unknown }).code === 'ERR_WORKER_OUT_OF_MEMORY' ? { problem: 'It takes more memory to read than one file may.' } : { failure: String(error).slice(0, 300) })
    const onExit = (): void => resolve({ failure: 'the worker ended' })
    worker.on('message', onResult).on('error', onError).on('exit', onExit)
    const onAbort = (): void => reject(signal.reason instanceof MurmurError ? signal.reason : new MurmurError('MUR_RUN_CANCELLED'))
    const timer = setTimeout(() => resolve({ problem: `It takes longer than ${this.#timeoutMs / 1_000} s to read.` }), this.#timeoutMs)
    signal.addEventListener('abort', onAbort, { once: true })
    worker.postMessage(job)
    try {
      return await promise
    } finally {
      clearTimeout(timer)
      signal.removeEventListener('abort', onAbort)
      worker.off('message', onResult).off('exit', onExit)
      if (isUsable) this.#keep(worker)
      else await worker.terminate()
      worker.off('error', onError)
    }
  }

  #takeIdle(): Worker | undefined {
    const worker = this.#idle
    this.#idle = undefined
    clearTimeout(this.#retire)
    // One that ended while nobody waited for it is just gone.
    if (worker?.threadId === -1) return undefined
    worker?.ref()
    return worker
  }

  #keep(worker: Worker): void {
    void this.#takeIdle()?.terminate()
    this.#idle = worker
    worker.unref()
    this.#retire = setTimeout(() => void this.#takeIdle()?.terminate(), idleMs)
    this.#retire.unref()
  }
}

function startWorker(): Worker {
  const worker = new Worker(new URL('reading-worker.ts', import.meta.url), { name: 'murmur-file-reader', resourceLimits: { maxOldGenerationSizeMb: workerMegabytes } })
  // Without a listener an error between two jobs would end this process.
  return worker.on('error', () => {})
}

const megabytes = (bytes: number): string => (bytes / 1_000_000).toLocaleString('en-US', { maximumFractionDigits: 1 })
