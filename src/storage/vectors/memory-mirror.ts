import type { Search } from './score-rows.ts'
import { rowsPerSegment } from './score-rows.ts'
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

/** The vectors of one workspace in memory that a worker thread can read, with what is filtered by. Made of rows; a deleted one is used again. */
export class MemoryMirror {
  readonly space: VectorSpace
  /** Everything up to this version of the stored collection is in here. */
  version = 0
  readonly #segments: SharedArrayBuffer[] = []
  readonly #items: (MirroredItem | undefined)[] = []
  readonly #rowOf = new Map<string, number>()
  readonly #free: number[] = []

  constructor(space: VectorSpace) {
    this.space = space
  }

  get size(): number {
    return this.#rowOf.size
  }

  get bytes(): number {
    return this.#segments.length * this.#segmentBytes
  }

  get #segmentBytes(): number {
    return rowsPerSegment * this.space.dimension * Float32Array.BYTES_PER_ELEMENT
  }

  put(item: MirroredItem, vector: Float32Array): void {
    const row = this.#rowOf.get(item.id) ?? this.#free.pop() ?? this.#items.length
    const at = Math.floor(row / rowsPerSegment)
    const segment = (this.#segments[at] ??= new SharedArrayBuffer(this.#segmentBytes))
    new Float32Array(segment).set(vector, (row % rowsPerSegment) * this.space.dimension)
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

  /** Items that fit and have not expired. */
  select(filter: MemoryFilter, nowMs: number): MirroredItem[] {
    const fits = fitter(filter, nowMs)
    return this.#items.filter((item) => item !== undefined && fits(item)) as MirroredItem[]
  }

  /** A search over what fits, and whose rows those are now; an item that changes meanwhile is another object then. */
  prepare(vector: Float32Array, limit: number, filter: MemoryFilter, nowMs: number): { readonly search: Search; readonly items: readonly (MirroredItem | undefined)[] } {
    const fits = fitter(filter, nowMs)
    const rows = new Uint32Array(this.#rowOf.size)
    let count = 0
    for (let row = 0; row < this.#items.length; row++) {
      const item = this.#items[row]
      if (item !== undefined && fits(item)) rows[count++] = row
    }
    const search: Search = { segments: this.#segments.slice(), dimension: this.space.dimension, rows: rows.slice(0, count), vector, limit }
    return { search, items: this.#items.slice() }
  }

  /** True while the row still holds what it held when a search began. */
  holds(row: number, item: MirroredItem | undefined): boolean {
    return item !== undefined && this.#items[row] === item
  }
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
