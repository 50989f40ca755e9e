import type { RequestFeatures } from './request-features.ts'
import { RowIndex } from './row-index.ts'

/** A request as numbers of one space, scaled to length 1. What the space does not know is left out. */
export interface SparseVector {
  readonly rows: Int32Array
  readonly values: Float32Array
  /** Share of the features that the space knows, 0 to 1. */
  readonly known: number
}

/** What is kept of a space over a restart. */
export interface StoredSpace {
  readonly hashes: Uint32Array
  readonly seenIn: Float32Array
  readonly texts: number
}

/** Which features have been met, in how many texts, and the row that each has in the models. */
export class FeatureSpace {
  readonly #rowOf: RowIndex
  #hashes: Uint32Array
  #seenIn: Float32Array
  #size: number
  #texts: number

  constructor(stored?: StoredSpace) {
    this.#hashes = stored?.hashes ?? new Uint32Array(1_024)
    this.#seenIn = stored?.seenIn ?? new Float32Array(1_024)
    this.#size = stored?.hashes.length ?? 0
    this.#texts = stored?.texts ?? 0
    this.#rowOf = new RowIndex(this.#size)
    for (let row = 0; row < this.#size; row++) this.#rowOf.set(this.#hashes[row] as number, row)
  }

  get size(): number {
    return this.#size
  }

  /** Counts a text; features that are new get a row until there are `maxRows`. */
  add({ hashes }: RequestFeatures, maxRows = Infinity): void {
    this.#texts++
    for (const hash of hashes) {
      const row = this.#rowOf.get(hash) ?? (this.#size < maxRows ? this.#newRow(hash) : undefined)
      if (row !== undefined) this.#seenIn[row] = (this.#seenIn[row] as number) + 1
    }
  }

  /** Rare features weigh more, by the root of the usual logarithm: chosen as `kindWeights` were. */
  encode({ hashes, weights }: RequestFeatures): SparseVector {
    const rows = new Int32Array(hashes.length)
    const values = new Float32Array(hashes.length)
    let count = 0
    let sum = 0
    for (let at = 0; at < hashes.length; at++) {
      const row = this.#rowOf.get(hashes[at] as number)
      if (row === undefined) continue
      const value = (weights[at] as number) * Math.sqrt(Math.log(1 + this.#texts / (1 + (this.#seenIn[row] as number))))
      rows[count] = row
      values[count++] = value
      sum += value * value
    }
    const scale = sum > 0 ? 1 / Math.sqrt(sum) : 0
    for (let at = 0; at < count; at++) values[at] = (values[at] as number) * scale
    return { rows: rows.subarray(0, count), values: values.subarray(0, count), known: hashes.length > 0 ? count / hashes.length : 0 }
  }

  store(): StoredSpace {
    return { hashes: this.#hashes.slice(0, this.#size), seenIn: this.#seenIn.slice(0, this.#size), texts: this.#texts }
  }

  #newRow(hash: number): number {
    if (this.#size === this.#hashes.length) {
      this.#hashes = grown(this.#hashes, new Uint32Array(this.#size * 2 + 64))
      this.#seenIn = grown(this.#seenIn, new Float32Array(this.#size * 2 + 64))
    }
    this.#hashes[this.#size] = hash
    this.#rowOf.set(hash, this.#size)
    return this.#size++
  }
}

function grown<T extends Uint32Array | Float32Array>(old: T, larger: T): T {
  larger.set(old)
  return larger
}

/**
 * The space of many texts at once, without what was met in one of them only: half of all features are, and they teach nothing.
 * @param kept texts whose features stay all the same, because somebody chose their words
 */
export function spaceOf(texts: readonly RequestFeatures[], kept: readonly RequestFeatures[], maxRows: number): FeatureSpace {
  const counts = new Map<number, number>()
  for (const { hashes } of texts) for (const hash of hashes) counts.set(hash, (counts.get(hash) ?? 0) + 1)
  for (const { hashes } of kept) for (const hash of hashes) counts.set(hash, (counts.get(hash) ?? 0) + 2)
  const repeated = [...counts].filter(([, count]) => count > 1)
  const largest = repeated.length > maxRows ? repeated.toSorted((a, b) => b[1] - a[1] || a[0] - b[0]).slice(0, maxRows) : repeated
  return new FeatureSpace({ hashes: Uint32Array.from(largest, ([hash]) => hash), seenIn: Float32Array.from(largest, ([, count]) => count), texts: texts.length + kept.length })
}
