import type { ChatModel, ChatReply, ChatRequest, CompleteOptions, ModelProfile } from '../../agents/chat-model.ts'
import { priceMicroUsd } from '../../agents/price.ts'
import { asMurmurError, type MurmurError } from '../../errors.ts'
import type { BudgetLedger, LedgerEntry } from '../../storage/budget-ledger.ts'
import type { StepJournal } from '../../storage/step-journal.ts'

/** Who a call is made for. */
export type Payer = Pick<LedgerEntry, 'workspaceId' | 'goalId' | 'userId' | 'runId'>

export interface MeterDeps {
  readonly journal: StepJournal
  readonly ledger: BudgetLedger
  readonly payer: Payer
  /** Price of the profile that answered; undefined when the catalogue does not know it. */
  readonly profileOf: (modelId: string) => ModelProfile | undefined
  readonly nowMs: () => number
}

/** The model calls of one run: each is journaled, so that it is paid once, and stands in the ledger. */
export class RunMeter {
  readonly #deps: MeterDeps
  #spentMicroUsd = 0
  readonly #modelIds = new Set<string>()

  constructor(deps: MeterDeps) {
    this.#deps = deps
  }

  /** What the run's calls cost so far, those of earlier attempts that were read back included. */
  get spentMicroUsd(): number {
    return this.#spentMicroUsd
  }

  get modelIds(): readonly string[] {
    return [...this.#modelIds]
  }

  /** A model whose n-th call is the step `model:<scope>:<n>`; the caller makes its calls in the same order each time. */
  metered(scope: string, model: ChatModel, modelId: string): ChatModel {
    let calls = 0
    return {
      complete: (request, options) => this.#complete(`model:${scope}:${calls++}`, model, modelId, request, options),
    }
  }

  async #complete(stepKey: string, model: ChatModel, modelId: string, request: ChatRequest, options: CompleteOptions): Promise<ChatReply> {
    const { journal, ledger } = this.#deps
    const isStored = journal.has(stepKey)
    const call = async (): Promise<ChatReply> => {
      const startedAtMs = this.#deps.nowMs()
      try {
        return await model.complete(request, options)
      } catch (error) {
        await ledger.appendAlone(this.#failedEntry(stepKey, modelId, asMurmurError(error), startedAtMs))
        throw error
      }
    }
    const reply = await journal.once(stepKey, call, {
      alongside: (trx, finished) => ledger.append(trx, this.#entry(stepKey, finished)),
    })
    // A stored reply was not streamed in this attempt; whoever listens gets it whole.
    if (isStored && reply.text !== '') options.onText?.(reply.text)
    this.#spentMicroUsd += this.#price(reply) ?? 0
    this.#modelIds.add(reply.modelId)
    return reply
  }

  #price(reply: ChatReply): number | undefined {
    const profile = this.#deps.profileOf(reply.modelId)
    const price = profile ? priceMicroUsd(profile, reply.usage) : 'unknown'
    return price === 'unknown' ? undefined : price
  }

  #entry(stepKey: string, reply: ChatReply): LedgerEntry {
    const { usage, modelId, latencyMs } = reply
    return {
      ...this.#deps.payer,
      stepKey,
      modelId,
      outcome: 'ok',
      amountMicroUsd: this.#price(reply),
      inputTokens: usage.inputTokens,
      cachedInputTokens: usage.cachedInputTokens,
      outputTokens: usage.outputTokens,
      latencyMs,
      atMs: this.#deps.nowMs(),
    }
  }

  #failedEntry(stepKey: string, modelId: string, error: MurmurError, startedAtMs: number): LedgerEntry {
    const atMs = this.#deps.nowMs()
    const nothing = { amountMicroUsd: 0, inputTokens: 0, cachedInputTokens: 0, outputTokens: 0 }
    return { ...this.#deps.payer, stepKey, modelId, outcome: error.code, ...nothing, latencyMs: atMs - startedAtMs, atMs }
  }
}
