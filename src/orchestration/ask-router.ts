import type { ChatModel } from '../agents/chat-model.ts'
import type { Specialty } from '../agents/specialty.ts'
import { askStructured } from '../agents/structured.ts'
import { MurmurError } from '../errors.ts'
import { routeQuestionOf } from './route-question.ts'
import { startTimeLimit } from './time-limit.ts'

/** Below this the model itself says that it does not know. */
const minModelConfidence = 0.3
/** A router that hangs must not hold up the answer: words decide then. */
const routerLimitMs = 8_000
const routeOutputTokens = 200
/** The router needs the gist; the specialist gets the whole text. */
const maxRoutedChars = 4_000
const maxReasonChars = 300

export interface RouterQuestion {
  readonly text: string
  readonly specialties: readonly Specialty[]
  readonly router: ChatModel
  /** How long it may take, its retries included; default 8 s. */
  readonly routerLimitMs?: number | undefined
  readonly signal: AbortSignal
}

/** Whom a model chose, and how sure it is, 0 to 1. */
export interface RouterChoice {
  readonly specialtyId: string
  readonly confidence: number
  readonly reason: string
}

/**
 * Asks the cheap model who should do it.
 * @returns undefined when it does not know or fails
 * @throws {MurmurError} MUR_RUN_CANCELLED when the run was stopped meanwhile, MUR_STORE_DOWN when the call could not be stored
 */
export async function askRouter({ text, specialties, router, routerLimitMs: limitMs = routerLimitMs, signal }: RouterQuestion): Promise<RouterChoice | undefined> {
  const { schema, prompt } = routeQuestionOf(specialties)
  const limit = startTimeLimit(signal, limitMs, () => 'the router took too long')
  try {
    const { specialty, confidence, reason } = await askStructured({
      model: router,
      schema,
      name: 'route',
      messages: [
        { role: 'system', content: prompt },
        { role: 'user', content: text.slice(0, maxRoutedChars) },
      ],
      maxOutputTokens: routeOutputTokens,
      temperature: 0,
      signal: limit.signal,
    })
    return confidence < minModelConfidence ? undefined : { specialtyId: specialty, confidence, reason: reason.slice(0, maxReasonChars) }
  } catch (error) {
    if (error instanceof MurmurError && !isOfStore(error) && (error.code !== 'MUR_RUN_CANCELLED' || limit.isOver)) return undefined
    throw error
  } finally {
    limit.clear()
  }
}

/** The call may have been made and paid for, and not stand in the ledger: the attempt is repeated, not gone on with. */
const isOfStore = ({ code }: MurmurError): boolean => code === 'MUR_STORE_DOWN' || code === 'MUR_STORE_CONFLICT'
