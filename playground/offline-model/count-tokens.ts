import type { ChatRequest } from './chat-request.ts'

/**
 * Four UTF-16 units are one token: the rule of thumb of OpenAI's documentation for English. A real tokenizer would cost
 * more time than all the rest of a call, and nothing here depends on the exact number.
 */
export const CHARACTERS_PER_TOKEN = 4

export function countTokens(text: string): number {
  return Math.ceil(text.length / CHARACTERS_PER_TOKEN)
}

/**
 * Prompt tokens of a request: contents, tool calls, tool definitions and schema, 4 a message and 3 for the reply's
 * start.
 */
export function countPromptTokens(request: ChatRequest): number {
  let characters = 0
  for (const message of request.messages) {
    characters += message.text.length
    for (const call of message.toolCalls) characters += call.name.length + call.arguments.length
  }
  if (request.tools.length > 0) characters += JSON.stringify(request.tools).length
  if (request.format.kind === 'json_schema') characters += JSON.stringify(request.format.schema).length
  return Math.ceil(characters / CHARACTERS_PER_TOKEN) + 4 * request.messages.length + 3
}

/** Cuts a text to a number of tokens, never inside a surrogate pair. */
export function cutToTokens(text: string, maxTokens: number): string {
  let end = Math.min(text.length, maxTokens * CHARACTERS_PER_TOKEN)
  const last = text.charCodeAt(end - 1)
  if (end < text.length && last >= 0xd800 && last <= 0xdbff) end -= 1
  return text.slice(0, end)
}
