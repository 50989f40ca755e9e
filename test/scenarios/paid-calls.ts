import { join } from 'node:path'
import type { JournalEntry } from '../../playground/offline-model/request-journal.ts'
import { loadModelCatalogue } from '../../src/agents/model-catalogue.ts'
import { priceMicroUsd } from '../../src/agents/price.ts'
import type { Scenario } from './start-scenario.ts'

const catalogue = await loadModelCatalogue(join(import.meta.dirname, '../../config'))

/** Calls whose answer left the model's server whole, so that a provider would charge for them. */
export const finishedCalls = ({ model }: Pick<Scenario, 'model'>): JournalEntry[] => model.requests().filter(({ finished, status }) => finished && status === 200)

/** Same words to the same model, finished more than once: what a crash must not make happen. */
export function findCallsMadeTwice(scenario: Scenario): string[] {
  const counts = new Map<string, number>()
  for (const { body } of finishedCalls(scenario)) counts.set(JSON.stringify(body), (counts.get(JSON.stringify(body)) ?? 0) + 1)
  return [...counts].filter(([, count]) => count > 1).map(([body, count]) => `made ${count} times: …${body.slice(0, body.indexOf('"tools"')).slice(-300)}`)
}

/**
 * Compares the books with the model's server: each finished call was made once and stands in the ledger once, at the price
 * of the catalogue; the runs cost as much; nothing is still held.
 * @returns what is wrong, a sentence each
 */
export function findAccountFaults(scenario: Scenario): string[] {
  const { store } = scenario
  const calls = finishedCalls(scenario)
  const paid = store.rows('ledger').filter(({ outcome }) => outcome === 'ok')
  const sumOf = (rows: readonly Readonly<Record<string, unknown>>[], column: string) => rows.reduce((sum, row) => sum + Number(row[column]), 0)
  const figures = {
    'calls in the ledger': [paid.length, calls.length],
    'steps in the ledger': [new Set(paid.map((row) => `${row['run_id']} ${row['step_key']}`)).size, calls.length],
    'micro-USD in the ledger': [sumOf(paid, 'amount_micro_usd'), priceOf(calls)],
    'micro-USD of the runs': [sumOf(store.rows('runs'), 'cost_micro_usd'), priceOf(calls)],
    'reservations still held': [store.count('reservations'), 0],
  }
  const wrong = Object.entries(figures).filter(([, [found, wanted]]) => found !== wanted)
  return [...findCallsMadeTwice(scenario), ...wrong.map(([what, [found, wanted]]) => `${what}: ${found} instead of ${wanted}`)]
}

/** In micro-USD, by the catalogue. */
export function priceOf(calls: readonly JournalEntry[]): number {
  return calls.reduce((sum, { model, usage }) => {
    const profile = catalogue.profileOf(model)
    if (!profile || !usage) throw new Error(`Expected a profile and a usage for ${model}.`)
    const price = priceMicroUsd(profile, { inputTokens: usage.promptTokens, cachedInputTokens: usage.cachedTokens, outputTokens: usage.completionTokens, isEstimated: false })
    return sum + Number(price)
  }, 0)
}
