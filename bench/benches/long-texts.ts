import { createFileReader } from '../../src/agents/files/read-file.ts'
import { EmbeddingCache } from '../../src/agents/embeddings.ts'
import { lexicalEmbedder } from '../../src/agents/lexical-embedder.ts'
import { keepDocument, placeOf } from '../../src/orchestration/documents/document-desk.ts'
import { itemIdOf, PassageLookup } from '../../src/orchestration/documents/look-up-passages.ts'
import { SharedMemory } from '../../src/orchestration/shared-memory.ts'
import { openDatabase } from '../../src/storage/database.ts'
import { createDocumentStore } from '../../src/storage/document-store.ts'
import { newRunId } from '../../src/storage/ids.ts'
import type { Request, RunRecord, WorkspaceId } from '../../src/storage/records.ts'
import { EmbeddedVectors } from '../../src/storage/vectors/embedded-vectors.ts'
import type { Bench, Report } from '../bench.ts'
import { watchLoop, type Stall } from '../measure/loop-watch.ts'
import { quantile } from '../measure/statistics.ts'

/** One part of taking a text in. */
interface Part {
  readonly name: string
  readonly ms: number
  readonly stall: Stall
}

const places = ['harbour', 'mill', 'tower', 'market', 'chapel', 'bridge', 'orchard', 'quarry', 'ferry', 'school']
const things = ['lantern', 'ledger', 'barrel', 'clock', 'letter', 'anchor', 'violin', 'kettle', 'map', 'saddle']
const deeds = ['was hidden under', 'was sold behind', 'was found beside', 'was painted near', 'was lost above', 'was mended inside']
const passageWords = 'that year the winter came early and nobody in the village remembered when the road had last been so quiet '

/** Made sentences, each of which says one thing of one number, so that a question has one right passage. */
function makeText(chars: number): { text: string; facts: readonly string[] } {
  const facts: string[] = []
  let text = ''
  for (let at = 0; text.length < chars; at++) {
    const fact = `In ${1_400 + at} the ${things[at % 10]} of number ${at} ${deeds[at % 6]} the ${places[Math.floor(at / 10) % 10]}`
    facts.push(fact)
    text += `${at % 40 === 0 ? `CHAPTER ${at / 40 + 1}\n\n` : ''}${fact}, and ${passageWords.repeat(5)}.\n\n`
  }
  return { text, facts }
}

/** What it takes to take in a text of 2 MB (about 500,000 tokens) and to look it up, on SQLite and by words, which needs no model. */
export async function measureLongTexts({ newDataDir, isQuick }: Bench): Promise<Report> {
  const { text, facts } = makeText(isQuick ? 200_000 : 2_000_000)
  const database = await openDatabase({ dataDir: newDataDir() })
  const nowMs = Date.now
  const memory = new SharedMemory({ vectors: new EmbeddedVectors(database, { nowMs }), embedderOf: async () => lexicalEmbedder, embedPaid: (embedder, _, texts, signal) => embedder.embed(texts, signal), cache: new EmbeddingCache(), nowMs, onError: () => {} })
  const desk = { store: createDocumentStore(database), reader: createFileReader(), longInputTokens: 1_000, nowMs }
  const { signal } = new AbortController()
  const run = { runId: newRunId(), workspaceId: 'Tbench' as WorkspaceId, threadId: undefined, request: { channelId: 'C', userId: 'U' } as Request } as RunRecord
  const payer = { workspaceId: run.workspaceId, runId: run.runId, goalId: 'C', channelId: 'C', userId: 'U' }
  const parts: Part[] = []
  const timed = async <T>(name: string, work: () => Promise<T>): Promise<T> => {
    const loop = watchLoop()
    const startedAtMs = performance.now()
    const result = await work()
    parts.push({ name, ms: performance.now() - startedAtMs, stall: loop.stop() })
    return result
  }
  try {
    await timed('split, worker started for it', () => desk.reader.split(text, signal))
    const read = await timed('split, worker there', () => desk.reader.split(text, signal))
    await timed('store', () => keepDocument(desk, run, { source: 'text', name: 'text.txt', kind: 'text', read }))
    const heads = await desk.store.listThread(placeOf(run))
    await timed('embed and remember', async () => {
      const documentId = heads[0]?.documentId ?? ''
      for (let at = 0; at < read.passages.length; at += 96) {
        const notes = read.passages.slice(at, at + 96).map(({ start, end }, index) => ({ id: itemIdOf(documentId, at + index), kind: 'document' as const, text: text.slice(start, end) }))
        await memory.remember(payer, notes, signal)
      }
    })
    const lookup = new PassageLookup({ store: desk.store, heads, memory, payer, signal })
    const latencies: number[] = []
    let found = 0
    const asked = Array.from({ length: isQuick ? 20 : 100 }, (_, at) => facts[Math.floor((at * facts.length) / (isQuick ? 20 : 100))] ?? '')
    await timed('look up, all questions', async () => {
      for (const fact of asked) {
        const startedAtMs = performance.now()
        const result = await lookup.search(fact)
        latencies.push(performance.now() - startedAtMs)
        if (result.includes(fact)) found++
      }
    })
    const recall = found / asked.length
    return {
      title: `A text of ${(text.length / 1_000_000).toFixed(1)} MB, ${read.passages.length} passages`,
      head: ['part', 'ms', 'loop stall ms', 'of it own work'],
      rows: parts.map(({ name, ms, stall }) => [name, ms.toFixed(0), stall.wallMs.toFixed(1), stall.workMs.toFixed(1)]),
      notes: [
        `One look-up: p50 ${quantile(latencies, 0.5).toFixed(1)} ms, p99 ${quantile(latencies, 0.99).toFixed(1)} ms. The right passage is among the six in ${(recall * 100).toFixed(0)} % of ${asked.length} questions, by words.`,
      ],
      data: { chars: text.length, passages: read.passages.length, parts, lookupMs: { p50: quantile(latencies, 0.5), p99: quantile(latencies, 0.99) }, recallAt6: recall },
    }
  } finally {
    await memory.close()
    await database.close()
  }
}
