import { FeatureSpace, type SparseVector } from '../router/feature-space.ts'
import type { Meaning } from '../router/meaning.ts'
import type { RequestFeatures } from '../router/request-features.ts'

/** A request that shows what a pattern is. */
export interface ShownExample {
  readonly runId: string
  readonly features: RequestFeatures
}

/** The pattern that the classifier takes a request for. */
export interface Classified {
  readonly patternId: string
  /** Logarithm of the odds against the next pattern or against none, whichever is nearer, and a little more where the request's words are known. */
  readonly odds: number
}

/** How a classifier learns; every number was chosen on CLINC150 and WorkBench (docs/learning.md). */
const start = 7
const steepness = 4
const step = 0.3
const denseShare = 0.4
/** A new example is learnt so often at once, and each time an older one of any pattern is gone through again. */
const repeats = 3
const replaysEach = 2
const maxRows = 60_000
/** What a request must score to be as likely of a pattern as of none: most that are of none stay below. */
const noneScore = 7
const knownWeight = 0.3
/** More new examples at once are left to {@link PatternClassifier.review}, so that no call takes long. */
const studiedAtOnce = 2
/** A prime: steps of it reach all examples in turn, those of one pattern far apart. */
const stride = 7_919

interface Row {
  readonly slots: number[]
  /** The sum of the examples' values, and what was learnt beside it. */
  readonly sums: number[]
  readonly learnt: number[]
  seen: number
}

interface Encoded extends SparseVector {
  readonly dense: Float32Array | undefined
}

interface KnownExample extends ShownExample {
  readonly slot: number
  readonly encoded: Encoded
}

/**
 * A softmax over patterns that begins at the means of their examples and learns from there which words tell them apart. A weight exists only where
 * a pattern's own examples have the feature, so hundreds of patterns take a few MB, and a new one is known at once.
 */
export class PatternClassifier {
  readonly #meaning: Meaning | undefined
  readonly #space = new FeatureSpace()
  readonly #rows: Row[] = []
  readonly #slotOf = new Map<string, number>()
  readonly #ids: string[] = []
  readonly #counts: number[] = []
  readonly #free: number[] = []
  readonly #examples: KnownExample[] = []
  #denseSums = new Float32Array(0)
  #denseLearnt = new Float32Array(0)
  readonly #denseSeen: Float32Array
  #scores = new Float32Array(0)
  #replayed = 0

  /** @param meaning what words mean in this workspace, as far as it has taught that */
  constructor(meaning?: Meaning) {
    this.#meaning = meaning
    this.#denseSeen = new Float32Array(meaning?.dimension ?? 0)
  }

