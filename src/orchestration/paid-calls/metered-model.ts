import type { ChatModel, ChatReply, ChatRequest, CompleteOptions, ModelProfile } from '../../agents/chat-model.ts'
import { fitWindow } from '../../agents/fit-window.ts'
import { priceMicroUsd } from '../../agents/price.ts'
import { asMurmurError, MurmurError } from '../../errors.ts'
import type { BudgetLedger, LedgerEntry } from '../../storage/budget-ledger.ts'
import type { ScopeState } from '../../storage/budget-store.ts'
import type { Database, Trx } from '../../storage/database.ts'
import type { StepJournal } from '../../storage/step-journal.ts'
import type { BudgetGuard, Hold, Warning } from './budget-guard.ts'
import type { Payer } from './budget-limits.ts'
import { worstCaseOf, type NamedModel } from './worst-case.ts'

export interface MeterDeps {
  readonly database: Database
  readonly journal: StepJournal
  readonly ledger: BudgetLedger
  readonly guard: BudgetGuard
  readonly payer: Payer
  readonly profileOf: (modelId: string) => ModelProfile | undefined
  /** Models that can serve a request: asked for when the wanted one does not fit the budget. */
  readonly alternativesFor: (request: ChatRequest) => readonly NamedModel[]
  readonly nowMs: () => number
}

/** A call under way: which model makes it, and the money held for it. */
interface PaidCall {
  readonly named: NamedModel
  readonly hold: Hold
}

/** The model calls of one run: each is under the budget, journaled, so that it is paid once, and stands in the ledger. */
export class RunMeter {
  readonly #deps: MeterDeps
  readonly #modelIds = new Set<string>()
  /** Where the scopes stood after this run's last call. */
  #states: readonly ScopeState[] = []
  #spentMicroUsd = 0
  #hasUsedCheaper = false
  #calls = 0
  #largestHoldMicroUsd = 0

  constructor(deps: MeterDeps) {
    this.#deps = deps
  }

  /** What the run's calls cost so far, those of earlier attempts that were read back included. */
  get spentMicroUsd(): number {
    return this.#spentMicroUsd
  }

  /** Calls that came to an end so far, those that were read back included. */
  get calls(): number {
    return this.#calls
  }

  /** The most that was held for one call of this attempt; 0 before the first. */
  get largestHoldMicroUsd(): number {
    return this.#largestHoldMicroUsd
  }

  /** Why the budget has no room for so much more, if it has none. */
  foresee(worstMicroUsd: number): Promise<MurmurError | undefined> {
    return this.#deps.guard.foresee(this.#deps.payer, worstMicroUsd)
  }

  get modelIds(): readonly string[] {
    return [...this.#modelIds]
  }

  /** True when the budget made a cheaper model take the place of the wanted one. */
  get hasUsedCheaper(): boolean {
    return this.#hasUsedCheaper
  }

  /** Caps that this run's calls have come near and of which nobody was told today; the caller tells it. */
  takeWarnings(): Promise<readonly Warning[]> {
    return this.#deps.guard.takeWarnings(this.#deps.payer, this.#states)
  }

  /** A model whose n-th call is the step `model:<scope>:<n>`; the caller makes its calls in the same order each time. */
  metered(scope: string, named: NamedModel): ChatModel {
    let calls = 0
    return { complete: (request, options) => this.#complete(`model:${scope}:${calls++}`, named, request, options) }
  }

  async #complete(stepKey: string, wanted: NamedModel, asked: ChatRequest, options: CompleteOptions): Promise<ChatReply> {
    const { journal } = this.#deps
    const request = fitWindow(asked, smallestWindow(wanted))
    const isStored = journal.has(stepKey)
    let paid: PaidCall | undefined
    const effect = async (): Promise<ChatReply> => {
      paid = await this.#hold(stepKey, wanted, request)
      return this.#call(stepKey, paid, request, options)
    }
    const reply = await journal.once(stepKey, effect, {
      alongside: async (trx, finished) => {
        if (paid) this.#states = await this.#settle(trx, stepKey, paid, wanted, finished)
      },
    })
    // A stored reply was not streamed in this attempt; whoever listens gets it whole.
    if (isStored && reply.text !== '') options.onText?.(reply.text)
    this.#calls++
    this.#spentMicroUsd += this.#price(reply) ?? 0
    this.#modelIds.add(reply.modelId)
    return reply
  }

  /** Holds the worst case of the wanted model or, where the budget has no room for it, of the best cheaper one that fits. */
  async #hold(stepKey: string, wanted: NamedModel, request: ChatRequest): Promise<PaidCall> {
    const worst = worstCaseOf(wanted, request)
    try {
      return await this.#holdFor(stepKey, wanted, worst)
    } catch (error) {
      if (!(error instanceof MurmurError) || error.code !== 'MUR_BUDGET_SPENT') throw error
      const cheaper = this.#cheaperThan(worst, request)
      const roomMicroUsd = roomLeft(error)
      for (const { named, worstMicroUsd } of cheaper) {
        // It would only be refused by the same cap.
        if (worstMicroUsd > roomMicroUsd) continue
        const paid = await this.#holdFor(stepKey, named, worstMicroUsd).catch(onlySpent)
        if (!paid) continue
        // The wanted model alone, without the dearer ones that would take over for it, is no other model.
        this.#hasUsedCheaper ||= named.profile.id !== wanted.profile.id
        return paid
      }
      const leastMicroUsd = Math.min(worst, ...cheaper.map(({ worstMicroUsd }) => worstMicroUsd))
      throw new MurmurError(error.code, { ...error.details, leastMicroUsd }, { cause: error })
    }
  }

