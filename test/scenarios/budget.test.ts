import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { defaultSeed } from '../../playground/workspace/seed.ts'
import type { StoredMessage } from '../../playground/workspace/stored-message.ts'
import { createMurmur } from '../../src/app/create-murmur.ts'
import { projectRoot } from '../support/source-tree.ts'
import { isAnswerCall, isRouteCall, scriptAnswers } from './script-model.ts'
import { shownText } from './shown-text.ts'
import { alice, bob, carol, startScenario, waitUntil, type Asked, type Scenario } from './start-scenario.ts'

interface Catalogue {
  readonly models: readonly { readonly id: string }[]
}

/** A dear model for answers and a cheap one for routes, and nothing that would take over for them. */
function writeConfig(): string {
  const configDir = mkdtempSync(join(tmpdir(), 'murmur-scenario-budget-'))
  const { models } = JSON.parse(readFileSync(join(projectRoot, 'config/models.json'), 'utf8')) as Catalogue
  const kept = models.filter(({ id }) => id === 'gpt-6-sol' || id === 'gpt-6-luna')
  writeFileSync(join(configDir, 'models.json'), JSON.stringify({ default: 'gpt-6-sol', router: 'gpt-6-luna', fallbacks: [], models: kept }))
  writeFileSync(join(configDir, 'budgets.json'), JSON.stringify({ workspaceDailyUsd: 1_000, perPersonDailyUsd: 1_000 }))
  return configDir
}

const dave = 'U0DAVE00001'
const configDir = writeConfig()
let scenario: Scenario
beforeAll(async () => {
  // Carol is an admin of ours beside the workspace's own; Bob is none.
  scenario = await startScenario({ environment: { MURMUR_CONFIG_DIR: configDir, MURMUR_ADMINS: carol }, seed: { users: [...defaultSeed.users, { id: dave, name: 'dave' }] } })
})
afterAll(async () => {
  await scenario.close()
  rmSync(configDir, { recursive: true, force: true })
})
beforeEach(() => {
  const usage = { promptTokens: 100, completionTokens: 1_000, cachedTokens: 0 }
  scriptAnswers(scenario.model, () => ({ text: 'Here is the text.', usage }))
})

/** What `/swarm budget ...` answers. */
async function budget(text: string, channel: string, user = alice): Promise<string> {
  const { body } = await scenario.workspace.command({ user, channel, command: '/swarm', text: `budget ${text}`.trim() })
  return typeof body === 'string' ? body : JSON.stringify(body)
}

const hasButton = ({ blocks }: StoredMessage, actionId: string): boolean => JSON.stringify(blocks).includes(`"${actionId}"`)
/** The message with the buttons of a run that waits. */
const waitForQuestion = ({ channel, ts }: Asked): Promise<StoredMessage> =>
  scenario.workspace.waitFor('the question', () => scenario.answers(channel, ts).findLast((message) => hasButton(message, 'approve_run')), 20_000)
const click = (question: StoredMessage, user: string, actionId = 'approve_run') => scenario.workspace.click({ user, channel: question.channel, messageTs: question.ts, actionId })
const lastWhisper = (user: string): string => scenario.workspace.ephemerals(user).at(-1)?.text ?? ''
const runOf = ({ channel, ts }: Asked) => scenario.store.runsOf(channel, ts)[0]
const shown = ({ channel, ts }: Asked, messageTs: string) => scenario.answers(channel, ts).find((message) => message.ts === messageTs)
const callsSince = (start: number) => {
  const calls = scenario.model.requests().slice(start).map(({ body }) => body)
  return { routes: calls.filter(isRouteCall).length, answers: calls.filter(isAnswerCall).length }
}
const callsSoFar = (): number => scenario.model.requests().length
/** A request in a channel that may spend nothing more, once it waits. */
async function askBroke(channel = scenario.freshChannel(), user = bob) {
  await budget('set daily 0', channel)
  const asked = await scenario.ask('Write a text about our bread', { channel, user })
  const question = await waitForQuestion(asked)
  await waitUntil('the wait', () => runOf(asked)?.status === 'waiting')
  return { asked, question }
}

