import type { ChatModel } from '../agents/chat-model.ts'
import type { Specialty } from '../agents/specialty.ts'
import { askDecision } from './ask-decision.ts'
import { routeQuestionOf } from './route-question.ts'

const routeOutputTokens = 200
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
export async function askRouter({ text, specialties, router, routerLimitMs: limitMs, signal }: RouterQuestion): Promise<RouterChoice | undefined> {
  const decision = await askDecision({ ...routeQuestionOf(specialties), model: router, name: 'route', text, maxOutputTokens: routeOutputTokens, limitMs, signal })
  return decision && { specialtyId: decision.specialty, confidence: decision.confidence, reason: decision.reason.slice(0, maxReasonChars) }
}
