import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals'
import type { Fault } from '../../playground/offline-model/faults.ts'
import { askedOf, isAnswerCall, isRouteCall, scriptAnswers, sentences } from './script-model.ts'
import { shownText } from './shown-text.ts'
import { startScenario, type Asked, type AskOptions, type Scenario } from './start-scenario.ts'
import { answeredOnce, readThreadEnd } from './thread-end.ts'

const vague = 'Well, and now? What do you say to that?'
const text = sentences(40)
const firstModel = 'gpt-6-luna'
const configDir = mkdtempSync(join(tmpdir(), 'murmur-scenario-models-'))

let scenario: Scenario
beforeAll(async () => {
  // The shipped models, of which none embeds, with a server that may be quiet for a second only.
  const { embedding: _, ...models } = JSON.parse(readFileSync(join(import.meta.dirname, '../../config/models.json'), 'utf8')) as Record<string, unknown>
  const providers = [{ id: 'openai', kind: 'openai', timeoutMs: 1_000 }]
  writeFileSync(join(configDir, 'models.json'), JSON.stringify({ ...models, providers }))
  scenario = await startScenario({ environment: { MURMUR_CONFIG_DIR: configDir } })
  scriptAnswers(scenario.model, text)
})
afterEach(() => {
  scenario.model.faults.clear()
  scriptAnswers(scenario.model, text)
})
afterAll(async () => {
  await scenario.close()
  rmSync(configDir, { recursive: true, force: true })
})

/** What the app has learnt of ill models is forgotten with its process. */
const beginAnew = () => scenario.crash()

const onAnswer = (fault: Omit<Fault, 'match'>): void => scenario.model.faults.add({ ...fault, match: isAnswerCall })

async function askAndRead(question = vague, options: AskOptions = {}): Promise<Asked & { shown: string; footer: string; tier: number | undefined }> {
  const asked = await scenario.ask(question, options)
  const run = await scenario.waitForEnd(asked)
  const [message, ...more] = scenario.answers(asked.channel, asked.ts)
  expect(more).toEqual([])
  if (!message) throw new Error('Expected an answer.')
  return { ...asked, shown: shownText(message), footer: JSON.stringify(message.blocks.filter(({ type }) => type === 'context')), tier: run.tier }
}

const once: readonly (readonly [string, Omit<Fault, 'match'>])[] = [
  ['that asks to wait', { kind: 'rate_limited', retryAfterSeconds: 1 }],
  ['that asks to wait and does not say how long', { kind: 'rate_limited', times: 2 }],
  ['that fails twice', { kind: 'http_500', times: 2 }],
  ['that cuts the connection', { kind: 'disconnect' }],
  ['that cuts the connection in the middle of the answer', { kind: 'disconnect', afterChunks: 20 }],
  ['that says nothing', { kind: 'hang' }],
  ['that falls silent in the middle of the answer', { kind: 'hang', afterChunks: 20 }],
  ['that sends broken JSON', { kind: 'garbage_json' }],
  ['that sends a broken stream', { kind: 'garbage_sse', afterChunks: 20 }],
  ['that is slow', { kind: 'slow', delayMs: 700 }],
]
test.each(once)('a model %s is asked again, and nothing of the first attempt is left', async (_name, fault) => {
  onAnswer(fault)
  const asked = await scenario.ask(vague)
  expect(await readThreadEnd(scenario, asked)).toEqual(answeredOnce(text))
  expect(scenario.model.faults.list()).toEqual([])
})

test('a model that stays broken gives way to the next one, which the answer names', async () => {
  scenario.model.faults.add({ kind: 'http_500', times: Infinity, match: (body) => body['model'] === firstModel })
  const { shown, footer, tier } = await askAndRead()
  expect([shown, tier]).toEqual([text, 1])
  expect(footer).not.toContain(firstModel)
  expect(footer).toMatch(/gpt-5/)
  await beginAnew()
})

test('a first model that begins and breaks each time leaves nothing of itself in the answer of the next', async () => {
  scriptAnswers(scenario.model, ({ model }) => (model === firstModel ? `Forget this. ${sentences(40, 'lost sentence')}` : text))
  scenario.model.faults.add({ kind: 'disconnect', afterChunks: 30, times: Infinity, match: (body) => isAnswerCall(body) && body['model'] === firstModel })
  const { shown, tier } = await askAndRead()
  expect([shown, tier]).toEqual([text, 1])
  await beginAnew()
})

