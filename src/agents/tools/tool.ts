import { z } from 'zod'

/** One message of the thread a run belongs to, oldest first in its list. */
export interface ThreadLine {
  /** Display name, without `@`. */
  readonly author: string
  readonly text: string
  readonly sentAtMs: number
}

/** What a tool may know of the run that calls it. */
export interface ToolContext {
  readonly signal: AbortSignal
  readonly nowMs: () => number
  /** IANA name of the asking person's time zone, such as `Europe/Berlin`. */
  readonly timeZone: string
  readonly thread: readonly ThreadLine[]
  /** The model's id of this very call; the same again after a restart. */
  readonly callId?: string
  /** The other agents of the team, where the run may turn to them. */
  readonly colleagues?: Colleagues
  /** What the agents of this goal know, where there is a memory. */
  readonly memory?: AgentMemory
  /** Set where the request or its thread has long texts or files; the tools for them are offered then. */
  readonly documents?: AgentDocuments
}

/** What agents share, as one agent of a run may use it. What comes back is text for the model. */
export interface AgentMemory {
  /** The same call again keeps the text once. */
  remember(callId: string, kind: 'position' | 'document', text: string): Promise<string>
  recall(query: string): Promise<string>
}

/** Long texts and files of a thread, as its agents may use them. What comes back is text for the model. */
export interface AgentDocuments {
  /** The passages nearest to a question. */
  search(query: string): Promise<string>
  /** Passages by their numbers. */
  read(from: number, count: number): Promise<string>
}

/** Other agents, as one agent of a run may turn to them. What comes back is text for the model. */
export interface Colleagues {
  /** Has a specialist answer a question within this run. @returns the answer, or why there is none */
  ask(callId: string, specialtyId: string, question: string): Promise<string>
  /** Leaves a message that the addressee reads with its next task. */
  tell(callId: string, to: string, text: string): Promise<string>
}

/**
 * Something a model can call. It knows no model library: the bridge turns it into whatever the provider wants.
 * The result is text for the model, at most {@link maxToolChars} long. A failure the model can do something about is
 * such a text too, made with {@link toolError}; `run` throws only when `context.signal` is aborted, or a MurmurError that is
 * the whole run's matter (a spent budget, a store that is down).
 */
export interface Tool<Input = unknown> {
  readonly name: string
  /** Read by the model: what it does, when to use it, what it refuses. */
  readonly description: string
  readonly input: z.ZodType<Input>
  run(input: Input, context: ToolContext): Promise<string>
}

/** About 3,000 tokens: enough for a page's substance, and ten of them still fit a small window. */
export const maxToolChars = 12_000

/** A failure as the model reads it: what was wanted, what was found, what to do now. */
export const toolError = (sentence: string): string => `Error: ${sentence}`

/** Cuts a result to `maxChars` (default {@link maxToolChars}) and says so in its last line. */
export function boundText(text: string, maxChars: number = maxToolChars): string {
  if (text.length <= maxChars) return text
  const note = `\n[cut: ${text.length - maxChars} more characters]`
  const kept = text.slice(0, Math.max(0, maxChars - note.length))
  // A lone high surrogate at the cut would not survive JSON to the provider.
  return `${/[\uD800-\uDBFF]$/.test(kept) ? kept.slice(0, -1) : kept}${note}`
}
