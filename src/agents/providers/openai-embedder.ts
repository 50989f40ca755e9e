import type { OpenAI } from 'openai/client'
import { MurmurError } from '../../errors.ts'
import type { ModelProfile } from '../chat-model.ts'
import { ConcurrencyLimit } from '../concurrency-limit.ts'
import type { Embedded, Embedder } from '../embeddings.ts'
import { clientSettings } from './chat-completions.ts'
import { toModelError } from './openai-errors.ts'

export interface OpenAiEmbedderOptions {
  readonly profile: ModelProfile
  readonly apiKey: string
  readonly baseUrl: string
  readonly now: () => number
  readonly delay: (ms: number, signal: AbortSignal) => Promise<void>
  readonly fetch?: typeof fetch
}

/** Texts of one request. Servers differ in what they take; text-embeddings-inference and Cohere stop near a hundred. */
const maxTexts = 96
const maxConcurrent = 4
const maxAttempts = 3
const firstDelayMs = 500
const maxDelayMs = 20_000
const timeoutMs = 60_000
/** The models read 8,192 tokens. A token of any usual text has two characters or more; what is cut off is the tail. */
const maxChars = 16_000

/** https://developers.openai.com/api/docs/guides/embeddings */
const knownDimensions: Readonly<Record<string, number>> = { 'text-embedding-3-small': 1_536, 'text-embedding-3-large': 3_072, 'text-embedding-ada-002': 1_536 }

/** For servers that do not say: rather too many than too few. */
const estimateTokens = (texts: readonly string[]): number => Math.ceil(texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0) / 3)

/** Embeddings behind OpenAI or any server that speaks its Embeddings API. Waits and tries again when the server is busy. */
export class OpenAiEmbedder implements Embedder {
  readonly name: string
  readonly profile: ModelProfile
  readonly #options: OpenAiEmbedderOptions
  readonly #limit = new ConcurrencyLimit(maxConcurrent)
  #client: Promise<OpenAI> | undefined
  #dimension: number | undefined

  constructor(options: OpenAiEmbedderOptions) {
    this.#options = options
    this.profile = options.profile
    this.name = `${options.profile.provider}/${options.profile.model}`
    this.#dimension = knownDimensions[options.profile.model]
  }

  get dimension(): number | undefined {
    return this.#dimension
  }

  async embed(texts: readonly string[], signal: AbortSignal): Promise<Embedded> {
    const batches = Array.from({ length: Math.ceil(texts.length / maxTexts) }, (_, at) => texts.slice(at * maxTexts, (at + 1) * maxTexts))
    const embedded = await Promise.all(batches.map((batch) => this.#limit.run(() => this.#patiently(batch, signal), signal)))
    return { vectors: embedded.flatMap(({ vectors }) => vectors), inputTokens: embedded.reduce((sum, { inputTokens }) => sum + inputTokens, 0) }
  }

  async #patiently(texts: readonly string[], signal: AbortSignal): Promise<Embedded> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#request(texts, signal)
      } catch (error) {
        if (signal.aborted) throw new MurmurError('MUR_RUN_CANCELLED')
        const failure = toModelError(error, this.profile, this.#options.apiKey, this.#options.now())
        if (failure.retry !== 'backoff' || attempt === maxAttempts) throw failure
        await this.#options.delay(Math.min(maxDelayMs, Math.max(Number(failure.details['retryAfterMs'] ?? 0), firstDelayMs * 2 ** attempt)), signal)
      }
    }
  }

  async #request(texts: readonly string[], signal: AbortSignal): Promise<Embedded> {
    const client = await (this.#client ??= this.#connect())
    // No model takes an empty text.
    const input = texts.map((text) => text.slice(0, maxChars).toWellFormed() || ' ')
    const body = { model: this.profile.model, input, encoding_format: 'float' as const }
    const { data, usage } = await client.embeddings.create(body, { signal, timeout: timeoutMs })
    const vectors = data.toSorted((a, b) => a.index - b.index).map(({ embedding }) => Float32Array.from(embedding))
    const [first] = vectors
    if (vectors.length !== texts.length || !first || vectors.some(({ length }) => length !== first.length)) {
      throw new MurmurError('MUR_MODEL_MALFORMED', { reason: `${vectors.length} vectors for ${texts.length} texts`, provider: this.profile.provider })
    }
    this.#dimension = first.length
    return { vectors, inputTokens: (usage as typeof usage | undefined)?.prompt_tokens ?? estimateTokens(input) }
  }

  async #connect(): Promise<OpenAI> {
    const { apiKey, baseUrl, fetch: request } = this.#options
    const { OpenAI: Client } = await import('openai/client')
    return new Client({ ...clientSettings(request), apiKey, baseURL: baseUrl })
  }
}
