import { expect, test } from '@jest/globals'
import { ChromaVectors } from '../../../src/storage/vectors/chroma-vectors.ts'
import { testVectorMemory } from '../../conformance/vector-memory.ts'
import { chromaUrl } from '../../support/chroma.ts'

testVectorMemory({
  name: 'on Chroma',
  create: async (nowMs) => new ChromaVectors({ url: chromaUrl(), nowMs }),
  reopen: async (nowMs) => new ChromaVectors({ url: chromaUrl(), nowMs }),
  destroy: async () => {},
})

test('a server that does not answer is told as such, with what to check', async () => {
  const memory = new ChromaVectors({ url: 'http://127.0.0.1:1', nowMs: Date.now })
  await expect(memory.health()).rejects.toMatchObject({ code: 'MUR_STORE_DOWN', message: expect.stringContaining('CHROMA_URL') })
})
