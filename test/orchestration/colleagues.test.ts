import { expect, test } from '@jest/globals'
import { createAgentInstance } from '../../src/agents/agent-instance.ts'
import { createSpecialtyCatalogue } from '../../src/agents/specialty-catalogue.ts'
import { buildStoredConfig } from '../../src/agents/stored-config.ts'
import { createTools } from '../../src/agents/tools/create-tools.ts'
import { MurmurError } from '../../src/errors.ts'
import type { KnownAgent } from '../../src/orchestration/agent-registry.ts'
import { RunColleagues, type ColleagueRun } from '../../src/orchestration/colleagues.ts'
import { RunWork } from '../../src/orchestration/run-work.ts'
import type { RunRecord } from '../../src/storage/records.ts'
import { anAgent, aNewRun } from '../builders.ts'
import { MemorySteps } from '../fakes/memory-steps.ts'
import { ScriptedModel, type ScriptStep } from '../fakes/scripted-model.ts'

const never = new AbortController().signal
const catalogue = createSpecialtyCatalogue()
const tools = createTools()

const known = (specialtyId: string): KnownAgent => {
  const { config: _, status: _status, ...agent } = anAgent({ specialtyId, name: catalogue.get(specialtyId).name })
  return { ...agent, hasMail: false, isRetired: false, load: 1, lastTurn: 1, profile: {} }
}

/** Colleagues of a planner on a script: what peers answer, in the order of the calls. */
function colleaguesOf(steps: readonly ScriptStep[], { memory = new MemorySteps(), ...over }: Partial<ColleagueRun> & { memory?: MemorySteps } = {}) {
  const model = new ScriptedModel(steps)
  const posts: [string, string][] = []
  const scopes: string[] = []
  const seen = { taken: 0, released: 0, opened: 0, closed: 0 }
  const work = new RunWork()
  const { request, runId } = aNewRun()
  const toolContext = { signal: never, nowMs: () => 5, timeZone: 'UTC', thread: [] }
  const colleagues = new RunColleagues({
    run: { runId, request, workspaceId: request.workspaceId } as RunRecord,
    goalId: 'C1',
    thread: { post: async (key, text) => (posts.push([key, text]), { messageId: '1.1' }) },
    journal: memory.open(),
    meter: { metered: (scope) => (scopes.push(scope), model) },
    work,
    main: { model, profile: model.profile },
    catalogue,
    tools,
    assigner: {
      async tryAssign({ specialty }) {
        seen.taken++
        return { agent: known(specialty.id), release: () => void seen.released++ }
      },
    },
    opener: {
      async tryOpen({ agentId }, { specialty, specialties }) {
        seen.opened++
        const record = anAgent({ specialtyId: specialty.id, name: specialty.name, config: buildStoredConfig(specialty, {}) })
        return { instance: createAgentInstance({ ...record, agentId }, { specialty, tools, specialties }), release: () => void seen.closed++ }
      },
    },
    sendMail: async ({ to }) => (to === 'writer' ? { toName: 'Writer' } : { problem: `There is no ${to} at work here yet.` }),
    nowMs: () => 5,
    toolContext,
    ...over,
  })
  return { ask: colleagues.for(known('planner')), model, posts, scopes, seen, work, memory }
}

test('a colleague answers inside the run, and the thread shows one line of it', async () => {
  const { ask, model, posts, scopes, seen, work } = colleaguesOf([{ text: 'It is 42 %.' }])
  expect(await ask.ask('c1', 'data-analyst', 'What was the\nconversion?')).toBe('Data Analyst answers:\nIt is 42 %.')
  expect(posts).toEqual([['assist:1', ':handshake: *Planner* asks *Data Analyst*: What was the conversion?']])
  expect(scopes).toEqual(['assist:1'])
  expect(seen).toEqual({ taken: 1, released: 1, opened: 1, closed: 1 })
  expect(work.assists).toMatchObject([{ isSuccess: true }])
  const [call] = model.requests
  expect(call?.messages[0]?.content).toContain(catalogue.get('data-analyst').prompt)
  expect(call?.messages.at(-1)).toEqual({ role: 'user', content: 'What was the\nconversion?' })
  expect(JSON.stringify(call?.messages)).toContain('sum up the week')
})

test('nobody is asked who is on the way already, oneself included, and nobody there is none of', async () => {
  const { ask, model, posts } = colleaguesOf([])
  expect(await ask.ask('c1', 'planner', 'And you?')).toMatch(/^Error: The Planner is at work on this already/)
  expect(await ask.ask('c2', 'astrologer', 'And the stars?')).toMatch(/^Error: There is no astrologer; there are data-analyst, /)
  expect([model.requests, posts]).toEqual([[], []])
})

