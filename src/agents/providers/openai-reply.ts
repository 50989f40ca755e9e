import { asMurmurError, MurmurError } from '../../errors.ts'
import type { ChatReply, ChatRequest, FinishReason, ModelProfile, TokenUsage, ToolCall } from '../chat-model.ts'

/** What one call brought, before it is named and timed. */
export interface Answered {
  readonly text: string
  readonly toolCalls: readonly ToolCall[]
  readonly finishReason: FinishReason
  readonly usage: TokenUsage | undefined
}

/** An error object of the server that came where an answer was due. */
export class ErrorInReply extends Error {
  override readonly name = 'ErrorInReply'
  readonly error: unknown

  constructor(error: unknown) {
    super('the server sent an error')
    this.error = error
  }
}

type Fields = Readonly<Record<string, unknown>>
type WrittenCall = { -readonly [Key in keyof ToolCall]: ToolCall[Key] }

/** More parallel tool calls than any model makes; a bound against a server gone wild. */
const maxToolCalls = 128

/**
 * Puts a reply together from a whole completion or from the chunks of a streamed one, reading each field as untrusted.
 * Tool calls are assembled by index; text may come before, between and after them.
 */
export class ReplyAssembler {
  #text = ''
  #isRefused = false
  #finish: string | undefined
  #usage: TokenUsage | undefined
  readonly #calls: WrittenCall[] = []
  readonly #open = new Map<number, WrittenCall>()
  readonly #onText: ((delta: string) => void) | undefined

  constructor(onText: ((delta: string) => void) | undefined) {
    this.#onText = onText
  }

  get hasAnything(): boolean {
    return this.#text !== '' || this.#calls.length > 0 || this.#finish !== undefined
  }

  /**
   * @param body one chunk (`delta`) or a whole completion (`message`)
   * @throws {ErrorInReply} for an error, which servers also send with status 200 and inside streams
   */
  add(body: unknown): void {
    if (!isFields(body)) throw malformed('not an object')
    if (body['error']) throw new ErrorInReply(asErrorObject(body))
    if (body['usage']) this.#usage = readUsage(body['usage'])
    const choice: unknown = Array.isArray(body['choices']) ? body['choices'][0] : undefined
    if (!isFields(choice)) return
    if (typeof choice['finish_reason'] === 'string') this.#finish = choice['finish_reason']
    const part = choice['delta'] ?? choice['message']
    if (isFields(part)) this.#addPart(part)
  }

