import type { ChatRequest } from './chat-request.ts'
import { countTokens, cutToTokens } from './count-tokens.ts'
import type { Reply } from './reply.ts'
import type { CallUsage } from './request-journal.ts'

/** A reply with everything decided: cut to the limits, counted, ready for either form of the wire. */
export interface Completion {
  readonly id: string
  readonly createdSeconds: number
  readonly model: string
  readonly content: string | null
  readonly refusal: string | null
  readonly toolCalls: readonly { readonly id: string; readonly name: string; readonly arguments: string }[]
  readonly finishReason: string
  readonly usage: CallUsage
}

export interface CompletionFacts {
  /** Number of the call on this server; ids are made from it. */
  readonly number: number
  readonly createdSeconds: number
  readonly promptTokens: number
  readonly cachedTokens: number
}

/** Applies `stop` and the token limit to a reply and counts it. */
export function complete(request: ChatRequest, reply: Reply, facts: CompletionFacts): Completion {
  const written = reply.json === undefined ? reply.text : JSON.stringify(reply.json)
  const toolCalls = (reply.toolCalls ?? []).map((call, index) => ({
    id: call.id ?? `call_offline_${facts.number}_${index}`,
    name: call.name,
    arguments: typeof call.arguments === 'string' ? call.arguments : JSON.stringify(call.arguments),
  }))
  const cut = cutText(request, written ?? '')
  const toolTokens = toolCalls.reduce((sum, call) => sum + countTokens(call.name + call.arguments), 0)
  const completionTokens = countTokens(cut.text) + countTokens(reply.refusal ?? '') + toolTokens
  return {
    id: `chatcmpl-offline-${facts.number}`,
    createdSeconds: facts.createdSeconds,
    model: request.model,
    content: reply.refusal !== undefined || (cut.text === '' && toolCalls.length > 0) ? null : cut.text,
    refusal: reply.refusal ?? null,
    toolCalls,
    finishReason: reply.finishReason ?? (cut.tooLong ? 'length' : toolCalls.length > 0 ? 'tool_calls' : 'stop'),
    usage: {
      promptTokens: reply.usage?.promptTokens ?? facts.promptTokens,
      completionTokens: reply.usage?.completionTokens ?? completionTokens,
      cachedTokens: reply.usage?.cachedTokens ?? facts.cachedTokens,
    },
  }
}

/** The body of an answer that is not streamed. */
export function completionBody(completion: Completion): object {
  const { content, refusal, toolCalls } = completion
  const message = {
    role: 'assistant',
    content,
    refusal,
    annotations: [],
    ...(toolCalls.length > 0 && { tool_calls: toolCalls.map(wireToolCall) }),
  }
  return {
    ...head(completion, 'chat.completion'),
    choices: [{ index: 0, message, logprobs: null, finish_reason: completion.finishReason }],
    usage: wireUsage(completion.usage),
  }
}

/**
 * The server-sent events of a streamed answer. The first carries the role, then come contents and tool calls in
 * pieces of `chunkSize` characters, the reason of the end, the usage when asked for, and `[DONE]`.
 */
export function completionEvents(completion: Completion, includeUsage: boolean, chunkSize: number): string[] {
  const start = head(completion, 'chat.completion.chunk')
  const event = (delta: object, finishReason: string | null): string =>
    toEvent({
      ...start,
      choices: [{ index: 0, delta, logprobs: null, finish_reason: finishReason }],
      ...(includeUsage && { usage: null }),
    })
  const events = [event({ role: 'assistant', content: completion.content === null ? null : '', refusal: null }, null)]
  for (const content of pieces(completion.content ?? '', chunkSize)) events.push(event({ content }, null))
  for (const refusal of pieces(completion.refusal ?? '', chunkSize)) events.push(event({ refusal }, null))
  completion.toolCalls.forEach((call, index) => {
    events.push(
      event(
        { tool_calls: [{ index, id: call.id, type: 'function', function: { name: call.name, arguments: '' } }] },
        null,
      ),
    )
    for (const piece of pieces(call.arguments, chunkSize)) {
      events.push(event({ tool_calls: [{ index, function: { arguments: piece } }] }, null))
    }
  })
  events.push(event({}, completion.finishReason))
  if (includeUsage) events.push(toEvent({ ...start, choices: [], usage: wireUsage(completion.usage) }))
  events.push('data: [DONE]\n\n')
  return events
}

/** Cuts into pieces of so many characters, never inside a surrogate pair. */
export function pieces(text: string, size: number): string[] {
  const cut: string[] = []
  for (let start = 0; start < text.length;) {
    let end = Math.min(text.length, start + size)
    const last = text.charCodeAt(end - 1)
    if (end < text.length && last >= 0xd800 && last <= 0xdbff) end += 1
    cut.push(text.slice(start, end))
    start = end
  }
  return cut
}

function cutText(request: ChatRequest, text: string): { text: string; tooLong: boolean } {
  let end = text.length
  for (const stop of request.stop) {
    const found = text.indexOf(stop)
    if (found !== -1) end = Math.min(end, found)
  }
  const kept = end === text.length ? text : text.slice(0, end)
  if (request.maxTokens === undefined) return { text: kept, tooLong: false }
  const cut = cutToTokens(kept, request.maxTokens)
  return { text: cut, tooLong: cut.length < kept.length }
}

function head(completion: Completion, object: string): object {
  return {
    id: completion.id,
    object,
    created: completion.createdSeconds,
    model: completion.model,
    service_tier: 'default',
    system_fingerprint: 'fp_offline',
  }
}

function wireToolCall(call: Completion['toolCalls'][number]): object {
  return { id: call.id, type: 'function', function: { name: call.name, arguments: call.arguments } }
}

function wireUsage(usage: CallUsage): object {
  return {
    prompt_tokens: usage.promptTokens,
    completion_tokens: usage.completionTokens,
    total_tokens: usage.promptTokens + usage.completionTokens,
    prompt_tokens_details: { cached_tokens: usage.cachedTokens, audio_tokens: 0 },
    completion_tokens_details: {
      reasoning_tokens: 0,
      audio_tokens: 0,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
  }
}

function toEvent(data: object): string {
  return `data: ${JSON.stringify(data)}\n\n`
}
