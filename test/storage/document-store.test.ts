import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { openDatabase, type Database } from '../../src/storage/database.ts'
import { createDocumentStore, type DocumentStore } from '../../src/storage/document-store.ts'
import type { StoredDocument } from '../../src/storage/document-records.ts'
import type { RunId } from '../../src/storage/records.ts'
import { createRunStore } from '../../src/storage/run-store.ts'
import { aNewRun, aRequest } from '../builders.ts'
import { storeEngines } from '../conformance/engines.ts'

const aDocument = (runId: RunId, over: Partial<StoredDocument> = {}): StoredDocument => ({
  documentId: `doc-${runId}`,
  workspaceId: aRequest().workspaceId,
  runId,
  name: 'notes.txt',
  kind: 'text',
  text: 'Größe, 量子 and 🙂.',
  passages: [{ start: 0, end: 5, heading: 'A' }],
  outline: '[p1] A',
  firstPassage: 1,
  tokens: 9,
  createdAtMs: 1_000,
  ...over,
})

describe.each(storeEngines())('documents in $name', ({ create, destroy }) => {
  let database: Database
  let store: DocumentStore
  beforeAll(async () => {
    database = await openDatabase(await create())
    store = createDocumentStore(database)
  })
  afterAll(async () => {
    await database.close()
    await destroy()
  })

  async function aRun(threadId: string): Promise<RunId> {
    const run = aNewRun({ request: aRequest({ threadId }) })
    await database.db.transaction().execute((trx) => createRunStore(database.db).insertOnce(trx, run, []))
    return run.runId
  }

  test('are listed for their thread up to a run, read back as they were, and stored once', async () => {
    const [first, second, elsewhere] = [await aRun('1.1'), await aRun('1.1'), await aRun('2.2')]
    await store.put(aDocument(first))
    await store.put(aDocument(first, { name: 'again' }))
    await store.put(aDocument(second, { firstPassage: 2 }))
    await store.put(aDocument(elsewhere))
    const listed = async (runId: RunId, threadId: string | undefined) => (await store.listThread({ workspaceId: aRequest().workspaceId, channelId: 'C1', threadId, runId })).map((head) => [head.runId, head.name, head.firstPassage, head.passageCount])
    expect(await listed(first, '1.1')).toEqual([[first, 'notes.txt', 1, 1]])
    expect(await listed(second, '1.1')).toEqual([[first, 'notes.txt', 1, 1], [second, 'notes.txt', 2, 1]])
    expect(await listed(elsewhere, undefined)).toEqual([[elsewhere, 'notes.txt', 1, 1]])
    expect(await store.read(`doc-${first}`)).toEqual({ text: 'Größe, 量子 and 🙂.', passages: [{ start: 0, end: 5, heading: 'A' }] })
    expect(await store.read('unknown')).toBeUndefined()
  })

  test('a text too long for its row is kept beside it, and what is old is forgotten', async () => {
    const runId = await aRun('3.3')
    const text = 'word '.repeat(400_000)
    await database.db.transaction().execute((trx) => store.keepLongText(trx, runId, text, 1_000))
    expect(await store.longText(runId)).toBe(text)
    await store.put(aDocument(runId, { documentId: 'new', createdAtMs: 9_000 }))
    await store.forget(5_000)
    expect(await store.longText(runId)).toBeUndefined()
    expect(await store.read('new')).toBeDefined()
    expect(await store.read(`doc-${runId}`)).toBeUndefined()
  })
})
