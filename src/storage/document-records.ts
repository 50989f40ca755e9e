import type { RunId, WorkspaceId } from './records.ts'

/** A long text or a file that a run was given, without its text. */
export interface DocumentHead {
  readonly documentId: string
  readonly runId: RunId
  readonly name: string
  /** What it was by its content, such as `pdf`; `picture` for the description of one. */
  readonly kind: string
  readonly outline: string
  /** Passages are numbered through all documents of a thread. */
  readonly firstPassage: number
  readonly passageCount: number
  readonly tokens: number
}

export interface DocumentText {
  readonly text: string
  /** In UTF-16 units of the text; the first is `firstPassage`. */
  readonly passages: readonly { readonly start: number; readonly end: number; readonly heading: string }[]
}

export interface StoredDocument extends Omit<DocumentHead, 'passageCount'>, DocumentText {
  readonly workspaceId: WorkspaceId
  readonly createdAtMs: number
}
