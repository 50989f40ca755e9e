import type { ChatCompletionCreateParams, ChatCompletionMessageParam } from 'openai/resources/chat/completions'
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
    messages: request.messages.map(toWireMessage),
    [dialect.outputLimit]: Math.min(request.maxOutputTokens, profile.maxOutputTokens),
    ...(takesTemperature && request.temperature !== undefined ? { temperature: request.temperature } : {}),
    ...(effort === undefined ? {} : { reasoning_effort: effort }),
    ...(tools && tools.length > 0
      ? { tools: tools.map((tool) => ({ type: 'function' as const, function: tool })) }
      : {}),
    ...(responseSchema
      ? { response_format: { type: 'json_schema' as const, json_schema: { ...responseSchema, strict: true } } }
      : {}),
    ...(isStreamed
      ? { stream: true, ...(dialect.sendsStreamOptions ? { stream_options: { include_usage: true } } : {}) }
      : {}),
  } as ChatCompletionCreateParams
}

function toWireMessage(message: ChatMessage): ChatCompletionMessageParam {
  if (message.role === 'tool') return { role: 'tool', content: message.content, tool_call_id: message.toolCallId }
  if (message.role !== 'assistant' || !message.toolCalls || message.toolCalls.length === 0) {
    return { role: message.role, content: message.content }
  }
  return {
    role: 'assistant',
    content: message.content === '' ? null : message.content,
    tool_calls: message.toolCalls.map(({ id, name, argumentsJson }) => ({
      id,
      type: 'function' as const,
      function: { name, arguments: argumentsJson },
    })),
  }
}
