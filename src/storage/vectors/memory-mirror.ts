import { readFileSync } from 'node:fs'
import type { MemoryFilter, MemoryKind, VectorSpace } from './vector-memory.ts'

/** An item without its text, as a search by filter needs it. */
export interface MirroredItem {
  readonly id: string
  readonly kind: MemoryKind
  readonly goalId: string | undefined
  readonly runId: string | undefined
  readonly agentId: string | undefined
  readonly atMs: number
  readonly expiresAtMs: number | undefined
}

export interface ScoredId {
  readonly id: string
  readonly score: number
}

/** What dot-product.wat exports. */
interface DotProduct {
  readonly memory: WebAssembly.Memory
  /** Offsets and length in bytes. */
  dot(one: number, other: number, bytes: number): number
}

const pageBytes = 64 * 1024
/** A row is filled up with zeros to a multiple of so many numbers. */
const numbersATurn = 16
/** The memory grows by this share of itself, so that it is seldom asked for more. */
const growth = 1 / 8

/**
 * The vectors of one workspace in memory, with what is filtered by. Made of rows; a deleted one is used again. The first place of the
 * memory is the question's. Holding it and searching it blocks: this is for the worker thread.
 */
export class MemoryMirror {
  readonly space: VectorSpace
  /** Everything up to this version of the stored collection is in here. */
  version = 0
  readonly #product: DotProduct
  readonly #rowBytes: number
  readonly #items: (MirroredItem | undefined)[] = []
  readonly #rowOf = new Map<string, number>()
  readonly #free: number[] = []

  constructor(space: VectorSpace) {
    this.space = space
    this.#rowBytes = Math.ceil(space.dimension / numbersATurn) * numbersATurn * Float32Array.BYTES_PER_ELEMENT
    const code = readFileSync(new URL('./dot-product.wasm', import.meta.url))
    this.#product = new WebAssembly.Instance(new WebAssembly.Module(code)).exports as unknown as DotProduct
  }

  get size(): number {
    return this.#rowOf.size
  }

  get bytes(): number {
    return this.#product.memory.buffer.byteLength
  }

  put(item: MirroredItem, vector: Float32Array): void {
    const row = this.#rowOf.get(item.id) ?? this.#free.pop() ?? this.#items.length
    this.#write(row, vector)
    this.#items[row] = item
    this.#rowOf.set(item.id, row)
  }

  drop(id: string): void {
    const row = this.#rowOf.get(id)
    if (row === undefined) return
    this.#rowOf.delete(id)
    this.#items[row] = undefined
    this.#free.push(row)
  }

  ids(): string[] {
    return [...this.#rowOf.keys()]
  }

  /** A copy of an item's vector. */
  vectorOf(id: string): Float32Array | undefined {
    const row = this.#rowOf.get(id)
    return row === undefined ? undefined : new Float32Array(this.#product.memory.buffer, this.#offsetOf(row), this.space.dimension).slice()
  }

  /** Items that fit and have not expired. */
  select(filter: MemoryFilter, nowMs: number): MirroredItem[] {
    const fits = fitter(filter, nowMs)
    return this.#items.filter((item) => item !== undefined && fits(item)) as MirroredItem[]
  }

  /** Exact: compares with every item that fits; best first. @param vector of length 1, as the rows are */
  nearest(vector: Float32Array, limit: number, filter: MemoryFilter, nowMs: number): ScoredId[] {
    this.#write(-1, vector)
    const { dot } = this.#product
    const fits = fitter(filter, nowMs)
    const best: ScoredId[] = []
    let worst = -Infinity
    this.#items.forEach((item, row) => {
      if (item === undefined || !fits(item)) return
      const score = dot(this.#offsetOf(row), 0, this.#rowBytes)
      if (best.length === limit && score <= worst) return
      insert(best, { id: item.id, score }, limit)
      worst = best.at(-1)?.score ?? -Infinity
    })
    return best
  }

  #offsetOf(row: number): number {
    return (row + 1) * this.#rowBytes
  }

  #write(row: number, vector: Float32Array): void {
    const { memory } = this.#product
    const missing = this.#offsetOf(row + 1) - memory.buffer.byteLength
    if (missing > 0) memory.grow(Math.ceil(Math.max(missing, memory.buffer.byteLength * growth) / pageBytes))
    new Float32Array(memory.buffer, this.#offsetOf(row), this.space.dimension).set(vector)
  }
}

function insert(best: ScoredId[], one: ScoredId, limit: number): void {
  let at = best.length
  while (at > 0 && (best[at - 1]?.score ?? Infinity) < one.score) at--
  best.splice(at, 0, one)
  if (best.length > limit) best.pop()
}

function fitter({ kinds, goalId, runId, agentId, sinceMs }: MemoryFilter, nowMs: number): (item: MirroredItem) => boolean {
  return (item) =>
    (goalId === undefined || item.goalId === goalId) &&
    (kinds === undefined || kinds.includes(item.kind)) &&
    (runId === undefined || item.runId === runId) &&
    (agentId === undefined || item.agentId === agentId) &&
    (sinceMs === undefined || item.atMs >= sinceMs) &&
    (item.expiresAtMs === undefined || item.expiresAtMs > nowMs)
}
