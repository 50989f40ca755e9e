import type { JsonObject } from './json-object.ts'

/** One emoji under a message and who put it there, in order. */
export interface Reaction {
  readonly name: string
  readonly users: readonly string[]
  readonly count: number
}

/** A file as Slack describes it to apps and people; the bytes lie in the file shelf. */
export interface StoredFile {
  readonly id: string
  readonly name: string
  readonly title: string
  readonly mimetype: string
  readonly filetype: string
  readonly size: number
  readonly user: string
  readonly createdMs: number
  readonly urlPrivate: string
}

/**
 * A message as the workspace keeps it. Never changed in place: an edit stores a new object under the same `ts`.
 * `chunks` is the folded state of a stream (text runs joined, tasks and plan title replaced in place), not its journal.
 */
export interface StoredMessage {
  readonly ts: string
  readonly channel: string
  readonly threadTs?: string
  readonly user?: string
  readonly botId?: string
  readonly username?: string
  readonly iconEmoji?: string
  readonly iconUrl?: string
  readonly text: string
  readonly blocks: readonly JsonObject[]
  readonly attachments?: readonly JsonObject[]
  readonly markdownText?: string
  readonly metadata?: JsonObject
  readonly streamingState?: 'in_progress' | 'completed'
  readonly taskDisplayMode?: string
  readonly chunks?: readonly JsonObject[]
  readonly files?: readonly StoredFile[]
  readonly reactions: readonly Reaction[]
  readonly edited?: { readonly user: string; readonly ts: string }
  readonly subtype?: string
  readonly ephemeralTo?: string
  /** Everything a person would read: text, markdown, chunks and blocks, flattened to plain lines. */
  readonly deliveredText: string
}

/** What a caller says about a new message; the board adds `ts`, reactions and the delivered text. */
export type MessageDraft = Omit<StoredMessage, 'ts' | 'reactions' | 'deliveredText' | 'blocks'> & {
  readonly blocks?: readonly JsonObject[]
}
