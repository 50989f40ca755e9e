import { defaultMinSimilarity } from '../../src/learning/pattern-index.ts'
import { PatternSpace, readPatternFeatures, type PatternVector } from '../../src/learning/pattern-space.ts'
import type { OwnVectors } from '../../src/learning/router/own-vectors.ts'
import { traceBias, type RunTrace } from '../../src/learning/run-trace.ts'

export interface SeenRun {
  readonly text: string
  readonly trace?: RunTrace
}

export interface GroupOptions {
  /** Groups whose members are less alike than this on average stay apart; default {@link defaultMinSimilarity}. */
  readonly minSimilarity?: number
  /** How much the meaning of words counts beside the words, 0 to 1, where it is known. */
  readonly denseShare?: number
  readonly vectors?: OwnVectors | undefined
}

/** The comparison of all with all takes 4 bytes a pair: 100 MB for so many. */
export const maxGrouped = 5_000

/**
 * Puts runs of one kind together: the two groups that are most alike on average become one, until none are alike enough. Looks at
 * all of them at once, so unlike {@link PatternIndex} it does not depend on their order. Seconds of work for thousands: belongs into a worker.
 * @returns for each run the number of its group, which is the position of its first member
 */
export function groupRuns(runs: readonly SeenRun[], options: GroupOptions): Int32Array {
  const leader = Int32Array.from(runs, (_, at) => at)
  for (const { kept, joined } of averageLink(likenesses(runs, options), runs.length, options.minSimilarity ?? defaultMinSimilarity)) {
    for (let at = 0; at < leader.length; at++) if (leader[at] === joined) leader[at] = kept
  }
  return leader
}

/** Every pair's likeness, row by row. */
function likenesses(runs: readonly SeenRun[], { vectors, denseShare = 0.3 }: GroupOptions): Float32Array {
  const size = runs.length
  const space = new PatternSpace(vectors)
  const features = runs.map(({ text }) => readPatternFeatures(text))
  for (const one of features) space.count(one, 1)
  const encoded = features.map((one) => space.encode(one))
  const share = vectors ? denseShare : 0
  const found = new Float32Array(size * size)
  const postings = new Map<number, { readonly run: number; readonly value: number }[]>()
  encoded.forEach(({ hashes, values }, run) => {
    hashes.forEach((hash, at) => {
      const value = values[at] as number
      const known = postings.get(hash) ?? []
      for (const other of known) found[run * size + other.run] = (found[run * size + other.run] as number) + value * other.value
      known.push({ run, value })
      postings.set(hash, known)
    })
  })
  for (let a = 0; a < size; a++) {
    for (let b = 0; b < a; b++) {
      const lexical = found[a * size + b] as number
      const mixed = share === 0 ? lexical : (1 - share) * lexical + share * cosine(encoded[a] as PatternVector, encoded[b] as PatternVector)
      found[a * size + b] = found[b * size + a] = mixed + traceBias(runs[a]?.trace ?? [], runs[b]?.trace)
    }
  }
  return found
}

function cosine({ dense: a }: PatternVector, { dense: b }: PatternVector): number {
  let sum = 0
  for (let at = 0; a && b && at < a.length; at++) sum += (a[at] as number) * (b[at] as number)
  return sum
}

interface Join {
  readonly kept: number
  readonly joined: number
}

/** Average linkage by chains of nearest neighbours (Murtagh 1983), in place. @returns the joins that are alike enough, in an order in which they can be made */
function averageLink(alike: Float32Array, size: number, minSimilarity: number): Join[] {
  const members = new Float64Array(size).fill(1)
  const isLeft = new Uint8Array(size).fill(1)
  const joins: Join[] = []
  const chain: number[] = []
  for (let first = 0; first < size; ) {
    if (!isLeft[first]) {
      first++
      continue
    }
    const at = chain.at(-1) ?? (chain.push(first), first)
    const before = chain.at(-2) ?? -1
    const nearest = nearestOf(alike, size, isLeft, at, before)
    if (nearest < 0 || (alike[at * size + nearest] as number) < minSimilarity) {
      // Nothing is near enough to the last, and by average linkage never will be.
      isLeft[at] = 0
      chain.pop()
    } else if (nearest === before) {
      chain.length -= 2
      const [kept, joined] = at < before ? [at, before] : [before, at]
      joinRows(alike, size, members, kept, joined)
      isLeft[joined] = 0
      joins.push({ kept, joined })
    } else {
      chain.push(nearest)
    }
  }
  return joins
}

function nearestOf(alike: Float32Array, size: number, isLeft: Uint8Array, at: number, before: number): number {
  let nearest = before
  let best = before < 0 ? -Infinity : (alike[at * size + before] as number)
  for (let other = 0; other < size; other++) {
    if (!isLeft[other] || other === at || (alike[at * size + other] as number) <= best) continue
    best = alike[at * size + other] as number
    nearest = other
  }
  return nearest
}

function joinRows(alike: Float32Array, size: number, members: Float64Array, kept: number, joined: number): void {
  const [a, b] = [members[kept] as number, members[joined] as number]
  for (let other = 0; other < size; other++) {
    const mean = (a * (alike[kept * size + other] as number) + b * (alike[joined * size + other] as number)) / (a + b)
    alike[kept * size + other] = alike[other * size + kept] = mean
  }
  members[kept] = a + b
}
