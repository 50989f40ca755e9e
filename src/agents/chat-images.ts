import type { ChatMessage, ChatRequest } from './chat-model.ts'

/** More than any model counts for one picture: at most 10,000 patches (https://developers.openai.com/api/docs/guides/images-vision). */
const tokensPerImage = 10_000

export const hasImages = ({ messages }: ChatRequest): boolean => messages.some((message) => imagesOf(message) > 0)

/** Pictures are counted in tokens of their own and not by their bytes. */
export function withoutImages(messages: readonly ChatMessage[]): { messages: readonly ChatMessage[]; imageTokens: number } {
  const count = messages.reduce((sum, message) => sum + imagesOf(message), 0)
  if (count === 0) return { messages, imageTokens: 0 }
  const plain = messages.map((message): ChatMessage => (message.role === 'user' ? { role: 'user', content: message.content } : message))
  return { messages: plain, imageTokens: count * tokensPerImage }
}

const imagesOf = (message: ChatMessage): number => (message.role === 'user' ? (message.images?.length ?? 0) : 0)
