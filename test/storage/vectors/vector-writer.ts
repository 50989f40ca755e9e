import { openDatabase } from '../../../src/storage/database.ts'
import type { WorkspaceId } from '../../../src/storage/records.ts'
import { ChromaVectors } from '../../../src/storage/vectors/chroma-vectors.ts'
import { EmbeddedVectors } from '../../../src/storage/vectors/embedded-vectors.ts'
import { crashSpace, vectorOf } from './crash-items.ts'

// A process that writes until it is killed, and says of each item when it was acknowledged.
const [kind = '', place = '', workspace = '', first = '0'] = process.argv.slice(2)
const nowMs = Date.now
const memory = kind === 'chroma' ? new ChromaVectors({ url: place, nowMs }) : new EmbeddedVectors(await openDatabase({ dataDir: place }), { nowMs })
const workspaceId = workspace as WorkspaceId
for (let at = Number(first); ; at += 3) {
  const items = [at, at + 1, at + 2].map((number) => ({ id: `i${number}`, workspaceId, kind: 'result' as const, text: `text ${number}`, atMs: number, vector: vectorOf(number) }))
  await memory.upsert(workspaceId, crashSpace, items)
  process.stdout.write(`${at + 2}\n`)
}
