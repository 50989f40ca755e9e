import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { isAnswerCall, scriptAnswers } from './script-model.ts'
import { shownText } from './shown-text.ts'
import { alice, general, startScenario, waitUntil, type Scenario } from './start-scenario.ts'

const metricsToken = 'a-token-for-metrics'
const mainFile = join(import.meta.dirname, '../../src/app/main.ts')

let scenario: Scenario
beforeAll(async () => {
  scenario = await startScenario({ environment: { MURMUR_METRICS_TOKEN: metricsToken } })
  scriptAnswers(scenario.model, 'The whole answer.')
})
afterAll(() => scenario.close())

/** Starts the app as an operator does, with nothing but these variables, and waits for its end. */
async function runMain(environment: Record<string, string>): Promise<{ code: number | null; errors: string }> {
  const dataDir = mkdtempSync(join(tmpdir(), 'murmur-start-'))
  const child = spawn(process.execPath, [mainFile], { env: { PATH: process.env['PATH'], MURMUR_DATA_DIR: dataDir, ...environment }, stdio: ['ignore', 'ignore', 'pipe'] })
  let errors = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text))
  const [code] = (await once(child, 'close')) as [number | null]
  rmSync(dataDir, { recursive: true, force: true })
  return { code, errors }
}

test('wrong settings are all named at once, in words and without a stack trace, and the app ends with 1', async () => {
  const { code, errors } = await runMain({ SLACK_BOT_TOKEN: 'not-a-token', PORT: 'eighty', DATABASE_URL: 'mysql://x', MURMUR_ROLE: 'boss', LOG_LEVEL: 'loud', OPENAI_BASE_URL: 'nowhere' })
  expect(code).toBe(1)
  for (const name of ['SLACK_BOT_TOKEN', 'SLACK_SIGNING_SECRET', 'PORT', 'DATABASE_URL', 'MURMUR_ROLE', 'LOG_LEVEL', 'OPENAI_BASE_URL']) expect(errors).toContain(`- ${name}: `)
  expect(errors).not.toMatch(/^\s+at /m)
  expect(errors).not.toContain('not-a-token')
})

test('without any setting the app says what it needs', async () => {
  const { code, errors } = await runMain({})
  expect(code).toBe(1)
  for (const name of ['SLACK_BOT_TOKEN', 'SLACK_SIGNING_SECRET', 'OPENAI_API_KEY']) expect(errors).toContain(`- ${name}: missing`)
})

test.each([
  ['a port that is taken', () => ({ PORT: String(scenario.app.port) }), /port/i],
  ['a data folder that is a file', () => ({ PORT: '0', MURMUR_DATA_DIR: mainFile }), /data folder/],
  ['a missing configuration folder', () => ({ PORT: '0', MURMUR_CONFIG_DIR: '/nowhere' }), /models\.json/],
])('%s is told in one sentence, without a stack trace', async (_name, environment, expected) => {
  const { workspace, model } = scenario
  const setup = { SLACK_BOT_TOKEN: workspace.botToken, SLACK_SIGNING_SECRET: workspace.signingSecret, SLACK_API_URL: workspace.apiUrl, OPENAI_BASE_URL: model.baseUrl }
  const { code, errors } = await runMain({ ...setup, ...environment() })
  expect(code).toBe(1)
  expect(errors).toMatch(/^Murmur did not start\. /)
  expect(errors).toMatch(expected)
  expect(errors).not.toMatch(/^\s+at /m)
})

test('alive is told without a look at anything else; ready is not while Slack is away', async () => {
  const { workspace, app } = scenario
  const statusOf = async (path: string): Promise<number> => (await fetch(app.url + path)).status
  expect(await statusOf('/healthz')).toBe(200)
  expect(await statusOf('/readyz')).toBe(200)
  workspace.faults.add({ kind: 'http_500', method: 'auth.test', times: 2 })
  const away = await fetch(`${app.url}/readyz`)
  expect(away.status).toBe(503)
  expect(await away.json()).toMatchObject({ status: 'not ready', checks: { slack: 'no answer', database: 'ok', queue: 'ok' } })
  expect(await statusOf('/healthz')).toBe(200)
  await waitUntil('readiness', async () => (await statusOf('/readyz')) === 200)
})

test('metrics need the token, and count runs and deliveries', async () => {
  const { app, ask, waitForAnswer } = scenario
  const { channel, ts } = await ask('Count this')
  await waitForAnswer(channel, ts)
  const look = (authorization?: string) => fetch(`${app.url}/metrics`, authorization === undefined ? {} : { headers: { authorization } })
  expect((await look()).status).toBe(401)
  expect((await look('Bearer wrong')).status).toBe(401)
  const text = await waitUntil('the counters', async () => {
    const metrics = await (await look(`Bearer ${metricsToken}`)).text()
    return metrics.includes('murmur_runs_total{') && metrics
  })
  expect(text).toMatch(/murmur_runs_total\{outcome="completed",tier="1"\} \d/)
  expect(text).toMatch(/murmur_intake_seconds_count\{kind="mention"\} \d/)
})

test('on SIGTERM the running answer is finished, nothing new is taken, and the app ends with 0', async () => {
  const { workspace, model, app, store, ask, answers, at } = scenario
  model.hold({ match: isAnswerCall })
  const asked = await ask('Finish this before you go')
  await model.waitFor('the answer call', () => model.held === 1)
  const stopped = app.stop('SIGTERM')
  await waitUntil('the port to close', () => fetch(`${app.url}/healthz`).then(() => false, () => true))
  const late = await workspace.say({ user: alice, channel: general, text: at('Too late') })
  expect(late.deliveries.every(({ ok }) => !ok)).toBe(true)
  model.release()
  expect(await stopped).toEqual({ code: 0, signal: null })
  expect(answers(asked.channel, asked.ts).map(shownText)).toEqual(['The whole answer.'])
  expect(store.runsOf(asked.channel, asked.ts)).toMatchObject([{ status: 'completed', tier: 1 }])
  expect(workspace.session(asked.channel, asked.ts)?.status).toBe('active')
  await scenario.start()
})

test('a run that waits when the app is told to stop is answered by the next one, once', async () => {
  const { model, app, store, ask, waitForAnswer, waitForEnd, answers } = scenario
  model.hold({ match: isAnswerCall })
  const first = await ask('The one at work')
  await model.waitFor('the answer call', () => model.held === 1)
  await ask('The one that waits', { channel: first.channel, threadTs: first.ts })
  const stopped = app.stop('SIGTERM')
  await waitUntil('the port to close', () => fetch(`${app.url}/healthz`).then(() => false, () => true))
  model.release()
  expect(await stopped).toEqual({ code: 0, signal: null })
  expect(store.runsOf(first.channel, first.ts).map(({ status }) => status)).toEqual(['completed', 'queued'])
  await scenario.start()
  await waitForAnswer(first.channel, first.ts, answers(first.channel, first.ts)[0]?.ts)
  await waitForEnd(first)
  expect(answers(first.channel, first.ts)).toHaveLength(2)
})

test('without a metrics token there are no metrics', async () => {
  await scenario.app.stop()
  await scenario.start({ MURMUR_METRICS_TOKEN: undefined })
  expect((await fetch(`${scenario.app.url}/metrics`, { headers: { authorization: 'Bearer x' } })).status).toBe(404)
})
