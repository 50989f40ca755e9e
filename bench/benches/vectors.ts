import { setImmediate as nextTurn } from 'node:timers/promises'
import { openDatabase } from '../../src/storage/database.ts'
import type { WorkspaceId } from '../../src/storage/records.ts'
import { ChromaVectors } from '../../src/storage/vectors/chroma-vectors.ts'
import { EmbeddedVectors } from '../../src/storage/vectors/embedded-vectors.ts'
import type { EmbeddedItem, VectorMemory, VectorSpace } from '../../src/storage/vectors/vector-memory.ts'
import { startChroma } from '../../test/support/chroma.ts'
import type { Bench, Report } from '../bench.ts'
import { watchLoop, type Stall } from '../measure/loop-watch.ts'
import { quantile } from '../measure/statistics.ts'

/** One store with so many vectors of 1,536 numbers; times in milliseconds. */
interface Measured {
  readonly store: 'embedded' | 'Chroma'
  readonly items: number
  readonly fillMs: number
  /** One item more, when all are there. */
  readonly insert: readonly number[]
  /** The first query after a start, which reads the vectors. */
  readonly firstMs: number
  readonly query: readonly number[]
  readonly filtered: readonly number[]
  /** What the process grew by from its start to its queries. */
  readonly rssMb: number
  /** Worst of filling, first query, queries beside inserts. */
  readonly stalls: readonly [fill: Stall, first: Stall, queries: Stall]
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
const batch = 100
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
        found.push(await measure(store, items, bench.isQuick ? 20 : 200))
      } finally {
        await store.close()
      }
    }
  }
  return {
    title: 'Vector memory, 1,536 numbers each',
    head: ['store', 'vectors', 'fill', 'a second', 'insert p50', 'p99', 'restart', 'query p50', 'p99', 'with goal p50', 'p99', 'memory', 'loop stalls: fill', 'restart', 'queries'],
    rows: found.map(({ store, items, fillMs, insert, firstMs, query, filtered, rssMb, stalls }) => [
      store,
      items.toLocaleString('en-US'),
      `${(fillMs / 1_000).toFixed(1)} s`,
      Math.round((items / fillMs) * 1_000).toLocaleString('en-US'),
      ms(quantile(insert, 0.5)),
      ms(quantile(insert, 0.99)),
      ms(firstMs),
      ms(quantile(query, 0.5)),
      ms(quantile(query, 0.99)),
      ms(quantile(filtered, 0.5)),
      ms(quantile(filtered, 0.99)),
      `${Math.round(rssMb)} MB`,
      ...stalls.map(({ wallMs, workMs }) => `${ms(workMs)} (${ms(wallMs)})`),
    ]),
    notes: [
      `Milliseconds. Random vectors in batches of ${batch}; ${limit} hits; "with goal" searches one of ${goals} goals. The embedded store compares with every vector, Chroma by an approximate index.`,
      'Loop stalls: the most that the main thread worked in one go, and in brackets the longest gap on the clock, which other programs on the machine lengthen. Memory is what this process grew by; Chroma\'s is its server\'s.',
    ],
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
  const rssBefore = process.memoryUsage.rss()
  let fillMs = 0
  let fill: Stall = { wallMs: 0, workMs: 0 }
  for (let at = 0; at < items; at += batch) {
    const piece = Array.from({ length: Math.min(batch, items - at) }, (_, index) => anItem(at + index))
    // Making the vectors is the benchmark's own work.
    const { spentMs, stall } = await watch(() => memory.upsert(workspaceId, space, piece))
    fillMs += spentMs
    fill = worse(fill, stall)
  }
  await memory.close()
  const again = await reopen()
  const ask = (goal: boolean) => again.query({ workspaceId, space, vector: aVector(), limit, ...(goal ? { filter: { goalId: 'C7' } } : {}) })
  const first = await watch(() => ask(false))
  const times = { insert: [] as number[], all: [] as number[], goal: [] as number[] }
  let queryStall: Stall = { wallMs: 0, workMs: 0 }
  const time = async (into: number[], work: () => Promise<unknown>): Promise<void> => {
    const { spentMs, stall } = await watch(work)
    into.push(spentMs)
    queryStall = worse(queryStall, stall)
  }
  for (let at = 0; at < queries; at++) {
    const item = anItem(items + at)
    await time(times.insert, () => again.upsert(workspaceId, space, [item]))
    await time(times.all, () => ask(false))
    await time(times.goal, () => ask(true))
  }
  const rssMb = (process.memoryUsage.rss() - rssBefore) / 1024 ** 2
  await again.close()
  return { store: name, items, fillMs, insert: times.insert, firstMs: first.spentMs, query: times.all, filtered: times.goal, rssMb, stalls: [fill, first.stall, queryStall] }
}

const worse = (one: Stall, other: Stall): Stall => ({ wallMs: Math.max(one.wallMs, other.wallMs), workMs: Math.max(one.workMs, other.workMs) })

async function watch(work: () => Promise<unknown>): Promise<{ spentMs: number; stall: Stall }> {
  await nextTurn()
  const watcher = watchLoop()
  const startedAt = performance.now()
  await work()
  return { spentMs: performance.now() - startedAt, stall: watcher.stop() }
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
