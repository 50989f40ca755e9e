import { expect, test } from '@jest/globals'
import { lexicalEmbedder } from '../../src/agents/lexical-embedder.ts'

const signal = new AbortController().signal
const dot = (one: Float32Array | undefined, other: Float32Array | undefined) => one?.reduce((sum, value, at) => sum + value * (other?.[at] ?? 0), 0) ?? 0

test('texts that share words, forms of words or their order are nearer than others', async () => {
  const texts = ['The quarterly revenue fell by four percent', 'Revenues of the quarter are falling', 'How do I fix a flat bicycle tyre?', 'quarterly-revenue']
  const { vectors, inputTokens } = await lexicalEmbedder.embed(texts, signal)
  expect(inputTokens).toBe(0)
  expect(dot(vectors[0], vectors[1])).toBeGreaterThan(dot(vectors[0], vectors[2]) + 0.2)
  expect(dot(vectors[0], vectors[3])).toBeGreaterThan(0.3)
})

test('vectors have 1,024 numbers and length 1, and are the same each time', async () => {
  const texts = ['one', 'Ärger über Straßen', '東京の天気', 'the of and', 'x'.repeat(50_000)]
  const { vectors } = await lexicalEmbedder.embed(texts, signal)
  const again = await lexicalEmbedder.embed(texts, signal)
  for (const [at, vector] of vectors.entries()) {
    expect(vector).toHaveLength(1_024)
    expect(Math.hypot(...vector)).toBeCloseTo(1, 5)
    expect(again.vectors[at]).toEqual(vector)
  }
  // Stored vectors are compared with those of later versions: this may never change under its name.
  expect([...(vectors[0] ?? [])].flatMap((value, at) => (value === 0 ? [] : [`${at}:${value.toFixed(3)}`])).join(' ')).toBe('165:0.213 502:0.213 635:0.853 656:-0.213 801:-0.213 898:0.213 1023:0.213')
})

test('a text without a word has no direction', async () => {
  const { vectors } = await lexicalEmbedder.embed(['', ' … ?!'], signal)
  expect(vectors.map((vector) => vector.every((value) => value === 0))).toEqual([true, true])
})

test('a cancelled call embeds nothing', async () => {
  await expect(lexicalEmbedder.embed(['a'], AbortSignal.abort())).rejects.toMatchObject({ code: 'MUR_RUN_CANCELLED' })
})
