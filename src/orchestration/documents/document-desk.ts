import { createHash } from 'node:crypto'
import type { FileReader, ReadText } from '../../agents/files/read-file.ts'
import { outlineOf } from '../../agents/files/outline.ts'
import { estimateTokens } from '../../agents/count-tokens.ts'
import type { DocumentPlace, DocumentStore } from '../../storage/document-store.ts'
import type { DocumentHead } from '../../storage/document-records.ts'
import type { RunRecord } from '../../storage/records.ts'
import type { NamedModel } from '../paid-calls/worst-case.ts'

/** What runs need to take in long texts and files; made once. */
export interface DocumentDesk {
  readonly store: DocumentStore
  readonly reader: FileReader
  /** Longer texts become documents. */
  readonly longInputTokens: number
  readonly nowMs: () => number
}

/** Looks at pictures; undefined where no model of the catalogue can. */
export type Vision = NamedModel | undefined

/** Where the documents of a run's thread are found. */
export const placeOf = (run: RunRecord): DocumentPlace => ({
  workspaceId: run.workspaceId,
  channelId: run.request.channelId,
  threadId: run.threadId ?? run.request.threadId,
  runId: run.runId,
})

export interface NewDocument {
  /** What of the request it was: the same again is the same document. */
  readonly source: string
  readonly name: string
  readonly kind: string
  readonly read: Pick<ReadText, 'text' | 'passages'>
}

/** Stores a document of a run, numbered on from those before it in the thread; again: nothing new. */
export async function keepDocument({ store, nowMs }: DocumentDesk, run: RunRecord, { source, name, kind, read }: NewDocument): Promise<void> {
  const documentId = documentIdOf(run, source)
  const before = await store.listThread(placeOf(run))
  if (before.some((known) => known.documentId === documentId)) return
  const firstPassage = Math.max(1, ...before.map((known) => known.firstPassage + known.passageCount))
  await store.put({
    documentId,
    workspaceId: run.workspaceId,
    runId: run.runId,
    name: name.slice(0, 200),
    kind,
    text: read.text,
    passages: read.passages,
    outline: outlineOf(read.text, read.passages, firstPassage),
    firstPassage,
    tokens: estimateTokens(read.text),
    createdAtMs: nowMs(),
  })
}

export const documentIdOf = ({ runId }: RunRecord, source: string): string => createHash('sha256').update(`${runId} ${source}`).digest('base64url').slice(0, 24)

/** `p12 to p40`, as prompts and answers name them. */
export const rangeOf = ({ firstPassage, passageCount }: DocumentHead): string => (passageCount === 1 ? `p${firstPassage}` : `p${firstPassage} to p${firstPassage + passageCount - 1}`)
