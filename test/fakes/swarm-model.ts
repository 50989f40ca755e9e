import { MurmurError } from '../../src/errors.ts'
import type { ChatReply, ChatRequest, CompleteOptions, ModelProfile, ProfiledModel, TokenUsage } from '../../src/agents/chat-model.ts'
import { aProfile } from './model-profile.ts'

/** One call as the script sees it. */
export interface SwarmCall {
  /** Name of the form that was asked for; `work` for plain words. */
  readonly form: string
  /** `m2`, `j1`. */
  readonly speaker: string
  readonly request: ChatRequest
  /** Calls begun before this one. */
  readonly before: number
}

/** A value of the form, plain words, an error to throw, or `hangs`: nothing until the call is aborted. */
export type SwarmScript = (call: SwarmCall) => unknown

const usage: TokenUsage = { inputTokens: 100, cachedInputTokens: 0, outputTokens: 50, isEstimated: false }

/** A model that answers turns of a swarm by who is asked for what, and remembers how many calls were under way at once. */
export class SwarmModel implements ProfiledModel {
  readonly profile: ModelProfile
  readonly calls: SwarmCall[] = []
  mostAtOnce = 0
  readonly #script: SwarmScript
  readonly #waiting: { readonly calls: number; readonly resolve: () => void }[] = []
  #atOnce = 0

  constructor(script: SwarmScript, profile: Partial<ModelProfile> = {}) {
    this.#script = script
    this.profile = aProfile({ maxOutputTokens: 1_000, ...profile })
  }

  /** Settles once so many calls were begun. */
  async called(calls: number): Promise<void> {
    if (this.calls.length >= calls) return
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#waiting.push({ calls, resolve })
    await promise
  }

  async complete(request: ChatRequest, { signal }: CompleteOptions): Promise<ChatReply> {
    if (signal.aborted) throw new MurmurError('MUR_RUN_CANCELLED')
    const system = request.messages[0]?.content ?? ''
    const call: SwarmCall = { form: request.responseSchema?.name ?? 'work', speaker: /You are ([mj]\d+),/.exec(system)?.[1] ?? '', request, before: this.calls.length }
    this.calls.push(call)
    this.mostAtOnce = Math.max(this.mostAtOnce, ++this.#atOnce)
    for (const { calls, resolve } of this.#waiting) if (this.calls.length >= calls) resolve()
    try {
      const said = this.#script(call)
      if (said === 'hangs') await aborted(signal)
      // A round's calls are all begun before the first of them ends.
      for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve))
      if (said instanceof Error) throw said
      return { text: typeof said === 'string' ? said : JSON.stringify(said), toolCalls: [], finishReason: 'stop', usage, modelId: this.profile.id, latencyMs: 1 }
    } finally {
      this.#atOnce--
    }
  }
}

async function aborted(signal: AbortSignal): Promise<never> {
  if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }))
  throw new MurmurError('MUR_RUN_CANCELLED')
}
