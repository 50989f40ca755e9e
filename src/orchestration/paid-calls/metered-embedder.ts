import type { Embedded, Embedder } from '../../agents/embeddings.ts'
import type { ModelProfile } from '../../agents/chat-model.ts'
import { priceMicroUsd, worstCaseMicroUsd } from '../../agents/price.ts'
import { asMurmurError, MurmurError } from '../../errors.ts'
import type { BudgetLedger } from '../../storage/budget-ledger.ts'
import type { Database } from '../../storage/database.ts'
import { newEntryId } from '../../storage/ids.ts'
import type { BudgetGuard, Hold } from './budget-guard.ts'
import type { Payer } from './budget-limits.ts'

export interface EmbeddingMeterDeps {
  readonly database: Database
  readonly ledger: BudgetLedger
  readonly guard: BudgetGuard
  readonly nowMs: () => number
}

/** One call with the money held for it. */
interface PaidCall {
  readonly payer: Payer
  readonly profile: ModelProfile
  readonly hold: Hold
  readonly startedAtMs: number
}

export type EmbedPaid = (embedder: Embedder, payer: Payer, texts: readonly string[], signal: AbortSignal) => Promise<Embedded>

/**
 * Embeds under the budget: holds the worst case, calls, counts the real cost, and leaves a line in the ledger. What costs nothing just runs.
 * @throws {MurmurError} MUR_BUDGET_SPENT, MUR_MODEL_*
 */
export function createEmbeddingMeter({ database, ledger, guard, nowMs }: EmbeddingMeterDeps): EmbedPaid {
  const settle = async ({ payer, profile, hold, startedAtMs }: PaidCall, outcome: string, inputTokens: number): Promise<void> => {
    const price = priceMicroUsd(profile, { inputTokens, cachedInputTokens: 0, outputTokens: 0, isEstimated: false })
    const amountMicroUsd = price === 'unknown' ? undefined : price
    const atMs = nowMs()
    await database.db.transaction().execute(async (trx) => {
      await guard.settle(trx, hold, amountMicroUsd ?? 0)
      const tokens = { inputTokens, cachedInputTokens: 0, outputTokens: 0 }
      await ledger.append(trx, { ...payer, stepKey: hold.stepKey, modelId: profile.id, outcome, amountMicroUsd, reservedMicroUsd: hold.amountMicroUsd, savedMicroUsd: 0, ...tokens, latencyMs: atMs - startedAtMs, atMs })
    })
  }
  return async (embedder, payer, texts, signal) => {
    const { profile } = embedder
    if (!profile) return embedder.embed(texts, signal)
    const worst = worstCaseMicroUsd(profile, texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0), 0)
    if (worst === 'unknown') throw new MurmurError('MUR_MODEL_REFUSED', { provider: profile.provider, status: 'price unknown', reason: `set the price of ${profile.id} in models.json` })
    const call: PaidCall = { payer, profile, hold: await guard.reserve(payer, `embed:${newEntryId()}`, worst), startedAtMs: nowMs() }
    const embedded = await embedder.embed(texts, signal).catch(async (error: unknown) => {
      await settle(call, asMurmurError(error).code, 0)
      throw error
    })
    await settle(call, 'ok', embedded.inputTokens)
    return embedded
  }
}
