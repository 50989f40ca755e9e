import type { AgentAnswer } from '../agents/agent-answer.ts'
import type { ChatModel, FinishReason } from '../agents/chat-model.ts'
import { asMurmurError, MurmurError } from '../errors.ts'
import type { StoredAnswer } from '../learning/stored-answers.ts'

/** 1 full, 2 a plain call with a fixed prompt and no tools, 3 an earlier answer found by its words, 4 a fixed message. */
export type Tier = 1 | 2 | 3 | 4

export interface TieredAnswer {
  readonly text: string
  readonly tier: Tier
  readonly toolsUsed: readonly string[]
  /** How the model's own answer ended; unset where none of it is shown. */
  readonly finishReason?: FinishReason
  /** Why a lower tier was taken. */
  readonly cause?: MurmurError
}

export interface TierSources {
  readonly full: () => Promise<AgentAnswer>
  /** The model of last resort; called once without tools. */
  readonly plainModel: ChatModel
  readonly request: string
  readonly findStored: () => Promise<StoredAnswer | undefined>
  /** Called before an answer of a lower tier replaces what was shown. */
  readonly onDegrade: () => void
  readonly signal: AbortSignal
}

const plainOutputTokens = 1_000
const plainPrompt =
  'You are an assistant in a team chat. Answer the request briefly and honestly in Markdown. You have no tools and no view of the thread; say so where it matters.'

/**
 * Answers as well as the moment allows, tier by tier.
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
    return (await answerPlainly(sources, cause)) ?? (await answerFromStore(sources, cause)) ?? answerStatically(cause)
  }
}

async function answerPlainly({ plainModel, request, signal }: TierSources, cause: MurmurError): Promise<TieredAnswer | undefined> {
  // A provider that is away was already asked as often as makes sense, with its fallbacks.
  if (cause.code === 'MUR_MODEL_DOWN' || cause.code === 'MUR_MODEL_BUSY') return undefined
  try {
    const messages = [
      { role: 'system', content: plainPrompt },
      { role: 'user', content: request },
    ] as const
    const reply = await plainModel.complete({ messages, maxOutputTokens: plainOutputTokens }, { signal })
    const { text, finishReason } = reply
    return text.trim() === '' ? undefined : { text, finishReason, toolsUsed: [], tier: 2, cause }
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
