import type { ServerResponse } from 'node:http'
import { ApiError } from './api-error.ts'
import type { Completion } from './chat-completions.ts'
import { complete, completionBody, completionEvents } from './chat-completions.ts'
import type { ChatRequest } from './chat-request.ts'
import { readChatRequest, readModel } from './chat-request.ts'
import { composeAnswer } from './compose-answer.ts'
import { countPromptTokens } from './count-tokens.ts'
import { countEmbeddingTokens, embed, readEmbeddingRequest } from './embeddings.ts'
import type { Fault } from './faults.ts'
import { FaultQueue } from './faults.ts'
import { Gate } from './gate.ts'
import type { AnswerHook, OfflineModelOptions } from './offline-model.ts'
import { faultError, spoilReply } from './play-fault.ts'
import { PromptCache } from './prompt-cache.ts'
import type { Conversation } from './read-conversation.ts'
import { readConversation } from './read-conversation.ts'
import type { Reply } from './reply.ts'
import type { OpenEntry } from './request-journal.ts'
import { RequestJournal } from './request-journal.ts'
import type { StreamStop } from './stream-reply.ts'
import { pause, streamReply, untilGone } from './stream-reply.ts'

const defaultChunkSize = 24
const defaultJournalLimit = 10_000
const defaultSlowMs = 1_000
/**
 * Clients drop what they have not read yet when a connection breaks: what was sent before a cut needs a moment to be
 * read.
 */
const beforeCutMs = 20

type Body = Readonly<Record<string, unknown>>

/** One call on its way through the server. */
interface Call {
  readonly entry: OpenEntry
  readonly body: Body
  readonly response: ServerResponse
  readonly signal: AbortSignal
  readonly fault: Fault | undefined
  /** Where the gate holds it; see Gate.placeFor. */
  readonly holdAt: number | undefined
}

/** Serves the two kinds of calls: journal, fault, gate, latency, answer, in this order. */
export class CallServer {
  readonly journal: RequestJournal
  readonly faults = new FaultQueue()
  readonly gate: Gate
  answer: AnswerHook | undefined
  isClosing = false
  readonly #options: OfflineModelOptions
  readonly #now: () => number
  readonly #cache = new PromptCache()

  constructor(options: OfflineModelOptions, onChange: () => void) {
    this.#options = options
    this.#now = options.now ?? Date.now
    this.answer = options.answer
    this.journal = new RequestJournal(options.journalLimit ?? defaultJournalLimit, onChange)
    this.gate = new Gate(onChange)
  }

  /** Never rejects: what goes wrong becomes an error answer. */
  async serve(kind: 'chat' | 'embeddings', body: Body, response: ServerResponse): Promise<void> {
    const call = this.#open(kind, body, response)
    try {
      const model = readModel(body)
      if (this.#options.models?.includes(model) === false) {
        throw new ApiError(404, `The model '${model}' does not exist or you do not have access to it.`, {
          code: 'model_not_found',
        })
      }
      await this.#delay(call)
      if (call.signal.aborted) return
      if (kind === 'chat') await this.#chat(call)
      else await this.#embed(call)
    } catch (error) {
      this.#fail(call, error)
    }
  }

