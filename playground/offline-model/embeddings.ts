import { badRequest } from './api-error.ts'
import { countTokens } from './count-tokens.ts'
import { isStopWord, stemOf, wordsOf } from './words.ts'

export const defaultDimensions = 1_536
const maxDimensions = 3_072
const maxInputs = 2_048
const weights = { word: 1, stopWord: 0.2, bigram: 0.6, characters: 0.25 }

/** The body of `POST /v1/embeddings`, checked. */
export interface EmbeddingRequest {
  readonly inputs: readonly string[]
  readonly dimensions: number
  readonly base64: boolean
}

/** @throws {ApiError} 400 naming the parameter */
export function readEmbeddingRequest(body: Readonly<Record<string, unknown>>): EmbeddingRequest {
  const dimensions = body['dimensions'] ?? defaultDimensions
  if (typeof dimensions !== 'number' || !Number.isInteger(dimensions) || dimensions < 1 || dimensions > maxDimensions) {
    throw badRequest(
      `Invalid 'dimensions': expected an integer from 1 to ${maxDimensions}.`,
      'dimensions',
      'invalid_value',
    )
  }
  const encoding = body['encoding_format'] ?? 'float'
  if (encoding !== 'float' && encoding !== 'base64') {
    throw badRequest(
      "Invalid 'encoding_format': supported values are 'float' and 'base64'.",
      'encoding_format',
      'invalid_value',
    )
  }
  return { inputs: readInputs(body['input']), dimensions, base64: encoding === 'base64' }
}

/** The response body. Vectors have length 1; base64 holds little-endian 32-bit floats, as the clients expect. */
export function embed(request: EmbeddingRequest, model: string, promptTokens: number): object {
  const data = request.inputs.map((input, index) => {
    const vector = embedText(input, request.dimensions)
    return { object: 'embedding', index, embedding: request.base64 ? toBase64(vector) : Array.from(vector) }
  })
  return { object: 'list', data, model, usage: { prompt_tokens: promptTokens, total_tokens: promptTokens } }
}

export function countEmbeddingTokens(request: EmbeddingRequest): number {
  return request.inputs.reduce((sum, input) => sum + countTokens(input), 0)
}

/**
 * Signed feature hashing (Weinberger et al. 2009, https://arxiv.org/abs/0902.2206) of words, word pairs and character
 * 3- to 5-grams: texts that share words or parts of words are near each other, without any training.
 * @param dimensions 1 or more
 */
export function embedText(text: string, dimensions: number): Float32Array {
  const vector = new Float32Array(dimensions)
  const words = wordsOf(text.normalize('NFKC'))
  let previous = ''
  for (const word of words) {
    const stop = isStopWord(word)
    addFeature(vector, `w:${stemOf(word)}`, stop ? weights.stopWord : weights.word)
    if (previous !== '') addFeature(vector, `b:${previous} ${word}`, stop ? weights.stopWord : weights.bigram)
    previous = word
    if (!stop) addCharacterGrams(vector, ` ${word} `)
  }
  return normalised(vector)
}

function addFeature(vector: Float32Array, feature: string, weight: number): void {
  let hash = 0x811c9dc5
  for (let index = 0; index < feature.length; index += 1) hash = Math.imul(hash ^ feature.charCodeAt(index), 0x01000193)
  addHash(vector, hash, weight)
}

function addCharacterGrams(vector: Float32Array, word: string): void {
  for (let start = 0; start + 3 <= word.length; start += 1) {
    let hash = 0x811c9dc5 ^ 0x63
    const end = Math.min(word.length, start + 5)
    for (let index = start; index < end; index += 1) {
      hash = Math.imul(hash ^ word.charCodeAt(index), 0x01000193)
      if (index >= start + 2) addHash(vector, hash, weights.characters)
    }
  }
}

function addHash(vector: Float32Array, hash: number, weight: number): void {
  // The last step of murmur3 spreads the bits: FNV alone leaves neighbours of short features in neighbouring buckets.
  let mixed = hash ^ (hash >>> 16)
  mixed = Math.imul(mixed, 0x85ebca6b)
  mixed ^= mixed >>> 13
  mixed = Math.imul(mixed, 0xc2b2ae35)
  mixed = (mixed ^ (mixed >>> 16)) >>> 0
  const bucket = (mixed >>> 1) % vector.length
  vector[bucket] = (vector[bucket] ?? 0) + (mixed & 1 ? weight : -weight)
}

function normalised(vector: Float32Array): Float32Array {
  let sum = 0
  for (const value of vector) sum += value * value
  if (sum === 0) {
    // An empty text has no direction; a fixed one keeps the length at 1, which stores rely on.
    vector[0] = 1
    return vector
  }
  const scale = 1 / Math.sqrt(sum)
  for (let index = 0; index < vector.length; index += 1) vector[index] = (vector[index] ?? 0) * scale
  return vector
}

function toBase64(vector: Float32Array): string {
  const bytes = Buffer.alloc(vector.length * 4)
  vector.forEach((value, index) => bytes.writeFloatLE(value, index * 4))
  return bytes.toString('base64')
}

function readInputs(value: unknown): string[] {
  if (value === undefined || value === null) {
    throw badRequest("Missing required parameter: 'input'.", 'input', 'missing_required_parameter')
  }
  const list: unknown[] = Array.isArray(value) ? value : [value]
  // A list of numbers is one text given as token ids; a list of such lists is several.
  const inputs = list.length > 0 && list.every((item) => typeof item === 'number') ? [list] : list
  if (inputs.length === 0 || inputs.length > maxInputs) {
    throw badRequest(`Invalid 'input': expected 1 to ${maxInputs} texts.`, 'input', 'invalid_value')
  }
  return inputs.map((input) => {
    if (Array.isArray(input) && input.length > 0) return input.map((id) => `t${String(id)}`).join(' ')
    if (typeof input === 'string' && input !== '') return input
    throw badRequest("Invalid 'input': expected a text, not empty, or a list of them.", 'input', 'invalid_value')
  })
}
