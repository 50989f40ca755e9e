import { factorise, type SparseRows } from './factorise.ts'

/** What words mean, as far as the company they keep tells. */
export interface WordVectors {
  readonly dimension: number
  readonly rowOf: ReadonlyMap<string, number>
  /** One row of `dimension` numbers per word. */
  readonly vectors: Float32Array | Int8Array
  /** What a word counts within a text: rare ones up to 1, common ones near 0. */
  readonly shares: Float32Array
}

/** What the words of a workspace mean there. */
export interface OwnVectors extends WordVectors {
  readonly vectors: Float32Array
}

/** The dimensions, the window, the root and the share were chosen on the validation part of CLINC150: see ARCHITECTURE.md. */
const dimension = 128
const windowWords = 10
const maxWords = 8_000
const minSeen = 2
/** Common neighbours count a little less than they are common (Levy, Goldberg and Dagan 2015). */
const neighbourPower = 0.75
/** From which share of all words on one is common (Arora, Liang and Ma 2017). */
const commonShare = 1e-3

/**
 * Word vectors from nothing but texts: how much more often than by chance two words stand together (positive pointwise mutual information),
 * reduced to its strongest directions. A second of work for 15,000 messages: belongs into a worker thread.
 */
export function learnVectors(messages: readonly (readonly string[])[]): OwnVectors {
  const rowOf = new Map<string, number>()
  const counts: number[] = []
  for (const [word, count] of mostSeen(messages)) {
    rowOf.set(word, counts.length)
    counts.push(count)
  }
  const total = counts.reduce((sum, count) => sum + count, 0)
  const { directions, strengths, size } = factorise(mutualInformation(messages, rowOf), Math.min(dimension, rowOf.size))
  const vectors = directions.map((value, at) => value * Math.sqrt(strengths[at % size] as number))
  return { dimension: size, rowOf, vectors, shares: Float32Array.from(counts, (count) => commonShare / (commonShare + count / total)) }
}

/**
 * Writes the weighted mean of a text's words, with length 1, into `into`; of a text without known words it is all zeros.
 * @returns the share of words that are known, 0 to 1; 0 where they say nothing
 */
export function vectorOfWords({ dimension: size, rowOf, vectors, shares }: WordVectors, words: readonly string[], into: Float32Array): number {
  into.fill(0)
  let known = 0
  for (const word of words) {
    const row = rowOf.get(word)
    if (row === undefined) continue
    known++
    const share = shares[row] as number
    for (let at = 0, start = row * size; at < size; at++) into[at] = (into[at] as number) + share * (vectors[start + at] as number)
  }
  let sum = 0
  for (const value of into) sum += value * value
  if (sum === 0) return 0
  for (let at = 0; at < into.length; at++) into[at] = (into[at] as number) / Math.sqrt(sum)
  return known / words.length
}

function mostSeen(messages: readonly (readonly string[])[]): (readonly [string, number])[] {
  const counts = new Map<string, number>()
  for (const words of messages) for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1)
  return [...counts]
    .filter(([, count]) => count >= minSeen)
    .toSorted((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
    .slice(0, maxWords)
}

function mutualInformation(messages: readonly (readonly string[])[], rowOf: ReadonlyMap<string, number>): SparseRows {
  const together = countTogether(messages, rowOf)
  const sums = together.map((row) => row.values().reduce((sum, value) => sum + value, 0))
  const all = sums.reduce((sum, value) => sum + value, 0)
  const eased = sums.map((sum) => sum ** neighbourPower)
  const allEased = eased.reduce((sum, value) => sum + value, 0)
  const starts = new Int32Array(rowOf.size + 1)
  const columns: number[] = []
  const values: number[] = []
  together.forEach((row, word) => {
    for (const [other, count] of row) {
      const information = Math.log((count * allEased) / ((sums[word] as number) * (eased[other] as number)))
      if (information <= 0) continue
      columns.push(other)
      values.push(information)
    }
    starts[word + 1] = columns.length
  })
  return all > 0 ? { starts, columns: Int32Array.from(columns), values: Float32Array.from(values) } : { starts, columns: new Int32Array(), values: new Float32Array() }
}

/** Nearer neighbours count more. */
function countTogether(messages: readonly (readonly string[])[], rowOf: ReadonlyMap<string, number>): Map<number, number>[] {
  const together = Array.from({ length: rowOf.size }, () => new Map<number, number>())
  const count = (a: number, b: number, share: number): void => {
    const row = together[a] as Map<number, number>
    row.set(b, (row.get(b) ?? 0) + share)
  }
  for (const words of messages) {
    const rows = words.map((word) => rowOf.get(word) ?? -1)
    rows.forEach((a, at) => {
      if (a < 0) return
      for (let next = at + 1; next < rows.length && next <= at + windowWords; next++) {
        const b = rows[next] as number
        if (b < 0) continue
        count(a, b, 1 / (next - at))
        count(b, a, 1 / (next - at))
      }
    })
  }
  return together
}
