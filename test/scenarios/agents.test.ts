import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { alice, bob, general, startScenario, waitUntil, type Scenario } from './start-scenario.ts'

let scenario: Scenario
beforeAll(async () => {
  scenario = await startScenario()
})
afterAll(() => scenario.close())

async function swarm(text: string, user = alice, channel = general): Promise<string> {
  const { body } = await scenario.workspace.command({ user, channel, command: '/swarm', text })
  return typeof body === 'string' ? body : JSON.stringify(body)
}

async function ask(text: string, channel = general, threadTs?: string) {
  const { message } = await scenario.workspace.say({ user: alice, channel, text: scenario.at(text), ...(threadTs === undefined ? {} : { threadTs }) })
  return { message, answer: await scenario.waitForAnswer(channel, threadTs ?? message.ts, message.ts) }
}

test('the first request of a field spawns its agent, the next ones use it', async () => {
  const { message } = await ask('Plan the launch of our newsletter in two weeks')
  await ask('Plan the office move for next month with owners and dates')
  await ask('and what is the critical path?', general, message.ts)
  const { store } = scenario
  await waitUntil('three ended runs', () => store.rows('runs').every((run) => run['status'] === 'completed'))
  const runs = store.rows('runs')
  expect(new Set(runs.map((run) => run['specialty_id']))).toEqual(new Set(['planner']))
  expect(new Set(runs.map((run) => run['agent_id'])).size).toBe(1)
  const spawned = store.rows('events').filter((event) => event['type'] === 'agent_spawned')
  expect(spawned).toHaveLength(1)
  expect(JSON.parse(String(spawned[0]?.['payload']))).toMatchObject({ specialtyId: 'planner', name: 'Planner', agentId: runs[0]?.['agent_id'] })
})

test('an agent asks a better-suited one inside its run, and the thread shows one line of it', async () => {
  const { message, answer } = await ask('Plan the trade show with milestones and ask the data analyst which week had most visitors')
  const posted = scenario.answers(general, message.ts).map(({ deliveredText }) => deliveredText)
  expect(posted.filter((text) => text.includes('asks'))).toEqual([expect.stringMatching(/:handshake: \*Planner\* asks \*Data Analyst\*: \S/)])
  expect(answer.deliveredText).toMatch(/request_assistance/)
  const { store } = scenario
  const [run] = store.runsOf(general, message.ts)
  await waitUntil('the end of the run', () => store.runsOf(general, message.ts)[0]?.status === 'completed')
  const steps = store.finishedSteps(run?.runId ?? '')
  expect(steps).toEqual(expect.arrayContaining(['assist:1', 'model:assist:1:0', 'model:answer:1']))
  // Help is paid from the budget of the run that asked for it.
  const paid = store.rows('ledger').filter((entry) => entry['run_id'] === run?.runId)
  expect(paid.map((entry) => entry['step_key'])).toContain('model:assist:1:0')
  expect(store.runsOf(general, message.ts)[0]?.costMicroUsd).toBe(paid.reduce((sum, entry) => sum + Number(entry['amount_micro_usd']), 0))
})

test('an agent leaves a message for another, who reads it with the next task', async () => {
  const { message } = await ask('Plan the summer offsite with milestones and tell the data analyst that the budget is 4,000 euros')
  const posted = scenario.answers(general, message.ts).map(({ deliveredText }) => deliveredText)
  expect(posted).toContainEqual(expect.stringMatching(/:envelope: \*Planner\* to \*Data Analyst\*: the budget is 4,000 euros/))
  const before = scenario.model.requests().length
  await ask('What is the average of 3, 9 and 4 in this CSV data?')
  const bodies = scenario.model.requests().slice(before).map(({ body }) => JSON.stringify(body))
  expect(bodies.filter((body) => body.includes('Messages that colleagues left for you') && body.includes('the budget is 4,000 euros'))).not.toEqual([])
  const again = scenario.model.requests().length
  await ask('And what is the median of 3, 9 and 4 in this CSV data?')
  expect(JSON.stringify(scenario.model.requests().slice(again))).not.toContain('the budget is 4,000 euros')
})

test('the agents of a channel are listed, last used first, with their record', async () => {
  await ask('Why does [1, 10, 2].sort() give 1, 10, 2 in JavaScript?')
  const text = await swarm('agents')
  const lines = text.slice(0, text.indexOf('Specialists that can be called in')).split('\n')
  const agents = lines.flatMap((line) => /\*([^*]+)\* `([0-9a-f-]{36})`: (.*)/.exec(line)?.slice(1) ?? [])
  expect(agents[0]).toBe('Software Engineer')
  expect(agents[2]).toMatch(/^(?:idle|working), \d+ runs?, /)
  expect(text).toMatch(/\*Planner\* `[0-9a-f-]{36}`: idle, 5 runs, 100 % went well.*, used just now/)
  expect(text).toContain('*Data Analyst*')
  expect(text).toContain('*Translator* `translator`')
  expect(await swarm('agents', alice, scenario.freshChannel())).toContain('No agent was spawned here yet')
})

test('an admin adds, retires and removes agents while everything runs; others may not', async () => {
  expect(await swarm('agents add planner trade fairs', bob)).toMatch(/is for admins/)
  const added = /\*Planner \(trade fairs\)\* `([0-9a-f-]{36})`/.exec(await swarm('agents add planner trade fairs'))?.[1] ?? ''
  expect(await swarm('agents')).toContain(added)
  expect(await swarm(`agents retire ${added}`, bob)).toMatch(/is for admins/)
  expect(await swarm(`agents retire ${added}`, alice, scenario.freshChannel())).toMatch(/active agent of this channel/)
  expect(await swarm(`agents retire \`${added}\``)).toContain('gets no work here any more')
  expect(await swarm(`agents retire ${added}`)).toMatch(/active agent of this channel/)
  expect(await swarm('agents')).not.toContain(added)
  expect(await swarm(`agents remove ${added}`)).toContain('is removed')
  expect(await swarm('agents add astrologer')).toMatch(/id of a specialist/)
  expect(await swarm('agents dance')).toMatch(/`retire`, `remove`, `add`/)
})

test('a limit of agents for the day is told with who can raise it, and raised by an admin', async () => {
  const { workspace, store, at, answers, freshChannel } = scenario
  const channel = freshChannel()
  await swarm('budget set agents 1', alice, channel)
  await ask('Plan the launch of our newsletter in two weeks', channel)
  const question = 'Why does [1, 10, 2].sort() give 1, 10, 2 in JavaScript?'
  const { message } = await workspace.say({ user: alice, channel, text: at(question) })
  await waitUntil('the end of the run', () => store.runsOf(channel, message.ts)[0]?.status === 'failed')
  expect(answers(channel, message.ts).at(-1)?.deliveredText).toMatch(/agents per day limit of 1 .*an admin can raise it/s)
  await swarm('budget set agents 5', alice, channel)
  expect((await ask(question, channel)).answer.deliveredText).toMatch(/sort/)
})
