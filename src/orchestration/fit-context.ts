import type { ChatMessage } from '../agents/chat-model.ts'
import { estimateTokens } from '../agents/count-tokens.ts'
import type { ThreadLine } from './thread-port.ts'

/** One line of a thread never takes more than this; the newest lines matter most. */
const maxLineChars = 4_000
const maxLines = 50
/** The thread takes at most this share of the model's window, so that tools and the answer keep room. */
const historyShare = 0.5
/** Roles and separators that the provider adds to each message. */
const tokensPerMessage = 6

export interface FitInput {
  readonly history: readonly ThreadLine[]
  readonly request: string
  readonly systemPrompt: string
  readonly contextTokens: number
  readonly maxOutputTokens: number
}

/**
 * Makes the thread fit the model's window: newest lines first, whole lines only, long ones shortened.
 * @returns the lines to send, oldest first; own lines as the assistant's
 */
export function fitContext({ history, request, systemPrompt, contextTokens, maxOutputTokens }: FitInput): ChatMessage[] {
  const taken = estimateTokens(systemPrompt) + estimateTokens(request) + maxOutputTokens
  let room = Math.min((contextTokens - taken) * 0.9, contextTokens * historyShare)
  const kept: ChatMessage[] = []
  for (const line of history.slice(-maxLines).toReversed()) {
    const message = asMessage(line)
    room -= estimateTokens(message.content) + tokensPerMessage
    if (room < 0) break
    kept.push(message)
  }
  return kept.reverse()
}

function asMessage({ author, text, isOwn }: ThreadLine): ChatMessage {
  const short = text.length > maxLineChars ? `${text.slice(0, maxLineChars)} … (shortened)` : text
  return isOwn ? { role: 'assistant', content: short } : { role: 'user', content: `${author}: ${short}` }
}