  /**
   * @param isWhole false when the stream broke off without its end mark
   * @throws {MurmurError} MUR_MODEL_MALFORMED for a reply that says nothing, MUR_MODEL_DOWN for one that broke off
   */
  finish(isWhole: boolean): Answered {
    if (!this.hasAnything) throw malformed('no content')
    if (this.#finish === undefined && !isWhole)
      throw new MurmurError('MUR_MODEL_DOWN', { reason: 'the answer broke off' })
    const finishReason = this.#finishReason()
    if (finishReason === 'tool_calls' && this.#calls.length === 0) throw malformed('tool calls announced, none sent')
    if (finishReason === 'stop' && this.#text === '') throw malformed('empty answer')
    const toolCalls = this.#calls
    if (toolCalls.some((call) => call.name === '')) throw malformed('tool call without a name')
    return { text: this.#text, toolCalls, finishReason, usage: this.#usage }
  }

  #finishReason(): FinishReason {
    if (this.#isRefused || this.#finish === 'content_filter') return 'content_filter'
    if (this.#finish === 'length') return 'length'
    return this.#calls.length > 0 || this.#finish === 'tool_calls' ? 'tool_calls' : 'stop'
  }

  #addPart(part: Fields): void {
    const content = readContent(part['content'])
    const refusal = typeof part['refusal'] === 'string' ? part['refusal'] : ''
    if (refusal !== '') this.#isRefused = true
    const text = content + refusal
    if (text !== '') {
      this.#text += text
      this.#show(text)
    }
    if (Array.isArray(part['tool_calls']))
      part['tool_calls'].forEach((call, position) => {
        this.#addCall(call, position)
      })
  }

  /** A listener that throws is our bug, not the connection's. */
  #show(text: string): void {
    try {
      this.#onText?.(text)
    } catch (error) {
      throw asMurmurError(error)
    }
  }

  #addCall(delta: unknown, position: number): void {
    if (!isFields(delta)) return
    const id = typeof delta['id'] === 'string' ? delta['id'] : ''
    const wanted = isFields(delta['function']) ? delta['function'] : {}
    const name = typeof wanted['name'] === 'string' ? wanted['name'] : ''
    const call = this.#callAt(Number.isInteger(delta['index']) ? Number(delta['index']) : position, id, name)
    if (id !== '') call.id = id
    // Some servers repeat the name with every piece; it never comes in pieces.
    if (name !== '') call.name = name
    const given = wanted['arguments']
    if (typeof given === 'string') call.argumentsJson += given
    else if (isFields(given)) call.argumentsJson = JSON.stringify(given)
  }

  /**
   * The call being written at this index; servers that number every parallel call 0 begin a new one with a new id and
   * name.
   */
  #callAt(index: number, id: string, name: string): WrittenCall {
    const current = this.#open.get(index)
    const isAnother = current !== undefined && id !== '' && name !== '' && current.name !== '' && current.id !== id
    if (current !== undefined && !isAnother) return current
    if (this.#calls.length >= maxToolCalls) throw malformed('too many tool calls')
    const call = { id: `call_${this.#calls.length}`, name: '', argumentsJson: '' }
    this.#calls.push(call)
    this.#open.set(index, call)
    return call
  }
}

/** What a provider answers with. */
export function toChatReply(profile: ModelProfile, request: ChatRequest, answered: Answered, latencyMs: number): ChatReply {
  const { text, toolCalls, finishReason, usage = estimateUsage(request, answered) } = answered
  return { text, toolCalls, finishReason, usage, modelId: profile.id, latencyMs }
}

/** Some servers send the sentence alone, with or without a status beside it. */
function asErrorObject(body: Fields): unknown {
  return typeof body['error'] === 'string' ? { message: body['error'], code: body['status'] } : body['error']
}

/** Four characters a token, for servers that send no usage. */
function estimateUsage(request: ChatRequest, answered: Answered): TokenUsage {
  let characters = request.tools ? JSON.stringify(request.tools).length : 0
  for (const message of request.messages) characters += message.content.length
  let said = answered.text.length
  for (const call of answered.toolCalls) said += call.name.length + call.argumentsJson.length
  return {
    inputTokens: Math.ceil(characters / 4),
    cachedInputTokens: 0,
    outputTokens: Math.ceil(said / 4),
    isEstimated: true,
  }
}

function readUsage(usage: unknown): TokenUsage | undefined {
  if (!isFields(usage)) return undefined
  const inputTokens = readCount(usage['prompt_tokens'])
  const outputTokens = readCount(usage['completion_tokens'])
  if (inputTokens === undefined || outputTokens === undefined) return undefined
  const details = isFields(usage['prompt_tokens_details']) ? usage['prompt_tokens_details'] : {}
  const cachedInputTokens = Math.min(readCount(details['cached_tokens']) ?? 0, inputTokens)
  const written = Math.min(readCount(details['cache_write_tokens']) ?? 0, inputTokens - cachedInputTokens)
  return {
    inputTokens,
    cachedInputTokens,
    outputTokens,
    ...(written > 0 ? { cacheWriteTokens: written } : {}),
    isEstimated: false,
  }
}

function readCount(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined
}

function readContent(content: unknown): string {
  if (typeof content === 'string') return content
  if (!Array.isArray(content)) return ''
  return content
    .map((part: unknown) => (isFields(part) && typeof part['text'] === 'string' ? part['text'] : ''))
    .join('')
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function malformed(reason: string): MurmurError {
  return new MurmurError('MUR_MODEL_MALFORMED', { reason })
}
