import { expect, test } from '@jest/globals'
import { EmbeddingCache } from '../../src/agents/embeddings.ts'

function recorder() {
  const asked: string[][] = []
  return {
    asked,
    embed: async (texts: readonly string[]) => {
      asked.push([...texts])
      return { vectors: texts.map((text) => Float32Array.of(text.length)), inputTokens: texts.length }
    },
  }
}

test('a text is embedded once, also when it comes twice in one call, and comes back in its place', async () => {
  const { asked, embed } = recorder()
  const cache = new EmbeddingCache()
  const first = await cache.through('e', ['aa', 'b', 'aa'], embed)
  expect(first).toEqual({ vectors: [Float32Array.of(2), Float32Array.of(1), Float32Array.of(2)], inputTokens: 2 })
  expect(await cache.through('e', ['b', 'ccc'], embed)).toEqual({ vectors: [Float32Array.of(1), Float32Array.of(3)], inputTokens: 1 })
  expect(await cache.through('e', ['ccc'], embed)).toEqual({ vectors: [Float32Array.of(3)], inputTokens: 0 })
  expect(asked).toEqual([['aa', 'b'], ['ccc']])
})

test('another embedder gets its own vectors', async () => {
  const { asked, embed } = recorder()
  const cache = new EmbeddingCache()
  await cache.through('one', ['a'], embed)
  await cache.through('other', ['a'], embed)
  expect(asked).toHaveLength(2)
})

test('the texts used last are kept, and no more than the bound', async () => {
  const { asked, embed } = recorder()
  const cache = new EmbeddingCache(2)
  await cache.through('e', ['a', 'b'], embed)
  await cache.through('e', ['a'], embed)
  await cache.through('e', ['c'], embed)
  await cache.through('e', ['a', 'b'], embed)
  expect(asked).toEqual([['a', 'b'], ['c'], ['b']])
  // More at once than it holds.
  expect((await cache.through('e', ['1', '22', '333', '22'], embed)).vectors.map(([value]) => value)).toEqual([1, 2, 3, 2])
})
