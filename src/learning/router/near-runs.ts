/** An example whose text is compared: a card's words, or a rated run. */
export interface NearItem {
  /** Undefined for a card's words. */
  readonly runId: string | undefined
  /** What is thought of it: a share per class, all together 1. */
  readonly target: Float32Array
}

export interface Nearest {
  readonly item: NearItem
  /** Cosine, -1 to 1. */
  readonly similarity: number
}

/** An example speaks for the classes that have at least this share of it. */
const minShare = 0.02
/** How much a nearer example counts more than a farther one. */
const steepness = 15

/** Examples by vector; the oldest rated runs make room for new ones, cards stay. */
export class NearRuns {
  readonly #classes: number
  readonly #dimension: number
  readonly #maxRuns: number
  readonly #items: NearItem[] = []
  readonly #places = new Map<string, number>()
  /** Of each item the classes it speaks for, and what its similarity is lowered by for each. */
  readonly #voices: { readonly one: number; readonly discount: number }[][] = []
  #vectors: Float32Array
  #cards = 0
  #next = 0

  constructor(classes: number, dimension: number, maxRuns: number) {
    this.#classes = classes
    this.#dimension = dimension
    this.#maxRuns = maxRuns
    this.#vectors = new Float32Array(64 * dimension)
  }

  /** Cards first; a run that was rated before is replaced. */
  add(item: NearItem, vector: Float32Array): void {
    const at = this.#placeOf(item)
    const former = this.#items[at]?.runId
    if (former !== undefined) this.#places.delete(former)
    if (item.runId !== undefined) this.#places.set(item.runId, at)
    this.#items[at] = item
    this.#voices[at] = voicesOf(item.target)
    if ((at + 1) * this.#dimension > this.#vectors.length) {
      const larger = new Float32Array(this.#vectors.length * 2)
      larger.set(this.#vectors)
      this.#vectors = larger
    }
    this.#vectors.set(vector, at * this.#dimension)
  }

  /** The probability of each class by its nearest example, written into `into`, and the `count` nearest rated runs, best first. */
  compare(vector: Float32Array, into: Float32Array, count = 3): Nearest[] {
    const scores = into.fill(-2)
    const best: Nearest[] = []
    for (let at = 0; at < this.#items.length; at++) {
      const item = this.#items[at] as NearItem
      const similarity = this.#similarity(at, vector)
      for (const { one, discount } of this.#voices[at] ?? []) if (similarity + discount > (scores[one] as number)) scores[one] = similarity + discount
      if (count > 0 && item.runId !== undefined && (best.length < count || similarity > (best[count - 1] as Nearest).similarity)) keepBest(best, { item, similarity }, count)
    }
    let sum = 0
    for (let one = 0; one < this.#classes; one++) {
      const raised = Math.exp(steepness * ((scores[one] as number) - 1))
      scores[one] = raised
      sum += raised
    }
    for (let one = 0; one < this.#classes; one++) scores[one] = sum > 0 ? (scores[one] as number) / sum : 1 / this.#classes
    return best
  }

  #placeOf({ runId }: NearItem): number {
    if (runId === undefined) {
      this.#cards = this.#items.length + 1
      return this.#items.length
    }
    const known = this.#places.get(runId)
    if (known !== undefined) return known
    if (this.#items.length < this.#cards + this.#maxRuns) return this.#items.length
    return this.#cards + (this.#next++ % this.#maxRuns)
  }

  #similarity(at: number, vector: Float32Array): number {
    const size = this.#dimension
    const start = at * size
    const vectors = this.#vectors
    let [a, b, c, d] = [0, 0, 0, 0]
    for (let i = 0; i < size; i += 4) {
      a += (vectors[start + i] as number) * (vector[i] as number)
      b += (vectors[start + i + 1] as number) * (vector[i + 1] as number)
      c += (vectors[start + i + 2] as number) * (vector[i + 2] as number)
      d += (vectors[start + i + 3] as number) * (vector[i + 3] as number)
    }
    return a + b + c + d
  }
}

function voicesOf(target: Float32Array): { readonly one: number; readonly discount: number }[] {
  const voices: { one: number; discount: number }[] = []
  for (let one = 0; one < target.length; one++) {
    const share = target[one] as number
    if (share > minShare) voices.push({ one, discount: Math.log(share) / steepness })
  }
  return voices
}

function keepBest(best: Nearest[], one: Nearest, count: number): void {
  const at = best.findIndex(({ similarity }) => similarity < one.similarity)
  best.splice(at < 0 ? best.length : at, 0, one)
  if (best.length > count) best.pop()
}
