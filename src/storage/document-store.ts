import type { Database, Trx } from './database.ts'
import type { DocumentHead, DocumentText, StoredDocument } from './document-records.ts'
import type { RunId, WorkspaceId } from './records.ts'
import type { DocumentsTable } from './schema.ts'

/** Documents of one thread that a run sees; the newest ones. */
const mostListed = 20
const headColumns = ['document_id', 'run_id', 'name', 'kind', 'outline', 'first_passage', 'passage_count', 'tokens'] as const

/** Long texts and files that runs were given: kept in the database, so that every process and a later run of the thread reads them. */
export function createDocumentStore({ db }: Database) {
  return {
    /** Keeps the text of a request that is too long for its row; in the transaction that accepts it. */
    async keepLongText(trx: Trx, runId: RunId, text: string, nowMs: number): Promise<void> {
      await trx.insertInto('long_texts').values({ run_id: runId, text, at_ms: nowMs }).execute()
    },

    async longText(runId: RunId): Promise<string | undefined> {
      const row = await db.selectFrom('long_texts').select('text').where('run_id', '=', runId).executeTakeFirst()
      return row?.text
    },

    /** Stores a document; the same id again changes nothing. */
    async put(document: StoredDocument): Promise<void> {
      const { documentId, workspaceId, runId, name, kind, text, outline, passages, firstPassage, tokens, createdAtMs } = document
      await db
        .insertInto('documents')
        .values({
          document_id: documentId,
          workspace_id: workspaceId,
          run_id: runId,
          name,
          kind,
          text,
          outline,
          passages: JSON.stringify(passages),
          first_passage: firstPassage,
          passage_count: passages.length,
          tokens,
          created_at_ms: createdAtMs,
        })
        .onConflict((conflict) => conflict.doNothing())
        .execute()
    },

    /** Documents that came into a thread up to a run, oldest first; without a thread those of the run alone. */
    async listThread({ workspaceId, channelId, threadId, runId }: DocumentPlace): Promise<DocumentHead[]> {
      const own = db.selectFrom('documents').select(headColumns.map((column) => `documents.${column}` as const)).where('documents.workspace_id', '=', workspaceId)
      const wanted =
        threadId === undefined
          ? own.where('documents.run_id', '=', runId)
          : own
              .innerJoin('runs', 'runs.run_id', 'documents.run_id')
              .where('runs.channel_id', '=', channelId)
              .where('runs.thread_id', '=', threadId)
              .where('runs.run_id', '<=', runId)
      const rows = await wanted.orderBy('documents.first_passage', 'desc').limit(mostListed).execute()
      return rows.toReversed().map(asHead)
    },

    async read(documentId: string): Promise<DocumentText | undefined> {
      const row = await db.selectFrom('documents').select(['text', 'passages']).where('document_id', '=', documentId).executeTakeFirst()
      return row && { text: row.text, passages: JSON.parse(row.passages) as DocumentText['passages'] }
    },

    /** Deletes what is older than a moment. */
    async forget(beforeMs: number): Promise<void> {
      await db.deleteFrom('documents').where('created_at_ms', '<', beforeMs).execute()
      await db.deleteFrom('long_texts').where('at_ms', '<', beforeMs).execute()
    },
  }
}

export type DocumentStore = ReturnType<typeof createDocumentStore>

/** Where a run looks for documents. */
export interface DocumentPlace {
  readonly workspaceId: WorkspaceId
  readonly channelId: string
  readonly threadId: string | undefined
  readonly runId: RunId
}

const asHead = (row: Pick<DocumentsTable, (typeof headColumns)[number]>): DocumentHead => ({
  documentId: row.document_id,
  runId: row.run_id as RunId,
  name: row.name,
  kind: row.kind,
  outline: row.outline,
  firstPassage: row.first_passage,
  passageCount: row.passage_count,
  tokens: row.tokens,
})
