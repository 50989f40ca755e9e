import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { chromaUrl } from '../support/chroma.ts'
import { startScenario, type Scenario } from './start-scenario.ts'

let scenario: Scenario
beforeAll(async () => {
  scenario = await startScenario({ environment: { CHROMA_URL: chromaUrl() } })
})
afterAll(() => scenario.close())

const readiness = async () => {
  const response = await fetch(`${scenario.app.url}/readyz`)
  return { httpStatus: response.status, ...((await response.json()) as object) }
}

test('with CHROMA_URL the memory lies in Chroma, and is recalled after a crash', async () => {
  const { ask, freshChannel, waitForEnd, store, crash } = scenario
  const channel = freshChannel()
  await waitForEnd(await ask('Remember that the vault of Project Osprey opens on Tuesdays', { channel }))
  await crash()
  const run = await waitForEnd(await ask('When does the vault of Project Osprey open? Please recall it.', { channel }))
  const results = store.rows('steps').filter((row) => row['run_id'] === run.runId).map((row) => String(row['result']))
  expect(results.some((result) => /Remembered in this channel[^]*Tuesdays/.test(result))).toBe(true)
  expect(store.rows('memory_items')).toEqual([])
})

test('readiness asks Chroma', async () => {
  expect(await readiness()).toMatchObject({ httpStatus: 200, checks: { vectors: 'ok' } })
})
