import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals'
import { createOfflineModel } from '../../../playground/offline-model/create-offline-model.ts'
import type { OfflineModel } from '../../../playground/offline-model/offline-model.ts'
import { OpenAiEmbedder } from '../../../src/agents/providers/openai-embedder.ts'
import { aProfile } from '../../fakes/model-profile.ts'

let model: OfflineModel
beforeAll(async () => {
  model = await createOfflineModel()
})
afterAll(() => model.close())
afterEach(() => model.faults.clear())

const signal = new AbortController().signal

function create(name = 'text-embedding-3-small', baseUrl = model.baseUrl) {
  const waits: number[] = []
  const profile = aProfile({ id: 'embedder', provider: 'openai', model: name, capabilities: ['embeddings'] })
  const embedder = new OpenAiEmbedder({ profile, apiKey: 'sk-test', baseUrl, now: Date.now, delay: async (ms) => void waits.push(ms) })
  return { embedder, waits }
}

test('many texts are asked for in batches of 96, come back in order, and their tokens are counted', async () => {
  const { embedder } = create()
  const texts = Array.from({ length: 200 }, (_, at) => `text number ${at}`)
  const before = model.requests().length
  const { vectors, inputTokens } = await embedder.embed(texts, signal)
  const sizes = model.requests().slice(before).map(({ body }) => (body as { input: string[] }).input.length)
  expect(sizes.toSorted((a, b) => b - a)).toEqual([96, 96, 8])
  expect(vectors).toHaveLength(200)
  expect(inputTokens).toBeGreaterThan(200)
  const [alone] = (await embedder.embed(['text number 150'], signal)).vectors
  expect(vectors[150]).toEqual(alone)
  expect(alone).toHaveLength(1_536)
})

test('its name and dimension say which space it is; one that is not known is learnt from the first vectors', async () => {
  expect(create().embedder).toMatchObject({ name: 'openai/text-embedding-3-small', dimension: 1_536 })
  const { embedder } = create('some-model')
  expect(embedder.dimension).toBeUndefined()
  await embedder.embed(['a'], signal)
  expect(embedder.dimension).toBe(1_536)
})

test('a server that is busy or fails is asked again, a bounded number of times', async () => {
  const { embedder, waits } = create()
  model.faults.add({ kind: 'http_500', times: 1 })
  model.faults.add({ kind: 'rate_limited', retryAfterSeconds: 3, times: 1 })
  await embedder.embed(['a'], signal)
  expect(waits).toEqual([1_000, 3_000])
  model.faults.add({ kind: 'http_500', times: Infinity })
  await expect(embedder.embed(['b'], signal)).rejects.toMatchObject({ code: 'MUR_MODEL_DOWN' })
  expect(waits).toHaveLength(4)
})

test('a refusal is told without the text and without the key', async () => {
  const { embedder } = create()
  model.faults.add({ kind: 'key_refused', times: 1 })
  await expect(embedder.embed(['secret text'], signal)).rejects.toMatchObject({ code: 'MUR_MODEL_REFUSED', message: expect.not.stringMatching(/secret|sk-test/) })
})

test('an empty text and one that is far too long are embedded, too', async () => {
  const { embedder } = create()
  const { vectors } = await embedder.embed(['', 'long '.repeat(50_000)], signal)
  expect(vectors.map(({ length }) => length)).toEqual([1_536, 1_536])
})