test('one that was asked may ask another, and that one nobody', async () => {
  const help = (id: string, specialty: string) => ({ toolCalls: [{ id, name: 'request_assistance', argumentsJson: JSON.stringify({ specialty, question: `${specialty}?` }) }] })
  const { ask, model, posts } = colleaguesOf([help('x', 'writer'), { text: 'written' }, { text: 'analysed' }])
  expect(await ask.ask('c1', 'data-analyst', 'How?')).toBe('Data Analyst answers:\nanalysed')
  expect(posts.map(([, line]) => line.split(':').at(2)?.trim())).toEqual(['*Planner* asks *Data Analyst*', '*Data Analyst* asks *Writer*'])
  const offered = model.requests.map(({ tools: specs = [] }) => specs.some(({ name }) => name === 'request_assistance'))
  expect(offered).toEqual([true, false, true])
  model.assertDone()
})

test('a cycle is refused to the one that would close it', async () => {
  const back = { toolCalls: [{ id: 'x', name: 'request_assistance', argumentsJson: '{"specialty":"planner","question":"and you?"}' }] }
  const { ask, model } = colleaguesOf([back, { text: 'done alone' }])
  expect(await ask.ask('c1', 'data-analyst', 'How?')).toContain('done alone')
  expect(JSON.stringify(model.requests[1]?.messages)).toContain('The Planner is at work on this already')
})

test('there are three assists in a run and no fourth, asked at once or one after the other', async () => {
  const { ask, model } = colleaguesOf([{ text: '1' }, { text: '2' }, { text: '3' }])
  const fields = ['data-analyst', 'writer', 'researcher', 'designer']
  const answers = await Promise.all(fields.map((field, index) => ask.ask(`c${index}`, field, 'Well?')))
  expect(answers.filter((text) => text.startsWith('Error: Colleagues were asked 3 times'))).toHaveLength(1)
  expect(await ask.ask('c9', 'support', 'And you?')).toMatch(/^Error: Colleagues were asked/)
  model.assertDone()
})

test('after a restart a call goes on as the assist it was, and those before it still count', async () => {
  const memory = new MemorySteps()
  const before = colleaguesOf([{ text: '1' }, { error: new MurmurError('MUR_STORE_DOWN') }], { memory })
  await before.ask.ask('c1', 'writer', 'First?')
  await expect(before.ask.ask('c2', 'data-analyst', 'Second?')).rejects.toMatchObject({ code: 'MUR_STORE_DOWN' })
  expect(before.seen).toEqual({ taken: 2, released: 2, opened: 2, closed: 2 })
  const after = colleaguesOf([{ text: '2' }, { text: '3' }], { memory })
  expect(await after.ask.ask('c2', 'data-analyst', 'Second?')).toContain('2')
  await after.ask.ask('c3', 'researcher', 'Third?')
  expect(after.scopes).toEqual(['assist:2', 'assist:3'])
  expect(await after.ask.ask('c4', 'support', 'Fourth?')).toMatch(/^Error: Colleagues were asked/)
})

test('without a free colleague the agent goes on alone', async () => {
  const busy = colleaguesOf([], { assigner: { tryAssign: async () => undefined } })
  expect(await busy.ask.ask('c1', 'writer', 'Well?')).toMatch(/^Error: No Writer is free now/)
  const none = colleaguesOf([], { assigner: { tryAssign: async () => Promise.reject(new MurmurError('MUR_BUDGET_SPENT', { scope: 'agents per day', unit: 'agents' })) } })
  expect(await none.ask.ask('c1', 'writer', 'Well?')).toMatch(/^Error: No Writer is free now/)
})

test('a model that fails a colleague is no end of the run, a spent budget is', async () => {
  const down = colleaguesOf([{ error: new MurmurError('MUR_MODEL_DOWN') }])
  expect(await down.ask.ask('c1', 'writer', 'Well?')).toBe('Error: The Writer could not answer (MUR_MODEL_DOWN). Answer without, and say what is missing.')
  expect(down.work.assists).toMatchObject([{ isSuccess: false }])
  const spent = colleaguesOf([{ error: new MurmurError('MUR_BUDGET_SPENT', { scopeKey: 'goal:C1' }) }])
  await expect(spent.ask.ask('c1', 'writer', 'Well?')).rejects.toMatchObject({ code: 'MUR_BUDGET_SPENT' })
})

test('a channel that refuses the line does not stop the work', async () => {
  const { ask } = colleaguesOf([{ text: 'yes' }], { thread: { post: async () => Promise.reject(new MurmurError('MUR_SLACK_REJECTED', { method: 'chat.postMessage' })) } })
  expect(await ask.ask('c1', 'writer', 'Well?')).toContain('yes')
})

test('a message goes to its addressee and shows as one line', async () => {
  const { ask, posts } = colleaguesOf([])
  expect(await ask.tell('m1', 'writer', 'The launch\nis on May 5.')).toBe('The Writer reads it with their next task.')
  expect(await ask.tell('m2', 'nobody', 'Hello?')).toMatch(/^Error: There is no nobody/)
  expect(posts).toEqual([['message:m1', ':envelope: *Planner* to *Writer*: The launch is on May 5.']])
})
