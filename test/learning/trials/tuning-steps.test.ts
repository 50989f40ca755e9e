import { expect, test } from '@jest/globals'
import { seededRandom } from '../../../src/learning/router/seeded-random.ts'
import { judgeTuning, nextStep, type SettingValues, type Tunable, type TuningVerdict } from '../../../src/learning/trials/tuning-steps.ts'

const sum: Tunable = { name: 'temperature:x', defaults: { t: 0.3 }, least: { t: 0 }, most: { t: 0.6 }, step: { kind: 'sum', by: 0.1 } }
const factor: Tunable = { name: 'weights', defaults: { a: 0.6, b: 0.1 }, least: { a: 0.2, b: 0.033 }, most: { a: 1.8, b: 0.3 }, step: { kind: 'factor', by: 1.5 } }

test('each number is moved up and down in turn, and what helped last comes first', () => {
  expect(nextStep(factor, factor.defaults, [], undefined)).toEqual({ values: { a: 0.9, b: 0.1 }, words: 'a up' })
  expect(nextStep(factor, factor.defaults, ['a up'], undefined)).toEqual({ values: { a: 0.4, b: 0.1 }, words: 'a down' })
  expect(nextStep(factor, factor.defaults, [], 'b down')).toEqual({ values: { a: 0.6, b: 0.067 }, words: 'b down' })
  expect(nextStep(sum, sum.defaults, [], undefined)).toEqual({ values: { t: 0.4 }, words: 't up' })
  expect(nextStep(factor, factor.defaults, ['a up', 'a down', 'b up', 'b down'], undefined)).toBeUndefined()
})

test('no walk leaves the bounds, and each comes to an end', () => {
  for (const tunable of [sum, factor]) {
    for (const words of Object.keys(tunable.defaults).flatMap((key) => [`${key} up`, `${key} down`])) {
      let values: SettingValues = tunable.defaults
      for (let moved = nextStep(tunable, values, [], words), steps = 0; moved?.words === words; moved = nextStep(tunable, values, [], words)) {
        values = moved.values
        for (const [key, value] of Object.entries(values)) expect(value >= (tunable.least[key] ?? 0) && value <= (tunable.most[key] ?? 0)).toBe(true)
        expect(++steps).toBeLessThan(20)
      }
    }
  }
})

const runs = (good: number, bad: number, isCandidate: boolean) => [...Array.from({ length: good }, () => ({ isCandidate, isGood: true })), ...Array.from({ length: bad }, () => ({ isCandidate, isGood: false }))]

test.each([
  ['few runs', runs(30, 0, true), 'open'],
  ['more success', runs(57, 3, true), 'better'],
  ['the same success', runs(48, 12, true), 'taken back'],
  ['much less success', runs(10, 15, true), 'taken back'],
] as const)('%s: %s', (_what, since, verdict) => {
  expect(judgeTuning({ before: { good: 160, bad: 40 }, since })).toBe(verdict)
})

/** Of so many steps, what share is kept that changes the success of 80 of 100 by so much; looked at after every run, a quarter of which tries it. */
function shareKept(change: number, seed: number): number {
  const random = seededRandom(seed)
  const steps = 300
  let kept = 0
  for (let step = 0; step < steps; step++) {
    const since: { isCandidate: boolean; isGood: boolean }[] = []
    let verdict: TuningVerdict = 'open'
    while (verdict === 'open') {
      const isCandidate = random() < 0.25
      since.push({ isCandidate, isGood: random() < (isCandidate ? 0.8 + change : 0.8) })
      if (since.length % 10 === 0) verdict = judgeTuning({ before: { good: 40, bad: 10 }, since })
    }
    kept += verdict === 'better' ? 1 : 0
  }
  return kept / steps
}

test.each([
  ['15 points better', 0.15, 0.9, 1],
  ['10 points better', 0.1, 0.75, 1],
  ['as good', 0, 0, 0.5],
  ['10 points worse', -0.1, 0, 0.1],
  ['20 points worse', -0.2, 0, 0.01],
] as const)('of steps that are %s the share that is kept has a bound', (_what, change, least, most) => {
  const share = shareKept(change, 11)
  expect(share).toBeGreaterThanOrEqual(least)
  expect(share).toBeLessThanOrEqual(most)
})