test('with all models down a similar answer of this channel is given, and said to be one; elsewhere a plain word', async () => {
  const { model, freshChannel } = scenario
  const channel = freshChannel()
  scriptAnswers(model, 'The wifi password hangs behind the kitchen door.')
  await askAndRead('Where do I find the wifi password of the office kitchen?', { channel })
  model.faults.add({ kind: 'http_500', times: Infinity })
  const here = await askAndRead('Please tell me where the wifi password of the office kitchen is', { channel })
  expect(here.tier).toBe(3)
  expect(here.shown).toMatch(/similar request was answered here/i)
  expect(here.shown).toContain('The wifi password hangs behind the kitchen door.')
  expect(here.footer).toMatch(/stored knowledge/)
  const elsewhere = await askAndRead('Please tell me where the wifi password of the office kitchen is')
  expect(elsewhere.tier).toBe(4)
  expect(elsewhere.shown).not.toContain('kitchen door')
  expect(elsewhere.shown).toMatch(/can't answer this just now/)
  expect(elsewhere.footer).toMatch(/No model answered/)
  await beginAnew()
  model.faults.clear()
  expect((await askAndRead()).tier).toBe(1)
})

test('a route in the wrong shape is asked for once more', async () => {
  const { model } = scenario
  const before = model.requests().length
  model.faults.add({ kind: 'wrong_shape' })
  expect(await askAndRead()).toMatchObject({ tier: 1, footer: expect.stringContaining('Writer') })
  expect(model.requests().slice(before).filter(({ body }) => isRouteCall(body))).toHaveLength(2)
})

test.each(['wrong_shape', 'garbage_json', 'http_500', 'hang'] as const)('a router that fails all the time (%s) leaves the choice to the words', async (kind) => {
  const { model, store } = scenario
  model.faults.add({ kind, times: Infinity, match: isRouteCall })
  const { tier, channel, ts } = await askAndRead('Our numbers look odd, and so does the chart')
  expect(tier).toBe(1)
  const route = JSON.parse(String(store.rows('runs').find((row) => row['thread_id'] === ts && row['channel_id'] === channel)?.['route'])) as { layer: string }
  expect(route.layer).toBe('keywords')
  await beginAnew()
})

test('a model that answers nothing at all gets no empty message posted for it', async () => {
  scriptAnswers(scenario.model, '')
  const { shown, tier } = await askAndRead()
  expect(tier).toBe(4)
  expect(shown).toMatch(/can't answer this just now/)
  await beginAnew()
})

test('an answer that the provider breaks off says so', async () => {
  scriptAnswers(scenario.model, () => ({ text: 'Half of', finishReason: 'content_filter' }))
  expect(await askAndRead()).toMatchObject({ shown: 'Half of', footer: expect.stringContaining('content filter') })
})

test('an answer that the provider withholds is said to be withheld', async () => {
  scriptAnswers(scenario.model, () => ({ text: '', finishReason: 'content_filter' }))
  const { shown, tier } = await askAndRead()
  expect(tier).toBe(4)
  expect(shown).toMatch(/declined|withheld|content filter/i)
  await beginAnew()
})

test('what a model says when it refuses is its answer', async () => {
  scriptAnswers(scenario.model, () => ({ refusal: 'I cannot help with that.' }))
  const { shown } = await askAndRead()
  expect(shown).toMatch(/I cannot help with that\./)
})

test('an answer that hits the length limit says that it is cut', async () => {
  scriptAnswers(scenario.model, sentences(800))
  const asked = await scenario.ask(vague)
  await scenario.waitForEnd(asked)
  expect(JSON.stringify(scenario.answers(asked.channel, asked.ts).at(-1)?.blocks)).toMatch(/cut at the longest length/)
})

test('a key that the provider does not take is told as such, and not shown', async () => {
  scenario.model.faults.add({ kind: 'key_refused', times: Infinity })
  const { shown, tier } = await askAndRead()
  expect(tier).toBe(4)
  expect(shown).toMatch(/401/)
  expect(JSON.stringify(scenario.workspace.calls())).not.toContain('offline-test-key')
  expect(scenario.app.log.join('\n')).not.toContain('offline-test-key')
  await beginAnew()
})

test('a prompt that the model finds too long is told with what to do', async () => {
  scriptAnswers(scenario.model, (request) => `Said: ${askedOf(request)}`)
  onAnswer({ kind: 'context_too_long', times: Infinity })
  const { shown, tier } = await askAndRead()
  expect(tier).toBeGreaterThan(1)
  expect(shown).toMatch(/Shorten the text/)
})
