import type { AgentAnswer } from '../agents/agent-answer.ts'
import type { FinishReason } from '../agents/chat-model.ts'
import { asMurmurError, MurmurError } from '../errors.ts'
import type { StoredAnswer } from '../learning/answers/stored-answers.ts'
import type { FailureClass } from '../storage/failure-class.ts'
import type { RemedyName, TriedRemedy } from '../storage/remedy-store.ts'
import type { AnswerFlaw } from './answer-flaw.ts'
import { classifyFailure, isOfStore } from './classify-failure.ts'

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
  /** Why a lower tier was taken, or what is wrong with an answer that no other way made better. */
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
  /** Why a model's answer is none, as far as its words tell. */
  readonly flawOf: (answer: Pick<TieredAnswer, 'text' | 'toolsUsed'>) => AnswerFlaw | undefined
  readonly findStored: () => Promise<StoredAnswer | undefined>
  /** Called before an answer of a lower tier replaces what was shown. */
  readonly onDegrade: () => void
}

/** Ways that cost a call; beyond these a person has waited long enough. */
const maxPaidWays = 3

const flawReasons: Readonly<Record<AnswerFlaw, string>> = { empty: 'it was empty', too_short: 'it promised a text and ended', refusal: 'it was a refusal without a reason' }

/**
 * Answers as well as the moment allows: in full, else by the ways that fit the failure, one after the other. An answer that seems to be none
 * is shown where they give no better one, because its words can be wrong about it.
 * @throws {MurmurError} MUR_RUN_CANCELLED, MUR_RUN_TIMED_OUT or MUR_BUDGET_SPENT: these are ends, not failures to work around
 */
export async function answerInTiers(sources: TierSources): Promise<TieredAnswer> {
  let poor: TieredAnswer | undefined
  try {
    const { text, toolsUsed, finishReason } = await sources.full()
    const flaw = sources.flawOf({ text, toolsUsed })
    if (flaw === undefined) return { text, toolsUsed, finishReason, tier: 1 }
    if (flaw !== 'empty') poor = { text, toolsUsed, finishReason, tier: 1 }
    throw new MurmurError('MUR_MODEL_MALFORMED', { reason: finishReason === 'content_filter' ? 'a content filter withheld the answer' : flawReasons[flaw], flaw })
  } catch (error) {
    const cause = asFailure(error)
    sources.onDegrade()
    return answerOtherwise(sources, cause, poor)
  }
}

async function answerOtherwise(sources: TierSources, cause: MurmurError, poor: TieredAnswer | undefined): Promise<TieredAnswer> {
  const tried: TriedRemedy[] = []
  const order = await sources.orderFor(classifyFailure(cause) ?? 'internal')
  for (const remedy of order) {
    if (remedy !== 'stored' && tried.length >= maxPaidWays) continue
    const answer = await (remedy === 'stored' ? answerFromStore(sources, cause) : askOtherwise(sources, remedy, cause, poor !== undefined))
    if (answer === 'no such way') continue
    tried.push({ remedy, isSuccess: answer !== undefined })
    if (answer) return { ...answer, tried }
  }
  return { ...(poor ? { ...poor, cause } : answerStatically(cause)), tried }
}

/** @param hasAnswer a spent budget ends the search then, not the run */
async function askOtherwise({ ways, flawOf }: TierSources, remedy: Exclude<RemedyName, 'stored'>, cause: MurmurError, hasAnswer: boolean): Promise<TieredAnswer | 'no such way' | undefined> {
  try {
    const reply = await ways[remedy](cause)
    if (!reply) return 'no such way'
    const answer: TieredAnswer = { ...reply, toolsUsed: [], tier: 2, cause }
    return flawOf(answer) === undefined ? answer : undefined
  } catch (error) {
    if (hasAnswer && isMoney(asMurmurError(error))) return 'no such way'
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
  if (isMoney(failure)) throw failure
  // The store is no model: without it nothing may be answered, the attempt is repeated instead.
  if (isOfStore(failure)) throw failure
  return failure
}

const isMoney = ({ code }: MurmurError): boolean => code === 'MUR_BUDGET_SPENT' || code === 'MUR_COST_UNCONFIRMED'
