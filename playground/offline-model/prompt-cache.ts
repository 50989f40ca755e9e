import type { ChatRequest } from './chat-request.ts'
import { countTokens } from './count-tokens.ts'
import { hashText } from './hash-text.ts'

const minPromptTokens = 1024
const stepTokens = 128
const maxPrefixes = 2_000

/**
 * Tells how much of a prompt was seen before, as OpenAI's prompt caching does: from 1,024 tokens on, in steps of
 * 128, for an unchanged beginning. https://platform.openai.com/docs/guides/prompt-caching Prefixes end at message
 * borders here; the oldest of 2,000 is forgotten.
 */
export class PromptCache {
  #seen = new Set<number>()

  cachedTokens(request: ChatRequest, promptTokens: number): number {
    if (promptTokens < minPromptTokens) return 0
    let prefixTokens = 0
    let cached = 0
    let prefix = hashText(request.model)
    for (const message of request.messages) {
      prefix = hashText(message.text, Math.imul(prefix, 31) ^ message.role.length)
      prefixTokens += countTokens(message.text) + 4
      if (this.#seen.has(prefix)) cached = prefixTokens
      else this.#remember(prefix)
    }
    return cached < minPromptTokens ? 0 : Math.min(promptTokens, cached - (cached % stepTokens))
  }

  #remember(prefix: number): void {
    this.#seen.add(prefix)
    if (this.#seen.size <= maxPrefixes) return
    const oldest = this.#seen.values().next()
    if (oldest.done !== true) this.#seen.delete(oldest.value)
  }
}
