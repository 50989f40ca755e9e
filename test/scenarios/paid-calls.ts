import { expect } from '@jest/globals'
import { join } from 'node:path'
import type { JournalEntry } from '../../playground/offline-model/request-journal.ts'
import { loadModelCatalogue } from '../../src/agents/model-catalogue.ts'
import { priceMicroUsd } from '../../src/agents/price.ts'
import type { Scenario } from './start-scenario.ts'

const catalogue = await loadModelCatalogue(join(import.meta.dirname, '../../config'))

/** Calls whose answer left the model's server whole, so that a provider would charge for them. */
export const finishedCalls = (scenario: Scenario): JournalEntry[] => scenario.model.requests().filter(({ finished, status }) => finished && status === 200)

/** Same words to the same model: what a crash must not make happen twice. */
export function expectNoCallTwice(scenario: Scenario): void {
  const counts = new Map<string, number>()
  for (const { body } of finishedCalls(scenario)) counts.set(JSON.stringify(body), (counts.get(JSON.stringify(body)) ?? 0) + 1)
  const twice = [...counts].filter(([, count]) => count > 1).map(([body, count]) => `${count} times: …${body.slice(0, body.indexOf('"tools"')).slice(-300)}`)
  expect(twice).toEqual([])
}

/** What the finished calls cost by the prices of the catalogue. */
export function priceOfCalls(calls: readonly JournalEntry[]): number {
  return calls.reduce((sum, { model, usage }) => {
    const profile = catalogue.profileOf(model)
    if (!profile || !usage) throw new Error(`Expected a profile and a usage for ${model}.`)
    const price = priceMicroUsd(profile, { inputTokens: usage.promptTokens, cachedInputTokens: usage.cachedTokens, outputTokens: usage.completionTokens, isEstimated: false })
    return sum + Number(price)
  }, 0)
}

/** The ledger says what the model's server says, each finished call stands in it once, and nothing is still held. */
export function expectLedgerTrue(scenario: Scenario): void {
  const { store } = scenario
  const paid = store.rows('ledger').filter(({ outcome }) => outcome === 'ok')
  expect(new Set(paid.map((row) => `${row['run_id']} ${row['step_key']}`)).size).toBe(paid.length)
  expect(paid.length).toBe(finishedCalls(scenario).length)
  expect(paid.reduce((sum, row) => sum + Number(row['amount_micro_usd']), 0)).toBe(priceOfCalls(finishedCalls(scenario)))
  const costs = store.rows('runs').reduce((sum, row) => sum + Number(row['cost_micro_usd']), 0)
  expect(costs).toBe(priceOfCalls(finishedCalls(scenario)))
  expect(store.rows('reservations')).toEqual([])
}
