import { MurmurError } from '../../src/errors.ts'
import type {
  ChatReply,
  ChatRequest,
  CompleteOptions,
  ModelProfile,
  ProfiledModel,
  ToolCall,
} from '../../src/agents/chat-model.ts'
import { aProfile } from './model-profile.ts'

/** One call's outcome, in the order of the calls. */
export interface ScriptStep extends Partial<Omit<ChatReply, 'toolCalls'>> {
  readonly toolCalls?: readonly (Partial<ToolCall> & Pick<ToolCall, 'name'>)[]
  /** Text as it is streamed; joined it is the reply's text. Default: the text in one piece. */
  readonly pieces?: readonly string[]
  /** Thrown after the pieces. */
  readonly error?: Error
  /** Answers nothing after the pieces until the call is aborted. */
  readonly hangs?: boolean
}

/** A model that says what its script says, and fails on a call too many; {@link assertDone} fails on steps left over. */
export class ScriptedModel implements ProfiledModel {
  readonly profile: ModelProfile
  readonly requests: ChatRequest[] = []
  readonly #steps: readonly ScriptStep[]
  readonly #waiting: { calls: number; resolve: () => void }[] = []
  #surplus = 0

  constructor(steps: readonly ScriptStep[], profile: Partial<ModelProfile> = {}) {
    this.#steps = steps
    this.profile = aProfile(profile)
  }

  async complete(request: ChatRequest, options: CompleteOptions): Promise<ChatReply> {
    if (options.signal.aborted) throw new MurmurError('MUR_RUN_CANCELLED')
    const step = this.#steps[this.requests.length]
    this.requests.push(request)
    for (const { calls, resolve } of this.#waiting) if (this.requests.length >= calls) resolve()
    if (!step) {
      this.#surplus++
      throw new MurmurError('MUR_BUG', {
        rule: `the script has ${this.#steps.length} steps, this is call ${this.requests.length}`,
      })
    }
    const pieces = step.pieces ?? (step.text === undefined ? [] : [step.text])
    if (request.responseSchema === undefined) for (const piece of pieces) options.onText?.(piece)
    if (step.error) throw step.error
    if (step.hangs) await aborted(options.signal)
    return this.#reply(step, pieces.join(''))
  }

  /** Settles once so many calls were made. */
  async called(calls: number): Promise<void> {
    if (this.requests.length >= calls) return
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#waiting.push({ calls, resolve })
    await promise
  }

  assertDone(): void {
    if (this.#surplus > 0) throw new Error(`${this.#surplus} calls more than the script has steps`)
    const left = this.#steps.length - this.requests.length
    if (left > 0) throw new Error(`${left} steps of the script were not played`)
  }

  #reply(step: ScriptStep, text: string): ChatReply {
    const toolCalls = (step.toolCalls ?? []).map((call, index) => ({
      id: `call_${this.requests.length}_${index}`,
      argumentsJson: '{}',
      ...call,
    }))
    return {
      text,
      toolCalls,
      finishReason: step.finishReason ?? (toolCalls.length > 0 ? 'tool_calls' : 'stop'),
      usage: step.usage ?? { inputTokens: 10, cachedInputTokens: 0, outputTokens: 5, isEstimated: false },
      modelId: step.modelId ?? this.profile.id,
      latencyMs: step.latencyMs ?? 0,
    }
  }
}

async function aborted(signal: AbortSignal): Promise<never> {
  if (!signal.aborted) {
    const { promise, resolve } = Promise.withResolvers<void>()
    signal.addEventListener(
      'abort',
      () => {
        resolve()
      },
      { once: true },
    )
    await promise
  }
  throw new MurmurError('MUR_RUN_CANCELLED')
}
