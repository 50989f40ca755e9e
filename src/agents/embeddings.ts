import { createHash } from 'node:crypto'
import type { ModelProfile } from './chat-model.ts'

/** Vectors of texts in their order, and what was read for them. */
export interface Embedded {
  readonly vectors: readonly Float32Array[]
  /** 0 where it costs nothing. */
  readonly inputTokens: number
}

/** Turns texts into vectors: near texts into near vectors. */
export interface Embedder {
  /** Names what makes the vectors; those of another name are never compared with them. */
  readonly name: string
  /** How long its vectors are; undefined until the first came, where only the server knows. */
  readonly dimension: number | undefined
  /** What it costs; undefined: nothing. */
  readonly profile?: ModelProfile
  /** @throws {MurmurError} MUR_MODEL_* as chat models do; MUR_RUN_CANCELLED */
  embed(texts: readonly string[], signal: AbortSignal): Promise<Embedded>
}

/** About 100 MB of 1,536 numbers. */
const defaultMaxEntries = 16_000

/** Vectors by the content of their text, so that a text is embedded once. The ones used last stay. */
export class EmbeddingCache {
  readonly #maxEntries: number
  readonly #vectors = new Map<string, Float32Array>()

  constructor(maxEntries = defaultMaxEntries) {
    this.#maxEntries = maxEntries
  }

  /** Asks `embed` for what is not known, each text once. */
  async through(embedderName: string, texts: readonly string[], embed: (missing: readonly string[]) => Promise<Embedded>): Promise<Embedded> {
    const keys = texts.map((text) => createHash('sha256').update(`${embedderName}\0${text}`).digest('base64'))
    // What is known is taken out before anything new can push it out.
    const found = new Map(keys.map((key) => [key, this.#take(key)]))
    const missing = new Map(keys.flatMap((key, at) => (found.get(key) ? [] : [[key, texts[at] ?? ''] as const])))
    const embedded = missing.size === 0 ? { vectors: [], inputTokens: 0 } : await embed([...missing.values()])
    for (const [at, key] of [...missing.keys()].entries()) {
      const vector = embedded.vectors[at]
      if (!vector) continue
      found.set(key, vector)
      this.#keep(key, vector)
    }
    return { vectors: keys.map((key) => found.get(key) ?? new Float32Array()), inputTokens: embedded.inputTokens }
  }

  #take(key: string): Float32Array | undefined {
    const vector = this.#vectors.get(key)
    if (vector) this.#keep(key, vector)
    return vector
  }

  #keep(key: string, vector: Float32Array): void {
    this.#vectors.delete(key)
    const oldest = this.#vectors.keys().next()
    if (this.#vectors.size >= this.#maxEntries && !oldest.done) this.#vectors.delete(oldest.value)
    this.#vectors.set(key, vector)
  }
}
