import { afterEach, describe, expect, test } from '@jest/globals'
import { z } from 'zod'
import { createOfflineModel } from '../../playground/offline-model/create-offline-model.ts'
import type { OfflineModel } from '../../playground/offline-model/offline-model.ts'
import { answer, type AgentConfig, type AnswerInput } from '../../src/agents/agent.ts'
import type { ChatModel } from '../../src/agents/chat-model.ts'
import { createOpenAiModel } from '../../src/agents/providers/openai.ts'
import { createResilientModel } from '../../src/agents/resilient-model.ts'
import { toolError, type Tool } from '../../src/agents/tools/tool.ts'
import { MurmurError } from '../../src/errors.ts'
import { classifyFailure } from '../../src/orchestration/classify-failure.ts'
import { aProfile } from '../fakes/model-profile.ts'
import { ScriptedModel, type ScriptStep } from '../fakes/scripted-model.ts'

const never = new AbortController().signal
const sums: unknown[] = []
const add: Tool<{ a: number; b: number }> = {
  name: 'add',
  description: 'Adds two numbers.',
  input: z.object({ a: z.number(), b: z.number() }),
  run: async ({ a, b }) => {
    sums.push([a, b])
    return String(a + b)
  },
}
const callAdd = (a: number, b: number, id = `add-${a}-${b}`) => ({
  id,
  name: 'add',
  argumentsJson: JSON.stringify({ a, b }),
})

afterEach(() => {
  sums.length = 0
})

interface Setup extends Partial<Omit<AnswerInput, 'agent'>> {
  readonly agent?: Partial<AgentConfig>
}

/** Runs an answer on a script; what is shown is kept as it looks to the reader in the end. */
function ask(steps: readonly ScriptStep[], { agent, ...over }: Setup = {}) {
  const model = new ScriptedModel(steps)
  const seen = { shown: '', restarts: 0 }
  const result = answer({
    agent: { prompt: 'You add.', temperature: 0.3, tools: [add as Tool<never>], maxOutputTokens: 200, ...agent },
    history: [
      { role: 'user', content: 'Earlier.' },
      { role: 'assistant', content: 'Yes?' },
    ],
    request: 'What is 1 + 2?',
    model,
    signal: never,
    toolContext: { signal: never, nowMs: () => 0, timeZone: 'UTC', thread: [] },
    onText: (delta) => {
      seen.shown += delta
    },
    onRestart: () => {
      seen.shown = ''
      seen.restarts++
    },
    ...over,
  })
  return { model, seen, result }
}

async function played(steps: readonly ScriptStep[], setup: Setup = {}) {
  const { model, seen, result } = ask(steps, setup)
  const given = await result
  model.assertDone()
  return { ...given, ...seen, requests: model.requests }
}

describe('without tools', () => {
  test('is one plain call with prompt, history and request', async () => {
    const run = await played([{ pieces: ['Thr', 'ee.'] }])
    expect(run).toMatchObject({ text: 'Three.', shown: 'Three.', toolsUsed: [], modelCalls: 1, finishReason: 'stop' })
    expect(run.requests[0]).toMatchObject({
      temperature: 0.3,
      maxOutputTokens: 200,
      messages: [
        { role: 'system', content: 'You add.' },
        { content: 'Earlier.' },
        { content: 'Yes?' },
        { role: 'user', content: 'What is 1 + 2?' },
      ],
    })
  })

  test('offers each tool with its description and schema', async () => {
    const run = await played([{ text: 'Three.' }])
    expect(run.requests[0]?.tools).toMatchObject([
      { name: 'add', description: 'Adds two numbers.', parameters: { type: 'object', required: ['a', 'b'] } },
    ])
  })

  test.each([{ tools: [] }, { maxModelCalls: 1 }, { maxToolCalls: 0 }])(
    'offers none when there are none to use: %j',
    async (agent) => {
      const run = await played([{ text: 'Three.' }], { agent })
      expect(run.requests[0]?.tools).toBeUndefined()
    },
  )

  test('says when the answer was cut', async () => {
    expect(await played([{ text: 'Thr', finishReason: 'length' }])).toMatchObject({ finishReason: 'length' })
  })
})

