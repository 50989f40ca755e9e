import type { ChatRequest } from './chat-request.ts'
import type { FaultSwitches } from './faults.ts'
import type { HoldOptions } from './gate.ts'
import type { Conversation } from './read-conversation.ts'
import type { Reply } from './reply.ts'
import type { CallUsage, JournalEntry } from './request-journal.ts'

/** What an `answer` hook may look at. */
export interface AnswerContext {
  /** The number of the call, as in the journal. */
  readonly id: number
  /** The request read as the default answers read it: the asked text, the specialist, the tool results. */
  readonly conversation: Conversation
  /** Aborted when the caller goes away. */
  readonly signal: AbortSignal
  /** What would be said without the hook. */
  fallback(): Reply
}

/** Scripts replies: a reply, a text, or undefined for the default answer. May wait. */
export type AnswerHook = (
  request: ChatRequest,
  context: AnswerContext,
) => Reply | string | undefined | Promise<Reply | string | undefined>

export interface OfflineModelOptions {
  /** Default 0: any free port. */
  readonly port?: number
  /** Default 127.0.0.1: this is no server for others. */
  readonly host?: string
  /** Wait before the first byte of each answer; default 0. */
  readonly latencyMs?: number
  /** Wait before each event of a stream; default 0, which sends a stream at once. */
  readonly chunkDelayMs?: number
  /** Characters a piece of a stream; default 24. */
  readonly chunkSize?: number
  readonly answer?: AnswerHook
  readonly now?: () => number
  /** Default: any key is good, none is not. */
  readonly apiKey?: string
  /** Default: any model name is good. Given: others get 404. */
  readonly models?: readonly string[]
  /** Context window; a longer prompt gets 400 `context_length_exceeded`. Default: none. */
  readonly contextTokens?: number
  /** Journal entries that are kept; default 10,000. */
  readonly journalLimit?: number
}

/** A running stand-in for a language model's server. */
export interface OfflineModel {
  readonly url: string
  /** What `OPENAI_BASE_URL` is set to: `${url}/v1`. */
  readonly baseUrl: string
  /** The newest calls, oldest first. */
  requests(): readonly JournalEntry[]
  /** Sums over all calls since the start. */
  readonly usage: CallUsage & { readonly calls: number; readonly totalTokens: number }
  /** Calls whose caller still waits. */
  readonly pending: number
  /** Calls that wait at the gate. */
  readonly held: number
  readonly faults: FaultSwitches
  /** Holds replies from now on; see {@link HoldOptions}. */
  hold(options?: HoldOptions): void
  /**
   * Lets all held replies through and opens the gate; with a count, lets so many through, oldest first, and stays shut.
   */
  release(count?: number): void
  /** Replaces the hook; undefined brings the default answers back. */
  setAnswer(answer: AnswerHook | undefined): void
  /**
   * Asks `probe` again after every change of the journal or the gate until it gives something.
   * @param timeoutMs default 10,000
   */
  waitFor<T>(what: string, probe: () => T | undefined | false | null, timeoutMs?: number): Promise<T>
  /** Cuts what is open and frees the port. */
  close(): Promise<void>
}
