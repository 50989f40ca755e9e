import { expect, test } from '@jest/globals'
import { v7 } from 'uuid'
import { drawShare, type DrawPurpose } from '../../../src/learning/trials/draw-share.ts'
import { seededRandom } from '../../../src/learning/router/seeded-random.ts'
import type { RunId } from '../../../src/storage/records.ts'

const random = seededRandom(3)
const runIds = Array.from({ length: 4_000 }, (_, at) => v7({ msecs: 1_000 + at, random: Uint8Array.from({ length: 16 }, () => Math.floor(random() * 256)) }) as RunId)
const purposes: readonly DrawPurpose[] = ['canary', 'audit', { setting: 'weights' }, { setting: 'temperature:writer' }]

test('a draw stays what it was, because trials under way go by it', () => {
  const runId = '019abcde-0000-7000-8000-0123456789ab' as RunId
  expect(purposes.map((purpose) => drawShare(runId, purpose))).toEqual([0.2711111109238118, 0.3397742076776922, 0.67886479687877, 0.3794364833738655])
})

test('each purpose draws a quarter of the runs, and two purposes draw the same run as often as chance does', () => {
  const drawn = purposes.map((purpose) => runIds.map((runId) => drawShare(runId, purpose) < 0.25))
  const shareOf = (of: (at: number) => boolean): number => runIds.filter((_, at) => of(at)).length / runIds.length
  // 5 standard deviations of 4,000 draws.
  for (const one of drawn) expect(Math.abs(shareOf((at) => one[at] === true) - 1 / 4)).toBeLessThan(0.035)
  for (const [nth, one] of drawn.entries()) {
    for (const other of drawn.slice(nth + 1)) expect(Math.abs(shareOf((at) => one[at] === true && other[at] === true) - 1 / 16)).toBeLessThan(0.02)
  }
})