describe('with tools', () => {
  test('goes on from the first reply, runs the tool and answers', async () => {
    const run = await played([{ toolCalls: [callAdd(1, 2)] }, { text: 'It is 3.' }])
    expect(run).toMatchObject({ text: 'It is 3.', toolsUsed: ['add'], modelCalls: 2 })
    expect(run.requests[1]?.messages.slice(4)).toEqual([
      { role: 'assistant', content: '', toolCalls: [callAdd(1, 2)] },
      { role: 'tool', content: '3', toolCallId: 'add-1-2' },
    ])
  })

  test('keeps what was said on the way until the next text comes, and drops it then', async () => {
    let shownDuringTool = ''
    const looking: Tool<object> = {
      name: 'look',
      description: '',
      input: z.object({}),
      run: async () => {
        shownDuringTool = run.seen.shown
        return 'blue'
      },
    }
    const run = ask([{ text: 'Let me look.', toolCalls: [{ name: 'look' }] }, { pieces: ['It is ', 'blue.'] }], {
      agent: { tools: [looking as Tool<never>] },
    })
    expect((await run.result).text).toBe('It is blue.')
    expect(shownDuringTool).toBe('Let me look.')
    expect(run.seen).toEqual({ shown: 'It is blue.', restarts: 1 })
  })

  test('runs several calls of one reply and names each tool once', async () => {
    const run = await played([
      { toolCalls: [callAdd(1, 2), callAdd(3, 4)] },
      { toolCalls: [callAdd(3, 7)] },
      { text: '10' },
    ])
    expect(run).toMatchObject({ toolsUsed: ['add'], modelCalls: 3 })
    expect(run.requests[2]?.messages.filter(({ role }) => role === 'tool').map(({ content }) => content)).toEqual([
      '3',
      '7',
      '10',
    ])
  })

  test('tells calls apart whose ids a server repeats', async () => {
    const keys: string[] = []
    const steps = {
      onceTool: async (key: string, effect: () => Promise<string>) => {
        keys.push(key)
        return effect()
      },
    }
    const run = await played(
      [{ toolCalls: [callAdd(1, 2, 'call_0')] }, { toolCalls: [callAdd(3, 4, 'call_0')] }, { text: 'ok' }],
      { steps },
    )
    expect(keys).toEqual(['tool:call_0', 'tool:call_0-2'])
    expect(run.requests[2]?.messages.slice(-2)).toMatchObject([
      { toolCalls: [{ id: 'call_0-2' }] },
      { content: '7', toolCallId: 'call_0-2' },
    ])
  })

  test('reads stored results instead of running a tool again', async () => {
    const stored = new Map<string, string>()
    const steps = {
      onceTool: async (key: string, effect: () => Promise<string>) => {
        const result = stored.get(key) ?? (await effect())
        stored.set(key, result)
        return result
      },
    }
    const script: ScriptStep[] = [{ toolCalls: [callAdd(1, 2)] }, { text: 'It is 3.' }]
    await played(script, { steps })
    const again = await played(script, { steps })
    expect(again.text).toBe('It is 3.')
    expect(sums).toEqual([[1, 2]])
    expect([...stored.keys()]).toEqual(['tool:add-1-2'])
  })

  test.each([
    ['no JSON', '{"a": 1', 'do not fit'],
    ['wrong types', '{"a":"one","b":2}', 'a: Invalid input'],
    ['nothing', '', 'do not fit'],
    ['a list', '[1,2]', 'do not fit'],
    ['a prototype', '{"__proto__":{"a":1},"b":2}', 'do not fit'],
  ])('tells the model what is wrong with arguments that are %s', async (_, argumentsJson, told) => {
    const run = await played([{ toolCalls: [{ id: 'x', name: 'add', argumentsJson }] }, { text: 'Sorry.' }])
    expect(run.requests[1]?.messages.at(-1)?.content).toContain(told)
    expect(sums).toEqual([])
  })

  test('tells the model of a tool that does not exist', async () => {
    const run = await played([{ toolCalls: [{ name: 'fly' }] }, { text: 'Sorry.' }])
    expect(run.requests[1]?.messages.at(-1)?.content).toContain('fly')
    expect(run.toolsUsed).toEqual([])
  })
})