  #open(kind: 'chat' | 'embeddings', body: Body, response: ServerResponse): Call {
    const model = typeof body['model'] === 'string' ? body['model'] : ''
    const entry = this.journal.open({ at: this.#now(), kind, model, body })
    const gone = new AbortController()
    response.once('finish', () => {
      this.journal.end(entry, 'finished')
    })
    response.once('close', () => {
      if (response.writableFinished) return
      this.journal.end(entry, this.isClosing ? 'cut' : 'aborted')
      gone.abort()
    })
    const fault = this.faults.take(kind, body)
    entry.fault = fault?.kind
    return { entry, body, response, signal: gone.signal, fault, holdAt: this.gate.placeFor(body) }
  }

  async #delay(call: Call): Promise<void> {
    if (call.holdAt === 0) await this.gate.wait(call.signal)
    const slowMs = call.fault?.kind === 'slow' ? (call.fault.delayMs ?? defaultSlowMs) : 0
    const delayMs = (this.#options.latencyMs ?? 0) + slowMs
    if (delayMs > 0) await pause(delayMs, call.signal)
  }

  async #chat(call: Call): Promise<void> {
    const request = readChatRequest(call.body)
    const promptTokens = countPromptTokens(request)
    this.#checkWindow(promptTokens)
    if (call.fault !== undefined && (await this.#playEarly(call, call.fault))) return
    const meant = await this.#reply(call, request)
    const reply = spoilReply(call.fault, request, meant)
    if (reply.delayMs !== undefined) await pause(reply.delayMs, call.signal)
    if (call.signal.aborted) return
    if (reply.error !== undefined) throw scriptedError(reply.error)
    const completion = complete(request, reply, {
      number: call.entry.id,
      createdSeconds: Math.floor(call.entry.at / 1000),
      promptTokens,
      cachedTokens: this.#cache.cachedTokens(request, promptTokens),
    })
    this.journal.setUsage(call.entry, completion.usage)
    // Garbage that could not be put into the content goes around it.
    const isGarbled = call.fault?.kind === 'garbage_json' && reply === meant
    if (request.stream) await this.#stream(call, request, completion, isGarbled)
    else await this.#sendWhole(call, completionBody(completion), isGarbled)
  }

  async #reply(call: Call, request: ChatRequest): Promise<Reply> {
    const read = (): Conversation => readConversation(request, call.entry.at)
    if (this.answer === undefined) return composeAnswer(request, read())
    const scripted = await this.answer(request, {
      id: call.entry.id,
      // Read on demand: most hooks look at the request only, and reading costs more than the rest of a call.
      get conversation() {
        return read()
      },
      signal: call.signal,
      fallback: () => composeAnswer(request, read()),
    })
    return typeof scripted === 'string' ? { text: scripted } : (scripted ?? composeAnswer(request, read()))
  }

  async #embed(call: Call): Promise<void> {
    const request = readEmbeddingRequest(call.body)
    if (call.fault !== undefined && (await this.#playEarly(call, call.fault))) return
    const promptTokens = countEmbeddingTokens(request)
    this.journal.setUsage(call.entry, { promptTokens, completionTokens: 0, cachedTokens: 0 })
    await this.#sendWhole(call, embed(request, call.entry.model, promptTokens), call.fault?.kind === 'garbage_json')
  }

  /** Plays what happens before any byte is sent. Resolves to whether that was all. */
  async #playEarly(call: Call, fault: Fault): Promise<boolean> {
    const error = faultError(fault)
    if (error !== undefined) throw error
    if (fault.afterChunks !== undefined) return false
    if (fault.kind === 'hang') await untilGone(call.signal)
    else if (fault.kind === 'disconnect') this.#cut(call)
    else return false
    return true
  }

  async #stream(call: Call, request: ChatRequest, completion: Completion, isGarbled: boolean): Promise<void> {
    const events = completionEvents(completion, request.includeUsage, this.#options.chunkSize ?? defaultChunkSize)
    const stops: StreamStop[] = []
    const { fault, holdAt } = call
    if (holdAt !== undefined && holdAt > 0) {
      stops.push({
        after: holdAt,
        act: async () => {
          await this.gate.wait(call.signal)
          return true
        },
      })
    }
    const isLate = isGarbled || fault?.kind === 'garbage_sse' || fault?.afterChunks !== undefined
    if (fault !== undefined && isLate)
      stops.push({ after: fault.afterChunks ?? 1, act: () => this.#playLate(call, fault) })
    call.entry.status = 200
    await streamReply(call.response, events, {
      chunkDelayMs: this.#options.chunkDelayMs ?? 0,
      stops,
      signal: call.signal,
    })
  }

  async #playLate(call: Call, fault: Fault): Promise<boolean> {
    if (fault.kind === 'garbage_sse' || fault.kind === 'garbage_json')
      call.response.end('data: {"id":"chatcmpl-offl\n\ndata: [DONE]\n\n')
    else if (fault.kind === 'hang') await untilGone(call.signal)
    else if (fault.kind === 'disconnect') {
      await pause(beforeCutMs, call.signal)
      this.#cut(call)
    } else return true
    return false
  }

  async #sendWhole(call: Call, body: object, isGarbled: boolean): Promise<void> {
    const { fault, response, entry } = call
    const text = isGarbled ? '{"id":"chatcmpl-offl<html>' : JSON.stringify(body)
    entry.status = 200
    response.writeHead(200, {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(text),
      'x-request-id': `req_offline_${entry.id}`,
    })
    if (fault?.afterChunks === undefined || !(fault.kind === 'hang' || fault.kind === 'disconnect')) {
      response.end(text)
      return
    }
    response.write(text.slice(0, text.length / 2))
    await this.#playLate(call, fault)
  }

  #cut(call: Call): void {
    this.journal.end(call.entry, 'cut')
    call.response.destroy()
  }

  #checkWindow(promptTokens: number): void {
    const limit = this.#options.contextTokens
    if (limit === undefined || promptTokens <= limit) return
    throw new ApiError(
      400,
      `This model's maximum context length is ${limit} tokens. However, your messages resulted in ${promptTokens} `
        + 'tokens. Please reduce the length of the messages.',
      { param: 'messages', code: 'context_length_exceeded' },
    )
  }

  #fail(call: Call, error: unknown): void {
    if (call.response.headersSent || call.response.destroyed) {
      call.response.destroy()
      return
    }
    const known = error instanceof ApiError ? error : new ApiError(500, `The offline model failed: ${String(error)}`)
    const text = JSON.stringify(known)
    call.entry.status = known.status
    call.response.writeHead(known.status, {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(text),
      'x-request-id': `req_offline_${call.entry.id}`,
      ...(known.retryAfterSeconds !== undefined && { 'retry-after': String(known.retryAfterSeconds) }),
    })
    call.response.end(text)
  }
}

function scriptedError(error: NonNullable<Reply['error']>): ApiError {
  const { status, message, ...details } = error
  return new ApiError(status, message ?? 'A scripted error.', details)
}
