/** The nouns that outlive a restart. Time is integer milliseconds since 1970 (UTC), money integer millionths of a US dollar. */

declare const brand: unique symbol
type Branded<Name extends string> = string & { readonly [brand]: Name }

/** UUIDv7: sorts by creation time. */
export type RunId = Branded<'RunId'>
export type TaskId = Branded<'TaskId'>
export type WorkspaceId = Branded<'WorkspaceId'>

/** Where a request came in; `door` is the programmatic one. */
export type Surface = 'mention' | 'direct' | 'thread' | 'command' | 'shortcut' | 'door'

export interface RequestFile {
  readonly id: string
  readonly name: string
  readonly mimeType: string
  readonly sizeBytes: number
}

/** A Slack message, command or shortcut after normalisation: who, where, thread, text, files. */
export interface Request {
  readonly workspaceId: WorkspaceId
  readonly surface: Surface
  readonly channelId: string
  readonly userId: string
  /** The message that asked; unset for commands and shortcuts, which have none. */
  readonly messageId?: string
  /** The thread to answer in; unset when the run itself must open one (commands, shortcuts). */
  readonly threadId?: string
  readonly text: string
  readonly files: readonly RequestFile[]
  /** Ids of people and channels that the text itself names; only these may be named in the answer. */
  readonly mentionable: readonly string[]
  /** True when the message stands inside an existing thread, so that there is a history to read. */
  readonly isReply: boolean
  /** What the channel needs to answer besides ids, for example a `response_url`. Never a lasting secret. */
  readonly replyUrl?: string
}

export const runStatuses = ['queued', 'running', 'waiting', 'completed', 'failed', 'cancelled'] as const
export type RunStatus = (typeof runStatuses)[number]

export const priorities = ['critical', 'high', 'medium', 'low'] as const
export type Priority = (typeof priorities)[number]

/** One candidate of a route with its score, 0 to 1. */
export interface RouteCandidate {
  readonly specialtyId: string
  readonly score: number
}

/** How a route was decided; stored with the run and shown by "Why this agent?". */
export interface RouteDecision {
  readonly specialtyId: string
  readonly layer: 'thread' | 'model' | 'keywords' | 'generalist' | 'forced'
  /** 0 to 1. */
  readonly confidence: number
  readonly reason: string
  /** Best first; the second is the runner-up. At most 20. */
  readonly candidates: readonly RouteCandidate[]
}

/** The cap that a waiting run ran into, and what its next call may cost. */
export interface BudgetWait {
  /** `workspace`, `goal:<id>`, `person:<id>` or `run:<id>`. */
  readonly scope: string
  readonly day: string
  readonly limitMicroUsd: number
  readonly neededMicroUsd: number
}

/** One execution that handles a request. */
export interface RunRecord {
  readonly runId: RunId
  readonly workspaceId: WorkspaceId
  readonly request: Request
  readonly status: RunStatus
  readonly threadId: string | undefined
  readonly route: RouteDecision | undefined
  readonly answer: string | undefined
  readonly tier: number | undefined
  readonly costMicroUsd: number
  readonly waitingFor: BudgetWait | undefined
  readonly errorCode: string | undefined
  readonly createdAtMs: number
  readonly startedAtMs: number | undefined
  readonly finishedAtMs: number | undefined
}

export type FeedbackKind = 'up' | 'down' | 'improve'

export interface FeedbackRecord {
  readonly runId: RunId
  readonly userId: string
  readonly kind: FeedbackKind
  readonly text: string
  readonly createdAtMs: number
}