  /** The best first, of equals the cheapest. */
  #cheaperThan(limitMicroUsd: number, request: ChatRequest) {
    return this.#deps
      .alternativesFor(request)
      .map((named) => ({ named, worstMicroUsd: worstCaseOf(named, request) }))
      .filter(({ worstMicroUsd }) => worstMicroUsd < limitMicroUsd)
      .toSorted((a, b) => b.named.profile.quality - a.named.profile.quality || a.worstMicroUsd - b.worstMicroUsd)
  }

  async #holdFor(stepKey: string, named: NamedModel, worstMicroUsd: number): Promise<PaidCall> {
    this.#largestHoldMicroUsd = Math.max(this.#largestHoldMicroUsd, worstMicroUsd)
    return { named, hold: await this.#deps.guard.reserve(this.#deps.payer, stepKey, worstMicroUsd) }
  }

  async #call(stepKey: string, paid: PaidCall, request: ChatRequest, options: CompleteOptions): Promise<ChatReply> {
    const { database, guard, ledger, nowMs } = this.#deps
    const startedAtMs = nowMs()
    try {
      return await paid.named.model.complete(request, options)
    } catch (error) {
      // Nothing came back that could be paid for, so what was held is given back.
      const entry = this.#failedEntry(stepKey, paid, asMurmurError(error), startedAtMs)
      await database.db.transaction().execute(async (trx) => {
        await guard.settle(trx, paid.hold, 0)
        await ledger.append(trx, entry)
      })
      throw error
    }
  }

  async #settle(trx: Trx, stepKey: string, { hold }: PaidCall, wanted: NamedModel, reply: ChatReply): Promise<readonly ScopeState[]> {
    const { guard, ledger, payer, nowMs } = this.#deps
    const { usage, modelId, latencyMs } = reply
    const amountMicroUsd = this.#price(reply)
    const fullPrice = priceMicroUsd(wanted.profile, { ...usage, cachedInputTokens: 0, cacheWriteTokens: 0 })
    await ledger.append(trx, {
      ...payer,
      stepKey,
      modelId,
      outcome: 'ok',
      amountMicroUsd,
      reservedMicroUsd: hold.amountMicroUsd,
      // A dearer model that took over after a failure saved nothing.
      savedMicroUsd: amountMicroUsd === undefined || fullPrice === 'unknown' ? 0 : Math.max(0, fullPrice - amountMicroUsd),
      inputTokens: usage.inputTokens,
      cachedInputTokens: usage.cachedInputTokens,
      outputTokens: usage.outputTokens,
      latencyMs,
      atMs: nowMs(),
    })
    // A price that went out of the catalogue during the call: what was held for it counts as spent.
    return guard.settle(trx, hold, amountMicroUsd ?? hold.amountMicroUsd)
  }

  #price(reply: ChatReply): number | undefined {
    const profile = this.#deps.profileOf(reply.modelId)
    const price = profile ? priceMicroUsd(profile, reply.usage) : 'unknown'
    return price === 'unknown' ? undefined : price
  }

  #failedEntry(stepKey: string, { named, hold }: PaidCall, error: MurmurError, startedAtMs: number): LedgerEntry {
    const atMs = this.#deps.nowMs()
    return {
      ...this.#deps.payer,
      stepKey,
      modelId: named.profile.id,
      outcome: error.code,
      amountMicroUsd: 0,
      reservedMicroUsd: hold.amountMicroUsd,
      savedMicroUsd: 0,
      inputTokens: 0,
      cachedInputTokens: 0,
      outputTokens: 0,
      latencyMs: atMs - startedAtMs,
      atMs,
    }
  }
}

/** Whichever model of the chain answers in the end, the request fits it. */
function smallestWindow({ model, profile }: NamedModel): Pick<ModelProfile, 'contextTokens' | 'maxOutputTokens'> {
  return { contextTokens: Math.min(profile.contextTokens, ...(model.profiles ?? []).map(({ contextTokens }) => contextTokens)), maxOutputTokens: profile.maxOutputTokens }
}

/** What the cap that refused had left; what is held for others counts as gone. */
function roomLeft({ details }: MurmurError): number {
  const { limitMicroUsd, settledMicroUsd, heldMicroUsd } = details
  return Number(limitMicroUsd) - Number(settledMicroUsd) - Number(heldMicroUsd)
}

function onlySpent(error: unknown): undefined {
  if (error instanceof MurmurError && error.code === 'MUR_BUDGET_SPENT') return undefined
  throw error
}