  /** Takes a pattern's examples in place of those it had, and learns the new ones; without any it is forgotten. */
  put(patternId: string, examples: readonly ShownExample[]): void {
    const slot = this.#slotOf.get(patternId)
    const kept = new Set(examples.map(({ runId }) => runId))
    const known = new Set<string>()
    for (let at = this.#examples.length - 1; slot !== undefined && at >= 0; at--) {
      const example = this.#examples[at] as KnownExample
      if (example.slot !== slot) continue
      if (kept.has(example.runId)) known.add(example.runId)
      else this.#takeOut(at)
    }
    if (examples.length === 0) return this.#forget(patternId)
    const own = slot ?? this.#open(patternId)
    const added = examples.filter(({ runId }) => !known.has(runId)).map((example) => this.#add(own, example))
    if (added.length <= studiedAtOnce) for (const example of added) this.#study(example)
  }

  /** Goes through all examples once more, some at a time: the caller goes on when it returns false. @param from how many were gone through before */
  review(from: number, count: number): boolean {
    for (let at = from; at < Math.min(this.#examples.length, from + count); at++) this.#learn(this.#examples[(at * stride) % this.#examples.length] as KnownExample)
    return from + count >= this.#examples.length
  }

  /** Undefined where no pattern is known. */
  classify(features: RequestFeatures): Classified | undefined {
    const encoded = this.#encode(features)
    const scores = this.#score(encoded)
    let [first, second] = [-1, -1]
    for (let slot = 0; slot < this.#ids.length; slot++) {
      if (this.#counts[slot] === 0) continue
      if (first < 0 || (scores[slot] as number) > (scores[first] as number)) [first, second] = [slot, first]
      else if (second < 0 || (scores[slot] as number) > (scores[second] as number)) second = slot
    }
    if (first < 0) return undefined
    const next = Math.max(noneScore, second < 0 ? noneScore : (scores[second] as number))
    return { patternId: this.#ids[first] as string, odds: (scores[first] as number) - next + knownWeight * encoded.known }
  }

  /** How much these features speak for a pattern against the average of the others and of none. */
  leaningOf(features: RequestFeatures, patternId: string): number {
    const slot = this.#slotOf.get(patternId)
    if (slot === undefined) return 0
    const scores = this.#score(this.#encode(features))
    let all = 0
    for (const score of scores) all += score
    return (scores[slot] as number) - all / (this.#slotOf.size + 1)
  }

  #encode(features: RequestFeatures): Encoded {
    const { rows, values, known } = this.#space.encode(features)
    if (!this.#meaning) return { rows, values, known, dense: undefined }
    const dense = new Float32Array(this.#meaning.dimension)
    const share = denseShare * this.#meaning.write(features.words, dense)
    for (let at = 0; at < dense.length; at++) dense[at] = (dense[at] as number) * Math.sqrt(denseShare)
    for (let at = 0; at < values.length; at++) values[at] = (values[at] as number) * Math.sqrt(1 - share)
    return { rows, values, known, dense }
  }

  /** The score of each pattern by its place; 0 where there is none. */
  #score({ rows, values, dense }: Encoded): Float32Array {
    const scores = this.#scores.fill(0)
    for (let at = 0; at < rows.length; at++) {
      const row = this.#rows[rows[at] as number]
      if (!row) continue
      const value = (values[at] as number) * steepness
      for (let one = 0; one < row.slots.length; one++) {
        const slot = row.slots[one] as number
        scores[slot] = (scores[slot] as number) + value * (((row.sums[one] as number) * start) / (this.#counts[slot] as number) + (row.learnt[one] as number))
      }
    }
    for (let slot = 0; slot < this.#ids.length; slot++) {
      const count = this.#counts[slot] as number
      if (count === 0) scores[slot] = 0
      else if (dense) scores[slot] = (scores[slot] as number) + steepness * this.#denseScore(slot, dense, start / count)
    }
    return scores
  }

  /** The same as shares that are 1 together. */
  #predict(encoded: Encoded): Float32Array {
    const scores = this.#score(encoded)
    let highest = Number.NEGATIVE_INFINITY
    for (let slot = 0; slot < this.#ids.length; slot++) if (this.#counts[slot] !== 0) highest = Math.max(highest, scores[slot] as number)
    let sum = 0
    for (let slot = 0; slot < this.#ids.length; slot++) sum += scores[slot] = this.#counts[slot] === 0 ? 0 : Math.exp((scores[slot] as number) - highest)
    for (let slot = 0; slot < this.#ids.length; slot++) scores[slot] = (scores[slot] as number) / sum
    return scores
  }

  #denseScore(slot: number, dense: Float32Array, scale: number): number {
    const from = slot * dense.length
    let [sums, learnt] = [0, 0]
    for (let at = 0; at < dense.length; at++) {
      sums += (this.#denseSums[from + at] as number) * (dense[at] as number)
      learnt += (this.#denseLearnt[from + at] as number) * (dense[at] as number)
    }
    return sums * scale + learnt
  }

  #study(example: KnownExample): void {
    for (let time = 0; time < repeats; time++) {
      this.#learn(example)
      for (let replay = 0; replay < replaysEach; replay++) this.#learn(this.#examples[(this.#replayed++ * stride) % this.#examples.length] as KnownExample)
    }
  }

  /** One step of AdaGrad (Duchi et al. 2011), on the weights that the patterns have. */
  #learn({ slot: right, encoded: { rows, values, dense } }: KnownExample): void {
    const errors = this.#predict({ rows, values, dense, known: 1 })
    errors[right] = (errors[right] as number) - 1
    let size = 0
    for (const error of errors.subarray(0, this.#ids.length)) size += error * error
    if (size < 1e-6) return
    for (let at = 0; at < rows.length; at++) {
      const row = this.#rows[rows[at] as number]
      if (!row) continue
      const value = (values[at] as number) * steepness
      row.seen += value * value * size
      const move = (step * value) / Math.sqrt(row.seen + 0.01)
      for (let one = 0; one < row.slots.length; one++) row.learnt[one] = (row.learnt[one] as number) - move * (errors[row.slots[one] as number] as number)
    }
    if (!dense) return
    for (let at = 0; at < dense.length; at++) {
      const value = (dense[at] as number) * steepness
      this.#denseSeen[at] = (this.#denseSeen[at] as number) + value * value * size
      const move = (step * value) / Math.sqrt((this.#denseSeen[at] as number) + 0.01)
      for (let slot = 0; slot < this.#ids.length; slot++) {
        const place = slot * dense.length + at
        if (this.#counts[slot] !== 0) this.#denseLearnt[place] = (this.#denseLearnt[place] as number) - move * (errors[slot] as number)
      }
    }
  }

  #add(slot: number, { runId, features }: ShownExample): KnownExample {
    this.#space.add(features, maxRows)
    const example: KnownExample = { runId, features, slot, encoded: this.#encode(features) }
    this.#examples.push(example)
    this.#count(example, 1)
    return example
  }

  #takeOut(at: number): void {
    const example = this.#examples[at] as KnownExample
    const last = this.#examples.pop() as KnownExample
    if (last !== example) this.#examples[at] = last
    this.#count(example, -1)
  }

  #count({ slot, encoded: { rows, values, dense } }: KnownExample, by: 1 | -1): void {
    this.#counts[slot] = (this.#counts[slot] as number) + by
    for (let at = 0; at < rows.length; at++) {
      const row = (this.#rows[rows[at] as number] ??= { slots: [], sums: [], learnt: [], seen: 0 })
      let one = row.slots.indexOf(slot)
      if (one < 0) {
        one = row.slots.push(slot) - 1
        row.sums.push(0)
        row.learnt.push(0)
      }
      row.sums[one] = (row.sums[one] as number) + by * (values[at] as number)
    }
    for (let at = 0; dense && at < dense.length; at++) {
      const place = slot * dense.length + at
      this.#denseSums[place] = (this.#denseSums[place] as number) + by * (dense[at] as number)
    }
  }

  #open(patternId: string): number {
    const slot = this.#free.pop() ?? this.#ids.length
    this.#slotOf.set(patternId, slot)
    this.#ids[slot] = patternId
    this.#counts[slot] = 0
    if (slot >= this.#scores.length) {
      const size = this.#scores.length * 2 + 16
      this.#scores = new Float32Array(size)
      this.#denseSums = grown(this.#denseSums, size * this.#denseSeen.length)
      this.#denseLearnt = grown(this.#denseLearnt, size * this.#denseSeen.length)
    }
    return slot
  }

  #forget(patternId: string): void {
    const slot = this.#slotOf.get(patternId)
    if (slot === undefined) return
    this.#slotOf.delete(patternId)
    for (const row of this.#rows) {
      const one = row?.slots.indexOf(slot) ?? -1
      if (one >= 0) for (const list of [row.slots, row.sums, row.learnt]) list.splice(one, 1)
    }
    const size = this.#denseSeen.length
    for (const list of [this.#denseSums, this.#denseLearnt]) list.fill(0, slot * size, (slot + 1) * size)
    this.#free.push(slot)
  }
}

function grown(old: Float32Array, size: number): Float32Array<ArrayBuffer> {
  const larger = new Float32Array(size)
  larger.set(old)
  return larger
}
