import type { OpenAI } from 'openai/client'
import { MurmurError } from '../../errors.ts'
import type { ChatReply, ChatRequest, CompleteOptions, ModelProfile, ProfiledModel } from '../chat-model.ts'
import { CallWatch } from './call-watch.ts'
import { withReadableErrors } from './error-body.ts'
import { readFailure, toModelError } from './openai-errors.ts'
import { type Answered, estimateUsage, ReplyAssembler } from './openai-reply.ts'
import { toRequestBody } from './openai-request.ts'
import { EventReader } from './read-events.ts'
import { adaptDialect, initialDialect, type WireDialect } from './wire-dialect.ts'

export interface OpenAiModelOptions {
  readonly profile: ModelProfile
  /** May be any text for servers that ask for none. */
  readonly apiKey: string
  readonly baseUrl: string
  /**
   * To the first byte and between two pieces, not in all. Default 30,000, and 120,000 for models that think before they
   * speak; an answer that is not streamed gets 20 ms more for each token it may have, because its first byte comes
   * last.
   */
  readonly timeoutMs?: number
  readonly now: () => number
  readonly fetch?: typeof fetch
}

/** One reply's bytes; far above any model's longest answer. */
const maxReplyCharacters = 16_000_000
/** A server may dislike several parameters; each is said another way once. */
const maxAdaptations = 4
const slowestMsPerToken = 20
const drainMs = 1_000

/**
 * A chat model behind any server that speaks OpenAI's Chat Completions API. Retries nothing; see resilient-model.ts.
 */
export function createOpenAiModel(options: OpenAiModelOptions): ProfiledModel {
  return new OpenAiModel(options)
}

class OpenAiModel implements ProfiledModel {
  readonly profile: ModelProfile
  readonly #options: OpenAiModelOptions
  #client: Promise<OpenAI> | undefined
  /** What this server understood last; kept for the next calls. */
  #dialect: WireDialect

  constructor(options: OpenAiModelOptions) {
    this.profile = options.profile
    this.#options = options
    this.#dialect = initialDialect(options.profile)
  }

  async complete(request: ChatRequest, options: CompleteOptions): Promise<ChatReply> {
    if (options.signal.aborted) throw new MurmurError('MUR_RUN_CANCELLED')
    const startedAtMs = this.#options.now()
    const client = await (this.#client ??= createClient(this.#options))
    let dialect = this.#dialect
    for (let adaptations = 0; ; adaptations++) {
      try {
        const answered = await this.#attempt(client, dialect, request, options)
        this.#dialect = dialect
        return this.#reply(request, answered, startedAtMs)
      } catch (error) {
        const refusal = readFailure(error)
        const next = refusal && adaptations < maxAdaptations ? adaptDialect(dialect, refusal, request) : undefined
        if (!next) throw toModelError(error, this.profile, this.#options.apiKey, this.#options.now())
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
      return await readReply(response, watch, isStreamed ? options.onText : undefined)
    } catch (error) {
      throw watch.verdict() ?? error
    } finally {
      watch.stop()
    }
  }

  #times(request: ChatRequest, isStreamed: boolean): { firstByteMs: number; quietMs: number } {
    const { timeoutMs } = this.#options
    if (timeoutMs !== undefined) return { firstByteMs: timeoutMs, quietMs: timeoutMs }
    const effort = this.#dialect.reasoningEffort ?? 'none'
    const quietMs = effort === 'none' ? 30_000 : 120_000
    return { quietMs, firstByteMs: isStreamed ? quietMs : quietMs + request.maxOutputTokens * slowestMsPerToken }
  }

  #reply(request: ChatRequest, answered: Answered, startedAtMs: number): ChatReply {
    const { text, toolCalls, finishReason } = answered
    return {
      text,
      toolCalls,
      finishReason,
      usage: answered.usage ?? estimateUsage(request, answered),
      modelId: this.profile.id,
      latencyMs: this.#options.now() - startedAtMs,
    }
  }
}

/**
 * The SDK takes about 70 ms to load, so it is loaded with the first call; `openai/client` leaves Azure, Bedrock and
 * helpers out.
 */
async function createClient(options: OpenAiModelOptions): Promise<OpenAI> {
  const { OpenAI } = await import('openai/client')
  return new OpenAI({
    apiKey: options.apiKey,
    baseURL: options.baseUrl,
    maxRetries: 0,
    // Our own watch ends calls; the SDK's clock only has to be slower.
    timeout: 3_600_000,
    // Its log would show request text; what matters is in the error.
    logLevel: 'off',
    // Null keeps it from reading the environment, which only app/config.ts does.
    organization: null,
    project: null,
    adminAPIKey: null,
    webhookSecret: null,
    fetch: withReadableErrors(options.fetch ?? fetch),
  })
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
  let characters = 0
  await readText(response, watch, (text) => {
    characters += text.length
    if (characters > maxReplyCharacters) throw new MurmurError('MUR_MODEL_MALFORMED', { reason: 'too long' })
    isPlain ??= /^\s*$/.test(text) ? undefined : /^\s*[{[]/.test(text)
    if (isPlain === true) plain += text
    else events.feed(text)
    return isDone
  })
  if (isPlain === true) assembler.add(parse(plain))
  else events.end()
  return assembler.finish(isPlain === true || isDone)
}

/** @param onPiece returns true when nothing more needs to be read */
async function readText(response: Response, watch: CallWatch, onPiece: (text: string) => boolean): Promise<void> {
  watch.refresh()
  if (!response.body) return
  const reader = response.body.getReader()
  const decoder = new TextDecoder()
  let isEnough = false
  try {
    while (!isEnough) {
      const { done, value } = await reader.read()
      if (done) return
      watch.refresh()
      isEnough = onPiece(decoder.decode(value, { stream: true }))
    }
  } catch (error) {
    reader.cancel().catch(() => undefined)
    throw error
  }
  void drain(reader)
}

/**
 * Reads what follows the end mark, which should be nothing: a connection whose answer was read to its end is used
 * again.
 */
async function drain(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<void> {
  const timer = setTimeout(() => {
    reader.cancel().catch(() => undefined)
  }, drainMs)
  timer.unref()
  try {
    for (let pieces = 0; pieces < 16 && !(await reader.read()).done; pieces++);
    await reader.cancel()
  } catch {
    // The answer is already complete; a connection that breaks now is just not used again.
  } finally {
    clearTimeout(timer)
  }
}

/** @returns true for the end mark */
function addEvent(assembler: ReplyAssembler, data: string): boolean {
  if (data === '[DONE]') return true
  assembler.add(parse(data))
  return false
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new MurmurError('MUR_MODEL_MALFORMED', { reason: 'not JSON' }, { cause: error })
  }
}
