import type { JsonObject } from './json-object.ts'
import { asText } from './json-object.ts'

/** How a stream was begun: Slack wants it continued the same way. `undecided` until the first content. */
export type StreamMode = 'undecided' | 'markdown_text' | 'chunks'

/** A message that is being streamed. */
export interface OpenStream {
  readonly channel: string
  readonly ts: string
  readonly threadTs: string
  mode: StreamMode
  lastTouchMs: number
  isStoppedByUser: boolean
}

const MAX_OPEN_STREAMS = 10_000

/**
 * The open streams. A stream expires when nothing was appended for `idleLimitMs` (about 5 minutes on Slack;
 * vercel/chat#607).
 */
export class StreamBook {
  readonly #streams = new Map<string, OpenStream>()
  readonly #idleLimitMs: number

  constructor(idleLimitMs: number) {
    this.#idleLimitMs = idleLimitMs
  }

  open(stream: OpenStream): void {
    this.#streams.set(`${stream.channel}:${stream.ts}`, stream)
    const oldest = this.#streams.keys().next().value
    if (this.#streams.size > MAX_OPEN_STREAMS && oldest !== undefined) this.#streams.delete(oldest)
  }

  get(channel: string, ts: string): OpenStream | undefined {
    return this.#streams.get(`${channel}:${ts}`)
  }

  isExpired(stream: OpenStream, nowMs: number): boolean {
    return nowMs - stream.lastTouchMs > this.#idleLimitMs
  }

  close(stream: OpenStream): void {
    this.#streams.delete(`${stream.channel}:${stream.ts}`)
  }

  ofThread(channel: string, threadTs: string): OpenStream[] {
    return [...this.#streams.values()].filter((stream) => stream.channel === channel && stream.threadTs === threadTs)
  }
}

/** Folds new chunks into what the message shows: text runs join, a task or the plan title replaces its older state. */
export function foldChunks(shown: readonly JsonObject[], added: readonly JsonObject[]): readonly JsonObject[] {
  const result = [...shown]
  for (const chunk of added) {
    const last = result.at(-1)
    const known = result.findIndex((item) => isSameThing(item, chunk))
    if (chunk.type === 'markdown_text' && last?.type === 'markdown_text') {
      result[result.length - 1] = { ...last, text: (asText(last.text) ?? '') + (asText(chunk.text) ?? '') }
    } else if (known >= 0) {
      result[known] = { ...result[known], ...chunk }
    } else {
      result.push(chunk)
    }
  }
  return result
}

/** Characters that count towards the cap of a streamed message; tasks and titles count as well (CopilotKit#6064). */
export function countStreamCharacters(chunks: readonly JsonObject[]): number {
  let count = 0
  for (const chunk of chunks) {
    for (const field of ['text', 'title', 'details', 'output']) count += asText(chunk[field])?.length ?? 0
    if (chunk.type === 'blocks') count += JSON.stringify(chunk.blocks).length
  }
  return count
}

function isSameThing(one: JsonObject, other: JsonObject): boolean {
  if (one.type !== other.type) return false
  return other.type === 'plan_update' || (other.type === 'task_update' && one.id === other.id)
}