test('near the limit a cheaper model answers, and the thread is warned once', async () => {
  const { ask, waitForAnswer, freshChannel, answers } = scenario
  const channel = freshChannel()
  const usage = { promptTokens: 100, completionTokens: 3_000, cachedTokens: 0 }
  scriptAnswers(scenario.model, () => ({ text: 'Here is the text.', usage }))
  const first = await ask('Write a text about our bread', { channel })
  const dear = await waitForAnswer(first.channel, first.ts)
  expect(dear.deliveredText).toContain('gpt-6-sol')
  const { costMicroUsd: spent } = await scenario.waitForEnd(first)
  await budget(`set daily ${((spent * 1.2) / 1e6).toFixed(6)}`, channel)
  const warnings: string[] = []
  for (let round = 0; round < 2; round++) {
    const asked = await ask('Write a text about our bread', { channel })
    const cheap = await waitForAnswer(asked.channel, asked.ts)
    expect(cheap.deliveredText).toContain('gpt-6-luna')
    expect(cheap.deliveredText).toContain('a cheaper model, to stay within the budget')
    await scenario.waitForEnd(asked)
    warnings.push(...answers(asked.channel, asked.ts).map(shownText).filter((text) => text.includes('nearly reached')))
  }
  expect(warnings).toEqual([expect.stringMatching(/The channel's daily limit is nearly reached: \$0\.03\d\d of \$0\.03\d\d is spent today\. An admin can raise it with `\/swarm budget set`\./)])
  expect(await budget('', channel)).toMatch(/Saved today by cheaper models and caches: \$0\.0[5-9]\d\d\./)
})

describe('a request that meets the limit', () => {
  test('is told which, until when and who can raise it, and waits; others than admins cannot let it go on', async () => {
    const { asked, question } = await askBroke()
    const text = shownText(question)
    expect(text).toMatch(/The channel's daily limit of \$0\.0000 leaves no room for this: \$0\.0000 is spent, and this may cost up to \$0\.0\d{3}\./)
    expect(text).toMatch(/It resets at 00:00 on \d{4}-\d\d-\d\d \(UTC\); an admin can raise it with `\/swarm budget set`\./)
    expect(text).toMatch(/Your request waits\. It goes on by itself once there is room again, or at once when an admin approves \$0\.\d{4} more\./)
    expect([hasButton(question, 'approve_run'), hasButton(question, 'deny_run')]).toEqual([true, true])
    await scenario.workspace.waitFor('a session that waits', () => scenario.workspace.session(asked.channel, asked.ts)?.status === 'suspended')
    await click(question, bob)
    expect(lastWhisper(bob)).toContain('Raising a budget is for admins of this workspace.')
    expect(runOf(asked)?.status).toBe('waiting')
    expect(scenario.answers(asked.channel, asked.ts)).toHaveLength(1)
  })

  test("goes on after an admin's click: in its thread, with no second route, one call, one answer", async () => {
    const start = callsSoFar()
    const { asked, question } = await askBroke()
    const before = callsSince(start)
    await click(question, alice)
    const answer = await scenario.waitForAnswer(asked.channel, asked.ts)
    expect(shownText(answer)).toBe('Here is the text.')
    expect(callsSince(start)).toEqual({ routes: before.routes, answers: 1 })
    expect(await scenario.waitForEnd(asked)).toMatchObject({ status: 'completed', tier: 1 })
    expect(scenario.store.runsOf(asked.channel, asked.ts)).toHaveLength(1)
    expect(shownText(shown(asked, question.ts) ?? question)).toMatch(new RegExp(`^<@${alice}> approved \\$0\\.\\d{4} more for today; going on\\.$`))
    expect(hasButton(shown(asked, question.ts) ?? question, 'approve_run')).toBe(false)
    expect(scenario.answers(asked.channel, asked.ts)).toHaveLength(2)
  })

  test('is raised once when two admins click at once', async () => {
    const { asked, question } = await askBroke()
    await Promise.all([click(question, alice), click(question, carol)])
    await scenario.waitForAnswer(asked.channel, asked.ts)
    const { runId } = await scenario.waitForEnd(asked)
    const raised = scenario.store.rows('events').filter((row) => row['run_id'] === runId && row['type'] === 'budget_raised')
    expect(raised).toHaveLength(1)
    expect([lastWhisper(alice), lastWhisper(carol)].filter((text) => /already decided|no longer waits/.test(text))).toHaveLength(1)
  })

  test('still waits after kill -9, and goes on when it is approved then', async () => {
    const start = callsSoFar()
    const { asked, question } = await askBroke()
    await scenario.crash()
    expect(runOf(asked)?.status).toBe('waiting')
    expect(await budget('', asked.channel)).toContain('of $0.0000')
    expect(runOf(asked)?.status).toBe('waiting')
    await click(question, alice)
    await scenario.waitForAnswer(asked.channel, asked.ts)
    expect(callsSince(start).answers).toBe(1)
    expect(scenario.answers(asked.channel, asked.ts).filter((message) => message.ts !== question.ts)).toHaveLength(1)
  })

  test('goes on by itself when an admin raises the limit by command', async () => {
    const { asked } = await askBroke()
    await budget('set daily 5', asked.channel)
    expect(shownText(await scenario.waitForAnswer(asked.channel, asked.ts))).toBe('Here is the text.')
  })

  test.each([
    ['by its owner', bob],
    ['by an admin', carol],
  ])('is stopped %s with the other button', async (_, user) => {
    const { asked, question } = await askBroke()
    await click(question, user, 'deny_run')
    expect(await scenario.waitForEnd(asked)).toMatchObject({ status: 'cancelled', cancelledBy: user })
    await click(question, alice).catch(() => undefined)
    expect(runOf(asked)?.status).toBe('cancelled')
  })

  test('is stopped by `/swarm cancel`, and its buttons do nothing then', async () => {
    const { asked, question } = await askBroke()
    const start = callsSoFar()
    const { body } = await scenario.workspace.command({ user: bob, channel: asked.channel, command: '/swarm', text: `cancel ${runOf(asked)?.runId}` })
    expect(JSON.stringify(body)).toContain('Stopping')
    expect(await scenario.waitForEnd(asked)).toMatchObject({ status: 'cancelled', cancelledBy: bob })
    await click(question, alice)
    expect(lastWhisper(alice)).toBe('This request no longer waits.')
    expect(callsSoFar()).toBe(start)
    expect(scenario.answers(asked.channel, asked.ts).map(shownText).at(-1)).toBe(`Stopped by <@${bob}>.`)
  })
})

describe('`/swarm budget`', () => {
  test('shows what the channel spent, and an admin sets its limit', async () => {
    const { ask, waitForEnd, freshChannel } = scenario
    const channel = freshChannel()
    await waitForEnd(await ask('Write a text about our bread', { channel }))
    expect(await budget('set daily 5', channel)).toBe('Set: `daily` is now $5.0000 here.')
    const shownBudget = await budget('', channel, bob)
    expect(shownBudget).toMatch(/\*This channel today\*: [█░]{10} \$0\.01\d\d of \$5\.0000/)
    expect(shownBudget).toMatch(/By model today: `gpt-6-sol` \$0\.01\d\d \(1 call\)/)
    expect(shownBudget).toMatch(/By agent today: Writer \$0\.01\d\d/)
    expect(shownBudget).toMatch(/At this pace the day ends at about \$\d+\.\d{4}\./)
  })

  test.each([
    ['set daily 5', bob, 'Changing a budget is for admins. Ask an owner or admin of this workspace.'],
    ['edit', bob, 'Changing a budget is for admins.'],
    ['project apollo', bob, 'Assigning a channel to a project is for admins.'],
    ['set daily lots', alice, 'Expected dollars from 0 to 100000, such as `5` or `0.50`, got `lots`.'],
    ['set agents 0', alice, 'Expected a whole number from 1 to 100000, got `0`.'],
    ['set weekly 5', alice, 'got `weekly`'],
    ['frobnicate', alice, 'Expected `set`, `project`, `edit` or nothing after `budget`, got `frobnicate`.'],
  ])('%s by %s is refused', async (words, user, told) => {
    const channel = scenario.freshChannel()
    expect(await budget(words, channel, user)).toContain(told)
    expect(await budget('', channel)).toContain('of $10.0000')
    expect(scenario.workspace.openViews(user)).toEqual([])
  })

  test('edit opens a form that refuses wrong fields and saves good ones', async () => {
    const { workspace, freshChannel } = scenario
    const channel = freshChannel()
    await budget('edit', channel)
    const [view] = await workspace.waitFor('the form', () => (workspace.openViews(alice).length > 0 ? workspace.openViews(alice) : undefined))
    const viewId = view?.id ?? ''
    await workspace.submitView({ user: alice, viewId, values: { daily: 'much', agents: '0' } })
    const [refused] = workspace.openViews(alice)
    expect(Object.keys(refused?.errors ?? {})).toEqual(['daily', 'agents'])
    await workspace.submitView({ user: alice, viewId, values: { daily: '3.50', run: '1', agents: '20', concurrent: '4' } })
    expect(workspace.openViews(alice)).toEqual([])
    const saved = await budget('', channel)
    expect(saved).toContain('of $3.5000')
    expect(saved).toContain('A single run may cost up to $1.0000')
    expect(saved).toContain('20 agents a day, 4 at once')
  })

  test('project makes two channels spend from one budget', async () => {
    const [one, other] = [scenario.freshChannel(), scenario.freshChannel()]
    for (const channel of [one, other]) expect(await budget('project apollo', channel)).toContain('spends from its budget')
    await scenario.waitForEnd(await scenario.ask('Write a text about our bread', { channel: one }))
    expect(await budget('', other)).toMatch(/\*Project `apollo` today\*: [█░]{10} \$0\.01\d\d of \$10\.0000/)
    const { asked, question } = await askBroke(other)
    expect(shownText(question)).toContain("The project apollo's daily limit of $0.0000 leaves no room")
    const waiting = await scenario.ask('Write a text about our bread', { channel: one })
    expect(shownText(await waitForQuestion(waiting))).toContain("The project apollo's daily limit")
    // The other channel leaves the project, and its request goes on from its own budget.
    await budget('project none', other)
    expect(shownText(await scenario.waitForAnswer(asked.channel, asked.ts))).toBe('Here is the text.')
  })
})

describe('a long input', () => {
  const long = `Write a text about our bread. ${'It is made of flour, water and salt. '.repeat(200)}`

  test('above the limit shows an estimate and asks the person who asked, not only admins', async () => {
    const channel = scenario.freshChannel()
    await budget('set confirm 0.001', channel)
    const asked = await scenario.ask(long, { channel, user: bob })
    const question = await waitForQuestion(asked)
    expect(shownText(question)).toMatch(/This input of about [\d,]+ tokens would cost about \$0\.0\d{3}, and what is above \$0\.0010 needs your click first\./)
    expect(JSON.stringify(question.blocks)).toMatch(/Go on \(about \$0\.0\d{3}\)/)
    await waitUntil('the wait', () => runOf(asked)?.status === 'waiting')
    await click(question, dave)
    expect(lastWhisper(dave)).toBe(`This is for <@${bob}>, who asked, and for admins.`)
    expect(runOf(asked)?.status).toBe('waiting')
    await scenario.crash()
    await click(question, bob)
    expect(shownText(await scenario.waitForAnswer(asked.channel, asked.ts))).toBe('Here is the text.')
    expect(shownText(shown(asked, question.ts) ?? question)).toMatch(new RegExp(`^<@${bob}> agreed to about \\$0\\.0\\d{3}; going on\\.$`))
  })

  test('below the limit only shows what it will cost', async () => {
    const asked = await scenario.ask(long, { user: bob })
    await scenario.waitForAnswer(asked.channel, asked.ts)
    const statuses = scenario.workspace.calls('assistant.threads.setStatus').map(({ args }) => String(args['status']))
    expect(statuses).toContainEqual(expect.stringMatching(/^is reading about [\d,]+ tokens \(about \$0\.0\d{3}\) …$/))
  })
})

test("the day's end in the workspace's time zone gives room again, also to what waited", async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'murmur-scenario-day-'))
  const config = writeConfig()
  writeFileSync(join(config, 'budgets.json'), JSON.stringify({ timeZone: 'Asia/Tokyo', goalDailyUsd: 0.055 }))
  // Goes on from where it is set: with a clock that stands still, what is tried again a little later would never be.
  let aheadMs = 0
  const setClock = (time: string): void => void (aheadMs = Date.parse(time) - Date.now())
  setClock('2026-11-21T14:00:00Z')
  const open = () => createMurmur({ dataDir, configDir: config, openAiBaseUrl: scenario.model.baseUrl, nowMs: () => Date.now() + aheadMs })
  scriptAnswers(scenario.model, () => ({ text: 'Here is the text.', usage: { promptTokens: 100, completionTokens: 4_000, cachedTokens: 0 } }))
  const request = 'Plan the launch of our newsletter in two weeks'
  const first = await open()
  try {
    // The cheaper model fits until the day is full.
    let last = await first.ask(request)
    for (let asked = 1; last.status === 'completed' && asked < 20; asked++) last = await first.ask(request)
    expect(last.status).toBe('waiting')
    setClock('2026-11-21T14:58:00Z')
    expect((await first.ask(request)).status).toBe('waiting')
    setClock('2026-11-21T15:00:00Z')
    expect((await first.ask(request)).status).toBe('completed')
    await first.close()
    const second = await open()
    await waitUntil('the run that waited', async () => (await second.result(last.runId))?.status === 'completed')
    await second.close()
  } finally {
    await first.close().catch(() => undefined)
    rmSync(dataDir, { recursive: true, force: true })
    rmSync(config, { recursive: true, force: true })
  }
})