describe('limits', () => {
  test('keep one model call to conclude without tools', async () => {
    const run = await played([{ toolCalls: [callAdd(1, 2)] }, { toolCalls: [callAdd(3, 4)] }, { text: 'So far 7.' }], {
      agent: { maxModelCalls: 3 },
    })
    expect(run).toMatchObject({ text: 'So far 7.', modelCalls: 3 })
    expect(run.requests.map((request) => request.tools?.length)).toEqual([1, 1, undefined])
    expect(run.requests[2]?.messages.slice(-2)).toMatchObject([
      { role: 'tool', content: '7' },
      { role: 'user', content: expect.stringContaining('no tool calls left') },
    ])
  })

  test('refuse tool calls beyond their number and take the tools away', async () => {
    const run = await played([{ toolCalls: [callAdd(1, 1), callAdd(2, 2), callAdd(3, 3)] }, { text: 'Enough.' }], {
      agent: { maxToolCalls: 2 },
    })
    expect(run.text).toBe('Enough.')
    expect(sums).toEqual([
      [1, 1],
      [2, 2],
    ])
    expect(run.requests[1]?.tools).toBeUndefined()
    const results = run.requests[1]?.messages.filter(({ role }) => role === 'tool').map(({ content }) => content)
    expect(results).toHaveLength(3)
    expect(results).toEqual(expect.arrayContaining(['2', '4', expect.stringContaining('limit exceeded')]))
  })

  test('hold for a model that asks for tools it is not offered', async () => {
    const { result, model } = ask([{ toolCalls: [callAdd(1, 1)] }, { toolCalls: [callAdd(2, 2)] }], {
      agent: { maxModelCalls: 2 },
    })
    await expect(result).rejects.toMatchObject({ code: 'MUR_MODEL_MALFORMED' })
    expect(sums).toEqual([[1, 1]])
    model.assertDone()
  })

  test('name the tool that a model could not get past, and none where it worked', async () => {
    const steps = [{ toolCalls: [callAdd(1, 1)] }, { toolCalls: [callAdd(2, 2)] }]
    const away: Tool<{ a: number; b: number }> = { ...add, run: async () => toolError('What adds is away.') }
    await expect(ask(steps, { agent: { maxModelCalls: 2, tools: [away as Tool<never>] } }).result).rejects.toMatchObject({ details: { tool: 'add' } })
    const worked: unknown = await ask(steps, { agent: { maxModelCalls: 2 } }).result.catch((error: unknown) => error)
    expect(classifyFailure(worked as MurmurError)).toBe('malformed')
    const failed: unknown = await ask(steps, { agent: { maxModelCalls: 2, tools: [away as Tool<never>] } }).result.catch((error: unknown) => error)
    expect(classifyFailure(failed as MurmurError)).toBe('tool')
  })

  test('let a model use all its calls', async () => {
    const rounds = Array.from({ length: 19 }, (_, round): ScriptStep => ({ toolCalls: [callAdd(round, 1)] }))
    const run = await played([...rounds, { text: 'Done.' }], { agent: { maxModelCalls: 20, maxToolCalls: 50 } })
    expect(run).toMatchObject({ text: 'Done.', modelCalls: 20 })
    expect(sums).toHaveLength(19)
  })
})

