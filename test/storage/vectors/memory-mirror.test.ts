import { readFileSync } from 'node:fs'
import { expect, test } from '@jest/globals'
import loadWabt from 'wabt'
import { MemoryMirror } from '../../../src/storage/vectors/memory-mirror.ts'
import { toUnitVector } from '../../../src/storage/vectors/check-vectors.ts'
import { seededRandom } from '../../fakes/seeded-random.ts'

const folder = new URL('../../../src/storage/vectors/', import.meta.url)

test('the module for dot products is what its text says', async () => {
  const wabt = await loadWabt()
  const { buffer } = wabt.parseWat('dot-product.wat', readFileSync(new URL('dot-product.wat', folder), 'utf8'), { simd: true }).toBinary({})
  // After a change of the text: node scripts/write-wasm.mjs
  expect(Buffer.from(buffer)).toEqual(readFileSync(new URL('dot-product.wasm', folder)))
})

for (const dimension of [1, 15, 16, 17, 512, 1_536, 4_096]) {
  test(`finds among vectors of ${dimension} numbers exactly what comparing them one by one finds`, () => {
    const random = seededRandom(dimension)
    const space = { embedder: 'test', dimension }
    const draw = () => toUnitVector(Float32Array.from({ length: dimension }, () => random() - 0.5), space)
    const mirror = new MemoryMirror(space)
    const vectors = new Map<string, Float32Array>()
    const put = (id: string): void => {
      const vector = draw()
      vectors.set(id, vector)
      mirror.put({ id, kind: 'result', goalId: undefined, runId: undefined, agentId: undefined, atMs: 0, expiresAtMs: undefined }, vector)
    }
    for (let at = 0; at < 300; at++) put(`i${at}`)
    for (let at = 0; at < 300; at += 3) {
      mirror.drop(`i${at}`)
      vectors.delete(`i${at}`)
    }
    for (let at = 0; at < 50; at++) put(`j${at}`)
    put('i1')
    const wanted = draw()
    const score = (vector: Float32Array) => vector.reduce((sum, value, at) => sum + value * (wanted[at] ?? 0), 0)
    const scored = [...vectors].map(([id, vector]) => ({ id, score: score(vector) })).toSorted((a, b) => b.score - a.score)
    const found = mirror.nearest(wanted, 10, {}, 0)
    expect(mirror.size).toBe(250)
    found.forEach((one, at) => expect(one.score).toBeCloseTo(scored[at]?.score ?? Number.NaN, 5))
    const best = scored.slice(0, 10).map(({ id }) => id)
    expect(dimension > 1 ? found.map(({ id }) => id) : best).toEqual(best)
    for (const [id, vector] of vectors) expect(mirror.vectorOf(id)).toEqual(vector)
  })
}
