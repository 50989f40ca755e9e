import { monitorEventLoopDelay } from 'node:perf_hooks'
import { openDatabase } from '../../src/storage/database.ts'
import type { WorkspaceId } from '../../src/storage/records.ts'
import { ChromaVectors } from '../../src/storage/vectors/chroma-vectors.ts'
import { EmbeddedVectors } from '../../src/storage/vectors/embedded-vectors.ts'
import type { EmbeddedItem, VectorMemory, VectorSpace } from '../../src/storage/vectors/vector-memory.ts'
import { startChroma } from '../../test/support/chroma.ts'
import type { Bench, Report } from '../bench.ts'
import { quantile } from '../measure/statistics.ts'

/** One store with so many vectors of 1,536 numbers, in milliseconds. */
interface Measured {
  readonly store: 'embedded' | 'Chroma'
  readonly items: number
  readonly insertMs: number
  /** The first query after a start, which reads the vectors. */
  readonly firstMs: number
  readonly query: readonly number[]
  readonly filtered: readonly number[]
  /** The longest that the event loop stood still, by phase. */
  readonly stalls: readonly [insert: number, first: number, queries: number]
}

interface Store {
  readonly name: Measured['store']
  readonly memory: VectorMemory
  /** The same store as a process that has just started has it. */
  reopen(): Promise<VectorMemory>
  close(): Promise<void>
}

const space: VectorSpace = { embedder: 'bench', dimension: 1_536 }
const workspaceId = 'Tbench' as WorkspaceId
const batch = 500
const limit = 10
const goals = 20

/** Insert and search at 10,000 and 100,000 vectors, in the database and in Chroma. */
export async function measureVectors(bench: Bench): Promise<Report> {
  const sizes = bench.isQuick ? [2_000] : [10_000, 100_000]
  const found: Measured[] = []
  for (const items of sizes) {
    for (const open of [openEmbedded, openChroma]) {
      const store = await open(bench)
      try {
        found.push(await measure(store, items, bench.isQuick ? 20 : 60))
      } finally {
        await store.close()
      }
    }
  }
  return {
    title: 'Vector memory, 1,536 numbers each',
    head: ['store', 'vectors', 'insert', 'a second', 'first query', 'query p50', 'p95', 'with goal p50', 'p95', 'loop stalls insert', 'first', 'queries'],
    rows: found.map(({ store, items, insertMs, firstMs, query, filtered, stalls }) => [
      store,
      items.toLocaleString('en-US'),
      `${(insertMs / 1_000).toFixed(1)} s`,
      Math.round((items / insertMs) * 1_000).toLocaleString('en-US'),
      ms(firstMs),
      ms(quantile(query, 0.5)),
      ms(quantile(query, 0.95)),
      ms(quantile(filtered, 0.5)),
      ms(quantile(filtered, 0.95)),
      ...stalls.map(ms),
    ]),
    notes: [`Milliseconds. Random vectors in batches of ${batch}; ${limit} hits; "with goal" searches one of ${goals} goals. The embedded store compares with every vector, Chroma by an approximate index.`],
    data: found,
  }
}

async function openEmbedded({ newDataDir }: Bench): Promise<Store> {
  const database = await openDatabase({ dataDir: newDataDir() })
  const make = () => new EmbeddedVectors(database, { nowMs: Date.now })
  return { name: 'embedded', memory: make(), reopen: async () => make(), close: () => database.close() }
}

async function openChroma(): Promise<Store> {
  const server = await startChroma()
  const make = () => new ChromaVectors({ url: server.url, nowMs: Date.now })
  return { name: 'Chroma', memory: make(), reopen: async () => make(), close: () => server.stop() }
}

async function measure({ name, memory, reopen }: Store, items: number, queries: number): Promise<Measured> {
  const loop = monitorEventLoopDelay({ resolution: 1 })
  let insertMs = 0
  let insertStallMs = 0
  for (let at = 0; at < items; at += batch) {
    const piece = Array.from({ length: Math.min(batch, items - at) }, (_, index) => anItem(at + index))
    // Making the vectors is the benchmark's own work.
    const { spentMs, stallMs } = await watch(loop, () => memory.upsert(workspaceId, space, piece))
    insertMs += spentMs
    insertStallMs = Math.max(insertStallMs, stallMs)
  }
  await memory.close()
  const again = await reopen()
  const ask = (goal: boolean) => again.query({ workspaceId, space, vector: aVector(), limit, ...(goal ? { filter: { goalId: 'C7' } } : {}) })
  const first = await watch(loop, () => ask(false))
  const times = { all: [] as number[], goal: [] as number[] }
  let queryStallMs = 0
  for (let at = 0; at < queries * 2; at++) {
    const { spentMs, stallMs } = await watch(loop, () => ask(at % 2 === 1))
    queryStallMs = Math.max(queryStallMs, stallMs)
    times[at % 2 === 1 ? 'goal' : 'all'].push(spentMs)
  }
  await again.close()
  return { store: name, items, insertMs, firstMs: first.spentMs, query: times.all, filtered: times.goal, stalls: [insertStallMs, first.stallMs, queryStallMs] }
}

async function watch(loop: ReturnType<typeof monitorEventLoopDelay>, work: () => Promise<unknown>): Promise<{ spentMs: number; stallMs: number }> {
  await new Promise((resolve) => setImmediate(resolve))
  loop.enable()
  loop.reset()
  const startedAt = performance.now()
  await work()
  const spentMs = performance.now() - startedAt
  await new Promise((resolve) => setTimeout(resolve, 2))
  loop.disable()
  return { spentMs, stallMs: Math.max(0, loop.max / 1e6 - 1) }
}

const anItem = (number: number): EmbeddedItem => ({
  id: `i${number}`,
  workspaceId,
  kind: 'result',
  text: `What run ${number} answered, as long as a short paragraph is.`.repeat(3),
  goalId: `C${number % goals}`,
  atMs: Date.now(),
  vector: aVector(),
})

const aVector = (): Float32Array => Float32Array.from({ length: space.dimension }, () => Math.random() - 0.5)

const ms = (value: number): string => value.toFixed(1)
