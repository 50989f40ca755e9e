import type { OpenAI } from 'openai/client'
import { MurmurError } from '../../errors.ts'
import type { ChatReply, ChatRequest, CompleteOptions, ModelProfile, ProfiledModel } from '../chat-model.ts'
import { readRateLimit } from '../rate-limit.ts'
import { CallWatch } from './call-watch.ts'
import { withReadableErrors } from './error-body.ts'
import { readFailure, toModelError } from './openai-errors.ts'
import { type Answered, ReplyAssembler, toChatReply } from './openai-reply.ts'
import { toRequestBody } from './openai-request.ts'
import { parseJson, readBody } from './read-body.ts'
import { EventReader } from './read-events.ts'
import { adaptDialect, initialDialect, type WireDialect } from './wire-dialect.ts'

export interface ChatCompletionsOptions {
  readonly profile: ModelProfile
  /** Taken out of the texts of errors. */
  readonly apiKey: string
  /** Makes the SDK's client; called with the first call, because loading the SDK takes about 70 ms. */
  readonly connect: () => Promise<OpenAI>
  /** What is known beforehand of how the server wants to be asked. */
  readonly dialect?: Partial<WireDialect>
  /** See the provider's options. */
  readonly timeoutMs?: number | undefined
  readonly now: () => number
}

/** A server may dislike several parameters; each is said another way once. */
const maxAdaptations = 4
const slowestMsPerToken = 20

/** A chat model behind the Chat Completions protocol, whoever serves it. Retries nothing; see resilient-model.ts. */
export function createChatCompletionsModel(options: ChatCompletionsOptions): ProfiledModel {
  return new ChatCompletionsModel(options)
}

/**
 * What every client of the SDK is made with.
 * Null keeps it from reading the environment, which only app/config.ts does.
 */
export const clientSettings = (request: typeof fetch = fetch) => ({
  maxRetries: 0,
  // Our own watch ends calls; the SDK's clock only has to be slower.
  timeout: 3_600_000,
  // Its log would show request text; what matters is in the error.
  logLevel: 'off' as const,
  organization: null,
  project: null,
  adminAPIKey: null,
  webhookSecret: null,
  fetch: withReadableErrors(request),
})

class ChatCompletionsModel implements ProfiledModel {
  readonly profile: ModelProfile
  readonly #options: ChatCompletionsOptions
  #client: Promise<OpenAI> | undefined
  /** What this server understood last; kept for the next calls. */
  #dialect: WireDialect

  constructor(options: ChatCompletionsOptions) {
    this.profile = options.profile
    this.#options = options
    this.#dialect = { ...initialDialect(options.profile), ...options.dialect }
  }

  async complete(request: ChatRequest, options: CompleteOptions): Promise<ChatReply> {
    if (options.signal.aborted) throw new MurmurError('MUR_RUN_CANCELLED')
    const startedAtMs = this.#options.now()
    const client = await (this.#client ??= this.#options.connect())
    let dialect = this.#dialect
    for (let adaptations = 0; ; adaptations++) {
      try {
        const answered = await this.#attempt(client, dialect, request, options)
        this.#dialect = dialect
        return toChatReply(this.profile, request, answered, this.#options.now() - startedAtMs)
      } catch (error) {
        const refusal = readFailure(error)
        const next = refusal && adaptations < maxAdaptations ? adaptDialect(dialect, refusal, request) : undefined
        if (!next) {
          this.#observeLimit(refusal?.headers, options)
          throw toModelError(error, this.profile, this.#options.apiKey, this.#options.now())
        }
        dialect = next
      }
    }
  }

  async #attempt(
    client: OpenAI,
    dialect: WireDialect,
    request: ChatRequest,
    options: CompleteOptions,
  ): Promise<Answered> {
    const isStreamed = options.onText !== undefined && request.responseSchema === undefined
    const { firstByteMs, quietMs } = this.#times(request, isStreamed)
    const watch = new CallWatch(options.signal, firstByteMs, quietMs)
    try {
      const body = toRequestBody(request, this.profile, dialect, isStreamed)
      const response = await client.chat.completions.create(body, { signal: watch.signal }).asResponse()
      this.#observeLimit(response.headers, options)
      return await readReply(response, watch, isStreamed ? options.onText : undefined)
    } catch (error) {
      throw watch.verdict() ?? error
    } finally {
      watch.stop()
    }
  }

  #observeLimit(headers: Headers | undefined, { onRateLimit }: CompleteOptions): void {
    const seen = onRateLimit && headers ? readRateLimit(headers, this.#options.now()) : undefined
    if (seen) onRateLimit?.(seen)
  }

  #times(request: ChatRequest, isStreamed: boolean): { firstByteMs: number; quietMs: number } {
    const { timeoutMs } = this.#options
    if (timeoutMs !== undefined) return { firstByteMs: timeoutMs, quietMs: timeoutMs }
    const effort = this.#dialect.reasoningEffort ?? 'none'
    const quietMs = effort === 'none' ? 30_000 : 120_000
    return { quietMs, firstByteMs: isStreamed ? quietMs : quietMs + request.maxOutputTokens * slowestMsPerToken }
  }
}

/**
 * Reads a plain or a streamed answer, whichever the server chose to send.
 * Decides by the first character, because content types lie: a completion begins with a brace, an event stream never
 * does.
 */
async function readReply(
  response: Response,
  watch: CallWatch,
  onText: ((delta: string) => void) | undefined,
): Promise<Answered> {
  const assembler = new ReplyAssembler(onText)
  const events = new EventReader((data) => {
    isDone = addEvent(assembler, data) || isDone
  })
  let isDone = false
  let plain = ''
  let isPlain: boolean | undefined
  await readBody(response, watch, (text) => {
    isPlain ??= /^\s*$/.test(text) ? undefined : /^\s*[{[]/.test(text)
    if (isPlain === true) plain += text
    else events.feed(text)
    return isDone
  })
  if (isPlain === true) assembler.add(parseJson(plain))
  else events.end()
  return assembler.finish(isPlain === true || isDone)
}

/** @returns true for the end mark */
function addEvent(assembler: ReplyAssembler, data: string): boolean {
  if (data === '[DONE]') return true
  assembler.add(parseJson(data))
  return false
}
