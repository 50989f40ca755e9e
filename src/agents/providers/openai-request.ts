import type { ChatCompletionCreateParams, ChatCompletionMessageParam } from 'openai/resources/chat/completions'
import type { ResponseFormatJSONSchema } from 'openai/resources/shared'
import type { ChatMessage, ChatRequest, ModelProfile } from '../chat-model.ts'
import type { WireDialect } from './wire-dialect.ts'

/** The body of `POST /chat/completions` for one call. */
export function toRequestBody(
  request: ChatRequest,
  profile: ModelProfile,
  dialect: WireDialect,
  isStreamed: boolean,
): ChatCompletionCreateParams {
  const { tools, responseSchema } = request
  const effort = dialect.reasoningEffort
  // A model that thinks refuses a temperature; one whose thinking is switched off takes it.
  const takesTemperature = dialect.sendsTemperature && (effort === undefined || effort === 'none')
  return {
    model: profile.model,
    messages: request.messages.map((message) => toWireMessage(message, dialect)),
    [dialect.outputLimit]: Math.min(request.maxOutputTokens, profile.maxOutputTokens),
    ...(takesTemperature && request.temperature !== undefined ? { temperature: request.temperature } : {}),
    ...(effort === undefined ? {} : { reasoning_effort: effort }),
    ...(tools && tools.length > 0
      ? { tools: tools.map((tool) => ({ type: 'function' as const, function: tool })) }
      : {}),
    ...(responseSchema ? { response_format: toResponseFormat(responseSchema, dialect) } : {}),
    ...(isStreamed
      ? { stream: true, ...(dialect.sendsStreamOptions ? { stream_options: { include_usage: true } } : {}) }
      : {}),
  } as ChatCompletionCreateParams
}

function toResponseFormat(wanted: NonNullable<ChatRequest['responseSchema']>, dialect: WireDialect): ResponseFormatJSONSchema {
  const format = { type: 'json_schema', [dialect.schemaField]: { ...wanted, strict: true } }
  // The SDK sends what it gets; its type knows OpenAI's place only.
  return format as unknown as ResponseFormatJSONSchema
}

function toWireMessage(message: ChatMessage, dialect: WireDialect): ChatCompletionMessageParam {
  if (message.role === 'tool') return { role: 'tool', content: message.content, tool_call_id: message.toolCallId }
  if (message.role === 'user' && message.images && message.images.length > 0) {
    const pictures = message.images.map(({ mimeType, base64 }) => ({ type: 'image_url' as const, image_url: { url: `data:${mimeType};base64,${base64}` } }))
    return { role: 'user', content: [{ type: 'text', text: message.content }, ...pictures] }
  }
  if (message.role !== 'assistant' || !message.toolCalls || message.toolCalls.length === 0) {
    return { role: message.role, content: message.content }
  }
  return {
    role: 'assistant',
    content: message.content === '' || !dialect.saysTextBesideCalls ? null : message.content,
    tool_calls: message.toolCalls.map(({ id, name, argumentsJson }) => ({
      id,
      type: 'function' as const,
      function: { name, arguments: argumentsJson },
    })),
  }
}
