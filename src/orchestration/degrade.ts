import type { AgentAnswer } from '../agents/agent-answer.ts'
import type { FinishReason } from '../agents/chat-model.ts'
import { asMurmurError, MurmurError } from '../errors.ts'
import type { StoredAnswer } from '../learning/stored-answers.ts'
import type { FailureClass } from '../storage/failure-class.ts'
import type { RemedyName, TriedRemedy } from '../storage/remedy-store.ts'
import { classifyFailure } from './classify-failure.ts'

/** 1 full, 2 a call without tools by another way, 3 an earlier answer found by its words, 4 a fixed message. */
export type Tier = 1 | 2 | 3 | 4

/** What a remedy that asks a model gives. */
export interface PlainReply {
  readonly text: string
  readonly finishReason: FinishReason
}

export interface TieredAnswer {
  readonly text: string
  readonly tier: Tier
  readonly toolsUsed: readonly string[]
  /** How the model's own answer ended; unset where none of it is shown. */
  readonly finishReason?: FinishReason
  /** Why a lower tier was taken. */
  readonly cause?: MurmurError
  /** The other ways that were tried, in their order; unset where none had to be. */
  readonly tried?: readonly TriedRemedy[]
}

/** Undefined where there is no such way for this request. */
export type AskOtherwise = (cause: MurmurError) => Promise<PlainReply | undefined>

export interface TierSources {
  readonly full: () => Promise<AgentAnswer>
  readonly ways: Readonly<Record<Exclude<RemedyName, 'stored'>, AskOtherwise>>
  /** Which ways to try after such a failure, in this order. */
  readonly orderFor: (failureClass: FailureClass) => Promise<readonly RemedyName[]>
  readonly findStored: () => Promise<StoredAnswer | undefined>
  /** Called before an answer of a lower tier replaces what was shown. */
  readonly onDegrade: () => void
}

/** Ways that cost a call; beyond these a person has waited long enough. */
const maxPaidWays = 3

/**
 * Answers as well as the moment allows: in full, else by the ways that fit the failure, one after the other.
 * @throws {MurmurError} MUR_RUN_CANCELLED, MUR_RUN_TIMED_OUT or MUR_BUDGET_SPENT: these are ends, not failures to work around
 */
export async function answerInTiers(sources: TierSources): Promise<TieredAnswer> {
  try {
    const { text, toolsUsed, finishReason } = await sources.full()
    if (text.trim() === '') throw new MurmurError('MUR_MODEL_MALFORMED', { reason: finishReason === 'content_filter' ? 'a content filter withheld the answer' : 'it was empty', isEmpty: true })
    return { text, toolsUsed, finishReason, tier: 1 }
  } catch (error) {
    const cause = asFailure(error)
    sources.onDegrade()
    return answerOtherwise(sources, cause)
  }
}

async function answerOtherwise(sources: TierSources, cause: MurmurError): Promise<TieredAnswer> {
  const tried: TriedRemedy[] = []
  const order = await sources.orderFor(classifyFailure(cause) ?? 'internal')
  for (const remedy of order) {
    if (remedy !== 'stored' && tried.length >= maxPaidWays) continue
    const answer = await (remedy === 'stored' ? answerFromStore(sources, cause) : askOtherwise(sources.ways[remedy], cause))
    if (answer === 'no such way') continue
    tried.push({ remedy, isSuccess: answer !== undefined })
    if (answer) return { ...answer, tried }
  }
  return { ...answerStatically(cause), tried }
}

async function askOtherwise(ask: AskOtherwise, cause: MurmurError): Promise<TieredAnswer | 'no such way' | undefined> {
  try {
    const reply = await ask(cause)
    if (!reply) return 'no such way'
    return reply.text.trim() === '' ? undefined : { ...reply, toolsUsed: [], tier: 2, cause }
  } catch (error) {
    asFailure(error)
    return undefined
  }
}

async function answerFromStore({ findStored }: TierSources, cause: MurmurError): Promise<TieredAnswer | undefined> {
  const found = await findStored()
  if (!found) return undefined
  const day = new Date(found.answeredAtMs).toISOString().slice(0, 10)
  const question = found.question.slice(0, 200).replaceAll('\n', ' ')
  const text = `A similar request was answered here on ${day} ("${question}"). The answer then:\n\n${found.answer}`
  return { text, toolsUsed: [], tier: 3, cause }
}

function answerStatically(cause: MurmurError): TieredAnswer {
  const text = `I can't answer this just now: ${cause.message} Your request is kept as it is; ask again in this thread in a few minutes, and tell an admin if it lasts.`
  return { text, toolsUsed: [], tier: 4, cause }
}

function asFailure(error: unknown): MurmurError {
  const failure = asMurmurError(error)
  if (failure.code === 'MUR_RUN_CANCELLED' || failure.code === 'MUR_RUN_TIMED_OUT') throw failure
  if (failure.code === 'MUR_BUDGET_SPENT' || failure.code === 'MUR_COST_UNCONFIRMED') throw failure
  // The store is no model: without it nothing may be answered, the attempt is repeated instead.
  if (failure.code === 'MUR_STORE_DOWN' || failure.code === 'MUR_STORE_CONFLICT') throw failure
  return failure
}
