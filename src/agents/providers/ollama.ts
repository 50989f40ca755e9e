import { MurmurError } from '../../errors.ts'
import type { ChatMessage, ChatRequest, ModelProfile, ProfiledModel, ReasoningEffort } from '../chat-model.ts'
import { exchangeOverHttp, type HttpModelOptions } from './http-exchange.ts'
import { OllamaReply } from './ollama-reply.ts'
import { parseJson, readBody } from './read-body.ts'
import { LineReader } from './read-lines.ts'

/** The first call of a model loads it from disk, which may take a minute. */
const firstByteMs = 180_000
const quietMs = 60_000

/**
 * A model that Ollama runs, by its own protocol (`POST /api/chat`).
 * Not by its OpenAI-compatible endpoint, because that one takes no `num_ctx`: it cuts every prompt silently to the
 * server's default window (4,096 tokens on most machines), and a schema only later versions obey. Here the profile's
 * `contextTokens` is the window that Ollama allocates, and a prompt that does not fit is an error.
 * https://github.com/ollama/ollama/blob/main/docs/api.md, https://github.com/ollama/ollama/issues/2722
 */
export function createOllamaModel(options: HttpModelOptions): ProfiledModel {
  const { profile, timeoutMs } = options
  const url = `${options.baseUrl.replace(/\/+$/, '').replace(/\/(?:v1|api)$/, '')}/api/chat`
  return {
    profile,
    complete: (request, call) =>
      exchangeOverHttp(options, request, call, {
        url,
        contentType: 'application/json',
        body: JSON.stringify(toOllamaBody(request, profile)),
        firstByteMs: timeoutMs ?? firstByteMs,
        quietMs: timeoutMs ?? quietMs,
        async read(response, watch) {
          const reply = new OllamaReply(request.responseSchema === undefined ? call.onText : undefined)
          const lines = new LineReader((line) => {
            if (line.trim() !== '') reply.add(parseJson(line))
          })
          await readBody(response, watch, (text) => {
            lines.feed(text)
            return reply.isDone
          })
          lines.end()
          return reply.finish()
        },
      }),
  }
}

/** Always streamed, also when nobody listens: then silence is noticed between two pieces and not only at the end. */
function toOllamaBody(request: ChatRequest, profile: ModelProfile): object {
  const { tools, responseSchema, temperature } = request
  const think = toThink(profile.reasoningEffort)
  const takesTemperature = temperature !== undefined && !profile.capabilities.includes('fixed_temperature')
  return {
    model: profile.model,
    messages: request.messages.map((message) => toOllamaMessage(message, request.messages)),
    stream: true,
    // Both default to true and drop what does not fit, the instructions first.
    truncate: false,
    shift: false,
    ...(think === undefined ? {} : { think }),
    ...(tools && tools.length > 0 ? { tools: tools.map((tool) => ({ type: 'function', function: tool })) } : {}),
    ...(responseSchema ? { format: responseSchema.schema } : {}),
    options: {
      // The same for every call: another window makes Ollama load the model anew.
      num_ctx: profile.contextTokens,
      num_predict: Math.min(request.maxOutputTokens, profile.maxOutputTokens),
      ...(takesTemperature ? { temperature } : {}),
    },
  }
}

function toOllamaMessage(message: ChatMessage, all: readonly ChatMessage[]): object {
  if (message.role === 'tool') {
    const { content, toolCallId } = message
    return { role: 'tool', content, tool_name: nameOfCall(toolCallId, all), tool_call_id: toolCallId }
  }
  if (message.role !== 'assistant' || !message.toolCalls || message.toolCalls.length === 0) {
    const images = message.role === 'user' ? message.images : undefined
    return { role: message.role, content: message.content, ...(images ? { images: images.map(({ base64 }) => base64) } : {}) }
  }
  const tool_calls = message.toolCalls.map(({ id, name, argumentsJson }) => ({
    id,
    function: { name, arguments: toArguments(argumentsJson) },
  }))
  return { role: 'assistant', content: message.content, tool_calls }
}

function nameOfCall(id: string, messages: readonly ChatMessage[]): string {
  const calls = messages.flatMap((message) => (message.role === 'assistant' ? (message.toolCalls ?? []) : []))
  return calls.find((call) => call.id === id)?.name ?? ''
}

/** Ollama takes nothing but an object; what an earlier model wrote may be no JSON at all. */
function toArguments(json: string): object {
  try {
    const value: unknown = JSON.parse(json)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value
  } catch {
    // Handed on as text below.
  }
  return { input: json }
}

/** Undefined leaves it to the model; Ollama knows a switch and, for some models, three steps and `max`. */
function toThink(effort: ReasoningEffort | undefined): boolean | string | undefined {
  switch (effort) {
    case undefined:
      return undefined
    case 'none':
      return false
    case 'minimal':
    case 'low':
      return 'low'
    case 'medium':
      return 'medium'
    case 'high':
    case 'xhigh':
      return 'high'
    case 'max':
      return 'max'
  }
  throw new MurmurError('MUR_BUG', { rule: 'an effort is one of the known' })
}
