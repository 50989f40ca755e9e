/** A request as the learner sees it: hashed words, pairs of words and parts of the text, each once, and the words themselves. */
export interface RequestFeatures {
  /** 32-bit hashes, distinct, in the order they are met. */
  readonly hashes: Uint32Array
  /** What each says before it is known how common it is; beside `hashes`. */
  readonly weights: Float32Array
  /** Numbers are masked by their length: `###` stands for 250. */
  readonly words: readonly string[]
}

/** What is asked stands in front; both bound the work to a millisecond. */
const maxChars = 1_000
const maxWords = 150
const maxWordChars = 40
/** Chosen on the validation part of CLINC150 (ARCHITECTURE.md has the figures). */
const kindWeights = { word: 1, neighbours: 0.7, together: 0.5, part: 0.45 }
/** Words further apart are not counted as together. */
const togetherWords = 10
const partLengths = [3, 4]
/** Begins and ends a request, so that its first and its last word count as such. */
const edgeHash = 0x5bd1e995

/** Pure: the same text gives the same features on every machine. */
export function readFeatures(text: string): RequestFeatures {
  const words = readWords(text)
  const found = new Map<number, number>()
  const add = (hash: number, weight: number): void => {
    found.set(hash, (found.get(hash) ?? 0) + weight)
  }
  const own = words.map(hashWord)
  own.forEach((hash, at) => {
    add(hash, kindWeights.word)
    add(mix(Math.imul(own[at - 1] ?? edgeHash, 31) ^ hash), kindWeights.neighbours)
    for (const other of own.slice(at + 1, at + 1 + togetherWords)) add(mix(Math.imul(Math.min(hash, other), 17) ^ Math.max(hash, other)), kindWeights.together)
  })
  add(mix(Math.imul(own.at(-1) ?? edgeHash, 31) ^ edgeHash), kindWeights.neighbours)
  addParts(`<${words.join(' ')}>`, add)
  return { hashes: Uint32Array.from(found.keys()), weights: Float32Array.from(found.values()), words }
}

function readWords(text: string): string[] {
  const plain = text.slice(0, maxChars).normalize('NFKD').replace(/\p{M}+|['’]/gu, '').toLowerCase()
  const words = plain.match(/\p{L}+|\p{N}+/gu) ?? []
  return words.slice(0, maxWords).map((word) => (/^\p{N}/u.test(word) ? '####'.slice(0, word.length) : word.slice(0, maxWordChars)))
}

function addParts(framed: string, add: (hash: number, weight: number) => void): void {
  for (const length of partLengths) {
    for (let start = 0; start + length <= framed.length; start++) {
      let hash = 0x811c9dc5 ^ length
      for (let at = start; at < start + length; at++) hash = Math.imul(hash ^ framed.charCodeAt(at), 0x01000193)
      add(mix(hash), kindWeights.part)
    }
  }
}

/** FNV-1a. */
function hashWord(word: string): number {
  let hash = 0x811c9dc5
  for (let at = 0; at < word.length; at++) hash = Math.imul(hash ^ word.charCodeAt(at), 0x01000193)
  return mix(hash)
}

/** The finishing steps of MurmurHash3: every bit of the result depends on every bit of the input. */
function mix(hash: number): number {
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}
