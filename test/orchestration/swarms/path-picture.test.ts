import { expect, test } from '@jest/globals'
import { decode } from 'fast-png'
import { drawSwarmPath, type DrawnPath } from '../../../src/orchestration/swarms/path-picture.ts'
import { seededRandom } from '../../fakes/seeded-random.ts'

function paths(members: number, rounds: number, seed = 1): readonly DrawnPath[] {
  const random = seededRandom(seed)
  const place = (): Float64Array => Float64Array.from({ length: 16 }, () => random() - 0.5)
  return Array.from({ length: members }, (_, at) => ({
    name: `Member ${at + 1}`,
    points: Array.from({ length: rounds }, (__, round) => ({ position: place(), score: 10 * random(), isBest: at === 0 && round === 0 })),
  }))
}

test('is a picture of 1200 x 720 that a reader of PNG can read', () => {
  expect(decode(drawSwarmPath(paths(4, 3)), { checkCrc: true })).toMatchObject({ width: 1200, height: 720, depth: 8, channels: 3 })
})

test('gives the same bytes for the same ways, and others for others', () => {
  const first = Buffer.from(drawSwarmPath(paths(3, 3)))
  expect(first.equals(drawSwarmPath(paths(3, 3)))).toBe(true)
  expect(first.equals(drawSwarmPath(paths(3, 3, 2)))).toBe(false)
})

test('holds with one answer, with answers that are all the same, with forty members and with any name', () => {
  const same = Float64Array.of(1, 0)
  const odd = { name: `${'x'.repeat(300)} 漢字 \u0000`, points: [{ position: same, score: 5, isBest: true }, { position: same, score: 5, isBest: false }] }
  for (const drawn of [paths(1, 1), [odd, odd], paths(40, 3), []]) expect(decode(drawSwarmPath(drawn)).width).toBe(1200)
})