describe('errors', () => {
  const budget = new MurmurError('MUR_BUDGET_SPENT', { scope: 'daily' })

  test.each([
    ['first', [{ error: budget }]],
    ['second', [{ toolCalls: [callAdd(1, 2)] }, { error: budget }]],
  ])('of the %s model call come out unchanged', async (_, steps) => {
    const { result } = ask(steps as ScriptStep[])
    expect(await result.catch((error: unknown) => error)).toBe(budget)
    expect(Object.keys(budget).toSorted()).toEqual(['code', 'details', 'name'])
  })

  test('of the steps come out unchanged', async () => {
    const { result } = ask([{ toolCalls: [callAdd(1, 2)] }], {
      steps: {
        onceTool: async () => {
          throw budget
        },
      },
    })
    expect(await result.catch((error: unknown) => error)).toBe(budget)
  })

  test('of storing a result are tried once more where that may help', async () => {
    let tries = 0
    const steps = {
      onceTool: async (_: string, effect: () => Promise<string>) => {
        if (tries++ === 0) throw new MurmurError('MUR_STORE_CONFLICT')
        return effect()
      },
    }
    expect((await played([{ toolCalls: [callAdd(1, 2)] }, { text: '3' }], { steps })).text).toBe('3')
    expect(tries).toBe(2)
  })

  test('of a tool go to the model', async () => {
    const broken: Tool<object> = {
      name: 'break',
      description: '',
      input: z.object({}),
      run: async () => {
        throw new TypeError('secret')
      },
    }
    const run = await played([{ toolCalls: [{ name: 'break' }] }, { text: 'It broke.' }], {
      agent: { tools: [broken as Tool<never>] },
    })
    expect(run.requests[1]?.messages.at(-1)?.content).toContain('break failed')
    expect(run.requests[1]?.messages.at(-1)?.content).not.toContain('secret')
  })
})

describe('cancelling', () => {
  test('ends a model call inside the loop', async () => {
    const controller = new AbortController()
    const { result, model } = ask([{ toolCalls: [callAdd(1, 2)] }, { hangs: true }], { signal: controller.signal })
    result.catch(() => undefined)
    await model.called(2)
    controller.abort()
    await expect(result).rejects.toMatchObject({ code: 'MUR_RUN_CANCELLED' })
  })

  test('ends a tool, and no model is called after it', async () => {
    const controller = new AbortController()
    const waiting: Tool<object> = {
      name: 'wait',
      description: '',
      input: z.object({}),
      run: (_, { signal }) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener(
            'abort',
            () => {
              reject(new Error('stopped'))
            },
            { once: true },
          )
          controller.abort()
        }),
    }
    const { result, model } = ask([{ toolCalls: [{ name: 'wait' }] }], {
      signal: controller.signal,
      agent: { tools: [waiting as Tool<never>] },
    })
    await expect(result).rejects.toMatchObject({ code: 'MUR_RUN_CANCELLED' })
    model.assertDone()
  })
})

describe('over a real connection', () => {
  let server: OfflineModel | undefined
  afterEach(async () => {
    await server?.close()
    server = undefined
  })

  test('calls a tool, takes back a stream that broke, and answers', async () => {
    const offline = (server = await createOfflineModel({
      answer: (_, { id }) =>
        id === 1
          ? { text: 'One moment.', toolCalls: [{ id: 'c1', name: 'add', arguments: { a: 20, b: 22 } }] }
          : { text: 'The answer is forty-two, and it always was.' },
    }))
    offline.faults.add({
      kind: 'disconnect',
      afterChunks: 2,
      match: ({ messages }) => Array.isArray(messages) && messages.length > 4,
    })
    const provider = createOpenAiModel({ profile: aProfile(), apiKey: 'k', baseUrl: offline.baseUrl, now: Date.now })
    const model: ChatModel = createResilientModel({ primary: provider, now: Date.now, delay: async () => undefined })
    const run = ask([], { model })
    expect(await run.result).toMatchObject({
      text: 'The answer is forty-two, and it always was.',
      toolsUsed: ['add'],
      modelCalls: 2,
    })
    expect(run.seen.shown).toBe('The answer is forty-two, and it always was.')
    expect(run.seen.restarts).toBe(2)
    expect(offline.usage.calls).toBe(3)
  })
})
