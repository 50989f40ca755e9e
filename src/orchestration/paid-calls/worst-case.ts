import { withoutImages } from '../../agents/chat-images.ts'
import type { ChatModel, ChatRequest, ModelProfile } from '../../agents/chat-model.ts'
import { worstCaseMicroUsd } from '../../agents/price.ts'
import { MurmurError } from '../../errors.ts'

/** A model with the facts of its profile, and of those that take over when it fails. */
export interface NamedModel {
  readonly model: ChatModel & { readonly profiles?: readonly ModelProfile[] }
  readonly profile: ModelProfile
}

/**
 * The most that a call can cost, whichever model of the chain answers in the end.
 * A token has at least one byte, so the bytes of the whole request are never fewer than its tokens, whatever the tokenizer.
 * @throws {MurmurError} MUR_MODEL_REFUSED when any model of the chain has no known prices: what cannot be bounded is not bought
 */
export function worstCaseOf({ model, profile }: NamedModel, request: ChatRequest): number {
  const { messages, imageTokens } = withoutImages(request.messages)
  const inputBytes = Buffer.byteLength(JSON.stringify([messages, request.tools, request.responseSchema])) + imageTokens
  let most = 0
  for (const candidate of model.profiles ?? [profile]) {
    const worst = worstCaseMicroUsd(candidate, inputBytes, request.maxOutputTokens)
    if (worst === 'unknown') throw unpriced(candidate)
    most = Math.max(most, worst)
  }
  return most
}

const unpriced = ({ id, provider }: ModelProfile): MurmurError =>
  new MurmurError('MUR_MODEL_REFUSED', { provider, status: 'price unknown', reason: `set the prices of ${id} in models.json` })
