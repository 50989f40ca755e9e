import { afterEach, expect, test } from '@jest/globals'
import OpenAI from 'openai'
import { createOfflineModel } from '../../../playground/offline-model/create-offline-model.ts'
import type { OfflineModel, OfflineModelOptions } from '../../../playground/offline-model/offline-model.ts'

const open: OfflineModel[] = []
afterEach(async () => {
  await Promise.all(open.splice(0).map((model) => model.close()))
})

async function start(
  options: OfflineModelOptions = {},
): Promise<{ model: OfflineModel; ask: (content: string, extra?: object) => Promise<string | null> }> {
  const model = await createOfflineModel(options)
  open.push(model)
  const client = new OpenAI({ apiKey: 'any', baseURL: model.baseUrl, maxRetries: 0 })
  const ask = async (content: string, extra: object = {}): Promise<string | null> => {
    const completion = await client.chat.completions.create({
      model: 'm',
      messages: [{ role: 'user', content }],
      stream: false,
      ...extra,
    })
    return completion.choices[0]?.message.content ?? null
  }
  return { model, ask }
}

test('lets a hook script text, tool calls, usage and errors, and falls back otherwise', async () => {
  const { model, ask } = await start({
    answer: (request, context) => {
      const last = request.messages.at(-1)?.text
      if (last === 'text') return 'scripted'
      if (last === 'usage') return { text: 'x', usage: { promptTokens: 1000, completionTokens: 500, cachedTokens: 10 } }
      if (last === 'error') return { error: { status: 503, code: 'overloaded' } }
      if (last === 'wrap') return { text: `<${context.fallback().text?.slice(0, 5)}>` }
      return undefined
    },
  })
  expect(await ask('text')).toBe('scripted')
  expect(await ask('wrap')).toMatch(/^<.{5}>$/)
  expect(await ask('hello')).toContain('Offline model')
  await expect(ask('error')).rejects.toMatchObject({ status: 503, code: 'overloaded' })
  await ask('usage')
  expect(model.requests().at(-1)?.usage).toEqual({ promptTokens: 1000, completionTokens: 500, cachedTokens: 10 })
})

test('tells the hook what was asked and waits for it', async () => {
  const { model, ask } = await start()
  const { promise, resolve } = Promise.withResolvers<string>()
  let seen = ''
  model.setAnswer(async (_request, { conversation, id }) => {
    seen = `${id} ${conversation.asked}`
    return await promise
  })
  const asked = ask('<thread>\nalice: hi\n</thread>\n<request>Count the words</request>')
  await model.waitFor('the hook', () => seen !== '' || model.pending === 0 || false)
  resolve('done')
  expect(await asked).toBe('done')
  expect(seen).toBe('1 Count the words')
})

test('turns a failing hook into a 500', async () => {
  const { ask } = await start({
    answer: () => {
      throw new Error('script at its end')
    },
  })
  await expect(ask('x')).rejects.toThrow(/script at its end/)
})

test('holds matching replies until they are released', async () => {
  const { model, ask } = await start({ answer: (request) => `re: ${request.messages[0]?.text}` })
  model.hold({ match: (body) => JSON.stringify(body).includes('wait') })
  const first = ask('wait 1')
  await model.waitFor('one held', () => model.held === 1)
  const second = ask('wait 2')
  expect(await ask('go')).toBe('re: go')
  await model.waitFor('two held', () => model.held === 2)
  model.release(1)
  expect(await first).toBe('re: wait 1')
  expect(model.held).toBe(1)
  model.release()
  expect(await second).toBe('re: wait 2')
  expect(await ask('wait 3')).toBe('re: wait 3')
})

test('holds a stream after some chunks', async () => {
  const { model } = await start({ answer: () => 'abcdefgh', chunkSize: 2 })
  const client = new OpenAI({ apiKey: 'any', baseURL: model.baseUrl })
  model.hold({ afterChunks: 2 })
  const stream = await client.chat.completions.create({
    model: 'm',
    stream: true,
    messages: [{ role: 'user', content: 'x' }],
  })
  let text = ''
  for await (const chunk of stream) {
    text += chunk.choices[0]?.delta.content ?? ''
    if (text === 'abcd' && model.pending === 1) {
      await model.waitFor('the hold', () => model.held === 1)
      model.release()
    }
  }
  expect(text).toBe('abcdefgh')
})

test('lets go of a held call whose caller has gone', async () => {
  const { model } = await start()
  const client = new OpenAI({ apiKey: 'any', baseURL: model.baseUrl, maxRetries: 0 })
  model.hold()
  const caller = new AbortController()
  const asked = client.chat.completions.create(
    { model: 'm', messages: [{ role: 'user', content: 'x' }] },
    { signal: caller.signal },
  )
  await model.waitFor('the hold', () => model.held === 1)
  caller.abort()
  await expect(asked).rejects.toThrow(/abort/i)
  await model.waitFor('the abort', () => model.requests()[0]?.aborted)
  expect(model.held).toBe(0)
})

test('journals each call with body, time, status and usage, and sums up', async () => {
  const { model, ask } = await start({ now: () => 1_763_700_000_000, answer: () => 'four' })
  await ask('one', { user: 'U1' })
  await model.waitFor('the end', () => model.pending === 0)
  expect(model.requests()).toEqual([
    {
      id: 1,
      at: 1_763_700_000_000,
      kind: 'chat',
      model: 'm',
      status: 200,
      finished: true,
      aborted: false,
      pending: false,
      fault: undefined,
      body: { model: 'm', messages: [{ role: 'user', content: 'one' }], stream: false, user: 'U1' },
      usage: { promptTokens: 8, completionTokens: 1, cachedTokens: 0 },
    },
  ])
  await ask('two')
  expect(model.usage).toEqual({ calls: 2, promptTokens: 16, completionTokens: 2, cachedTokens: 0, totalTokens: 18 })
})

test('keeps only the newest entries, but sums over all', async () => {
  const { model, ask } = await start({ journalLimit: 3, answer: () => 'ok' })
  for (let made = 1; made <= 10; made += 1) await ask(String(made))
  expect(model.requests().map((entry) => entry.id)).toEqual([8, 9, 10])
  expect(model.usage.calls).toBe(10)
})

test('says what it waited for in vain', async () => {
  const { model } = await start()
  await expect(model.waitFor('a call', () => model.requests()[0], 5)).rejects.toThrow(
    'Waited 5 ms for a call, in vain: 0 calls so far, 0 pending, 0 held.',
  )
  await expect(
    model.waitFor('trouble', () => {
      throw new Error('probe failed')
    }),
  ).rejects.toThrow('probe failed')
})

test('cuts what is open when it closes', async () => {
  const { model, ask } = await start()
  model.hold()
  const asked = ask('x').catch(String)
  await model.waitFor('the hold', () => model.held === 1)
  await model.close()
  expect(await asked).toMatch(/connection/i)
  expect(model.requests()[0]).toMatchObject({ finished: false, aborted: false, pending: false })
})
