import { asMurmurError, MurmurError } from '../../errors.ts'
import type { FinishReason, TokenUsage, ToolCall } from '../chat-model.ts'
import { type Answered, ErrorInReply } from './openai-reply.ts'

type Fields = Readonly<Record<string, unknown>>

const maxToolCalls = 128

/** Puts the lines of one answer of `/api/chat` together, reading each field as untrusted. */
export class OllamaReply {
  #text = ''
  #doneReason = ''
  #usage: TokenUsage | undefined
  #isDone = false
  readonly #calls: ToolCall[] = []
  readonly #onText: ((delta: string) => void) | undefined

  constructor(onText: ((delta: string) => void) | undefined) {
    this.#onText = onText
  }

  get isDone(): boolean {
    return this.#isDone
  }

  /** @throws {ErrorInReply} for an error, which comes as a line of its own once the stream has begun */
  add(line: unknown): void {
    if (!isFields(line)) throw malformed('not an object')
    if (typeof line['error'] === 'string') throw new ErrorInReply({ message: line['error'], code: line['status'] })
    if (isFields(line['message'])) this.#addMessage(line['message'])
    if (line['done'] !== true) return
    this.#isDone = true
    this.#doneReason = typeof line['done_reason'] === 'string' ? line['done_reason'] : ''
    this.#usage = readUsage(line)
  }

  /** @throws {MurmurError} MUR_MODEL_MALFORMED for a reply that says nothing, MUR_MODEL_DOWN for one that broke off */
  finish(): Answered {
    const isEmpty = this.#text === '' && this.#calls.length === 0
    if (!this.#isDone && !isEmpty) throw new MurmurError('MUR_MODEL_DOWN', { reason: 'the answer broke off' })
    if (isEmpty && this.#doneReason !== 'length') throw malformed('empty answer')
    return { text: this.#text, toolCalls: this.#calls, finishReason: this.#finishReason(), usage: this.#usage }
  }

  #finishReason(): FinishReason {
    if (this.#doneReason === 'length') return 'length'
    return this.#calls.length > 0 ? 'tool_calls' : 'stop'
  }

  /** What a model thinks stands in `thinking`, and stays there. */
  #addMessage(message: Fields): void {
    const text = message['content']
    if (typeof text === 'string' && text !== '') {
      this.#text += text
      this.#show(text)
    }
    if (!Array.isArray(message['tool_calls'])) return
    for (const call of message['tool_calls'] as unknown[]) this.#addCall(call)
  }

  /** Calls come whole, with their arguments as an object; versions before 0.12 give them no id. */
  #addCall(call: unknown): void {
    const wanted = isFields(call) ? call['function'] : undefined
    if (!isFields(call) || !isFields(wanted) || typeof wanted['name'] !== 'string' || wanted['name'] === '')
      throw malformed('tool call without a name')
    if (this.#calls.length >= maxToolCalls) throw malformed('too many tool calls')
    const id = typeof call['id'] === 'string' && call['id'] !== '' ? call['id'] : `call_${this.#calls.length}`
    const given = wanted['arguments']
    const argumentsJson = typeof given === 'string' ? given : JSON.stringify(given ?? {})
    this.#calls.push({ id, name: wanted['name'], argumentsJson })
  }

  /** A listener that throws is our bug, not the connection's. */
  #show(text: string): void {
    try {
      this.#onText?.(text)
    } catch (error) {
      throw asMurmurError(error)
    }
  }
}

/** A prompt that was read from the cache as a whole is not counted: then both are estimated. */
function readUsage(line: Fields): TokenUsage | undefined {
  const inputTokens = line['prompt_eval_count']
  const outputTokens = line['eval_count']
  if (!isCount(inputTokens) || !isCount(outputTokens)) return undefined
  return { inputTokens, cachedInputTokens: 0, outputTokens, isEstimated: false }
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function malformed(reason: string): MurmurError {
  return new MurmurError('MUR_MODEL_MALFORMED', { reason })
}
