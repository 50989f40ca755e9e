import { defaultMinSimilarity } from '../patterns/pattern-index.ts'
import { PatternSpace, readPatternFeatures } from '../patterns/pattern-space.ts'
import type { Meaning } from '../router/meaning.ts'
import { traceBias, type RunTrace } from '../patterns/run-trace.ts'
import { joinNearest, type Likenesses } from './join-nearest.ts'

export interface SeenRun {
  readonly text: string
  readonly trace?: RunTrace | undefined
}

/** Runs that are together already: one, or those of a pattern that keeps what it has. */
export interface RunUnit {
  readonly runs: readonly SeenRun[]
  /** True: other runs may come to it, but never another unit that is kept. */
  readonly isKept?: boolean
}

export interface GroupOptions {
  /** Groups whose members are less alike than this on average stay apart; default {@link defaultMinSimilarity}. */
  readonly minSimilarity?: number | undefined
  /** How much the meaning of words counts beside the words, 0 to 1, where it is known; default 0.3. */
  readonly denseShare?: number | undefined
  readonly meaning?: Meaning | undefined
  /** Asked between steps of a few ms: true gives it up. Default: it is never late. */
  readonly isLate?: (() => boolean) | undefined
}

/** The comparison of all with all takes 4 bytes a pair: 36 MB for so many. */
export const maxUnits = 3_000
const usualDenseShare = 0.3

/**
 * Puts runs of one kind together: the two groups that are most alike on average become one, until none are alike enough. Looks at
 * all of them at once, so unlike `PatternIndex` it does not depend on their order. Seconds of work for thousands: belongs into a worker.
 * @param units at most {@link maxUnits}
 * @returns for each unit the number of its group, which is the position of its first member; undefined when it was late
 */
export function groupRuns(units: readonly RunUnit[], options: GroupOptions = {}): Int32Array | undefined {
  if (units.length > maxUnits) throw new RangeError(`Expected at most ${maxUnits} units to group, got ${units.length}.`)
  const alike = compareAll(units, options)
  const joins = alike && joinNearest(alike, options.minSimilarity ?? defaultMinSimilarity, options.isLate)
  if (!joins) return undefined
  const leader = Int32Array.from(units, (_, at) => at)
  for (const { kept, joined } of joins) leader[joined] = kept
  // Joins are made in any order, but a group's number is always smaller than those of the groups that joined it.
  leader.forEach((group, at) => (leader[at] = leader[group] as number))
  return leader
}

/** Features of a unit: the mean of its runs, so that products of two units are the mean likeness of their runs. */
interface Mean {
  readonly hashes: ArrayLike<number>
  readonly values: ArrayLike<number>
  readonly meaning: Float32Array | undefined
  /** Which traces its runs have, by their numbers, as shares that are 1 together. */
  readonly traces: readonly (readonly [number, number])[]
}

function compareAll(units: readonly RunUnit[], { meaning, denseShare = usualDenseShare, isLate = () => false }: GroupOptions): Likenesses | undefined {
  const size = units.length
  const alike = new Float32Array(size * size)
  const traces = new TraceTable()
  const means = meansOf(units, meaning, traces)
  const share = meaning ? denseShare : 0
  const postings = new Map<number, { readonly units: number[]; readonly values: number[] }>()
  for (const [unit, { hashes, values, meaning, traces: own }] of means.entries()) {
    if (isLate()) return undefined
    const row = alike.subarray(unit * size, unit * size + unit)
    for (let at = 0; at < hashes.length; at++) {
      const [hash, value] = [hashes[at] as number, values[at] as number]
      const known = postings.get(hash) ?? { units: [], values: [] }
      for (let one = 0; one < known.units.length; one++) row[known.units[one] as number] = (row[known.units[one] as number] as number) + value * (known.values[one] as number)
      known.units.push(unit)
      known.values.push(value)
      postings.set(hash, known)
    }
    for (let other = 0; other < unit; other++) {
      const lexical = row[other] as number
      const against = means[other] as Mean
      const mixed = meaning && against.meaning ? (1 - share) * lexical + share * dot(meaning, against.meaning) : lexical
      const isApart = units[unit]?.isKept === true && units[other]?.isKept === true
      alike[unit * size + other] = alike[other * size + unit] = isApart ? Number.NEGATIVE_INFINITY : mixed + traces.biasOf(own, against.traces)
    }
  }
  return { size, alike, members: Float64Array.from(units, ({ runs }) => runs.length) }
}

function meansOf(units: readonly RunUnit[], meaning: Meaning | undefined, traces: TraceTable): Mean[] {
  const space = new PatternSpace(meaning)
  const features = units.map(({ runs }) => runs.map(({ text }) => readPatternFeatures(text)))
  for (const one of features.flat()) space.count(one, 1)
  return units.map(({ runs }, unit) => {
    const [encoded, ...others] = (features[unit] ?? []).map((one) => space.encode(one))
    const own = { meaning: encoded?.dense, traces: traces.sharesOf(runs) }
    // Maps of thousands of units would take more memory than all that is compared.
    if (others.length === 0) return { hashes: encoded?.hashes ?? [], values: encoded?.values ?? [], ...own }
    const words = new Map<number, number>()
    const mean = meaning && new Float32Array(meaning.dimension)
    for (const { hashes, values, dense } of encoded ? [encoded, ...others] : []) {
      hashes.forEach((hash, at) => words.set(hash, (words.get(hash) ?? 0) + (values[at] as number) / runs.length))
      dense?.forEach((value, at) => mean && (mean[at] = (mean[at] as number) + value / runs.length))
    }
    return { ...own, meaning: mean, hashes: Uint32Array.from(words.keys()), values: Float32Array.from(words.values()) }
  })
}

/** What speaks for and against traces being of one kind, each pair of different ones looked at once. */
class TraceTable {
  readonly #numbers = new Map<string, number>()
  readonly #traces: RunTrace[] = []
  readonly #biases = new Map<number, number>()

  sharesOf(runs: readonly SeenRun[]): (readonly [number, number])[] {
    const shares = new Map<number, number>()
    for (const { trace = [] } of runs) {
      const number = this.#numberOf(trace)
      shares.set(number, (shares.get(number) ?? 0) + 1 / runs.length)
    }
    return [...shares]
  }

  biasOf(a: readonly (readonly [number, number])[], b: readonly (readonly [number, number])[]): number {
    let sum = 0
    for (const [one, share] of a) for (const [other, otherShare] of b) sum += share * otherShare * this.#bias(one, other)
    return sum
  }

  #numberOf(trace: RunTrace): number {
    const key = JSON.stringify(trace)
    const number = this.#numbers.get(key) ?? this.#traces.push(trace) - 1
    this.#numbers.set(key, number)
    return number
  }

  #bias(one: number, other: number): number {
    const key = one * maxPairs + other
    const known = this.#biases.get(key)
    if (known !== undefined) return known
    const bias = traceBias(this.#traces[one] ?? [], this.#traces[other])
    this.#biases.set(key, bias)
    return bias
  }
}
/** More different traces than runs there cannot be. */
const maxPairs = 2 ** 24

function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0
  for (let at = 0; at < a.length; at++) sum += (a[at] as number) * (b[at] as number)
  return sum
}
