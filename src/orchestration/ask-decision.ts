import type { z } from 'zod'
import type { ChatModel } from '../agents/chat-model.ts'
import { askStructured } from '../agents/structured.ts'
import { MurmurError } from '../errors.ts'
import { isOfStore } from './classify-failure.ts'
import { startTimeLimit } from './time-limit.ts'

export interface Decision<T> {
  readonly model: ChatModel
  readonly schema: z.ZodType<T>
  readonly name: string
  /** What is to be decided. */
  readonly prompt: string
  /** What it is decided about; the model needs the gist, and gets no more. */
  readonly text: string
  readonly maxOutputTokens: number
  /** How long it may take, its retries included; default 8 s. */
  readonly limitMs?: number | undefined
  readonly signal: AbortSignal
}

/** A decision that hangs must not hold up the answer: words decide then. */
const defaultLimitMs = 8_000
const maxDecidedChars = 4_000
/** Below this the model itself says that it does not know. */
const minConfidence = 0.3

/**
 * Asks the cheap model for a decision that can be made without it, if less well.
 * @returns undefined when it does not know, or fails
 * @throws {MurmurError} MUR_RUN_CANCELLED when the run was stopped meanwhile, MUR_STORE_DOWN when the call could not be stored
 */
export async function askDecision<T extends { readonly confidence: number }>({ model, schema, name, prompt, text, maxOutputTokens, limitMs = defaultLimitMs, signal }: Decision<T>): Promise<T | undefined> {
  const limit = startTimeLimit(signal, limitMs, () => 'the decision took too long')
  try {
    const messages = [
      { role: 'system', content: prompt },
      { role: 'user', content: text.slice(0, maxDecidedChars) },
    ] as const
    const decision = await askStructured({ model, schema, name, messages, maxOutputTokens, temperature: 0, signal: limit.signal })
    return decision.confidence < minConfidence ? undefined : decision
  } catch (error) {
    if (error instanceof MurmurError && !isOfStore(error) && (error.code !== 'MUR_RUN_CANCELLED' || limit.isOver)) return undefined
    throw error
  } finally {
    limit.clear()
  }
}
