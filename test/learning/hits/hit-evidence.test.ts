import { expect, test } from '@jest/globals'
import { errorBound, isTooOftenWrong, toleratedWrong } from '../../../src/learning/hits/hit-evidence.ts'
import { seededRandom } from '../../../src/learning/router/seeded-random.ts'

const tally = (looked: number, wrong: number) => ({ looked, wrong })

test('one wrong hit is chance, two of two are not, and many right ones make room for some', () => {
  expect([tally(0, 0), tally(1, 1), tally(4, 2), tally(40, 2), tally(400, 20)].map(isTooOftenWrong)).toEqual([false, false, false, false, false])
  expect([tally(2, 2), tally(5, 3), tally(40, 9), tally(400, 45)].map(isTooOftenWrong)).toEqual([true, true, true, true])
})

test('the bound comes down with each right hit and goes up with a wrong one', () => {
  const bounds = [tally(0, 0), tally(10, 0), tally(50, 0), tally(100, 0)].map(errorBound)
  expect(bounds[0]).toBeCloseTo(1, 5)
  expect(bounds).toEqual(bounds.toSorted((a, b) => b - a))
  expect(bounds[3]).toBeLessThan(toleratedWrong)
  expect(errorBound(tally(100, 1))).toBeGreaterThan(bounds[3] as number)
  expect(errorBound(tally(3, 3))).toBe(1)
})

/** Share of 200 automations with such an error that are taken back within 500 looks, and how many looks half of them took. */
function watch(error: number): { taken: number; median: number } {
  const random = seededRandom(7)
  const looks = Array.from({ length: 200 }, () => {
    for (let looked = 1, wrong = 0; looked <= 500; looked++) {
      if (random() < error) wrong++
      if (isTooOftenWrong(tally(looked, wrong))) return looked
    }
    return Number.POSITIVE_INFINITY
  }).toSorted((a, b) => a - b)
  return { taken: looks.filter(Number.isFinite).length / looks.length, median: looks[100] as number }
}

test('at the tolerated error fewer than 5 of 100 are taken back, and what is wrong half of the time soon is', () => {
  expect(watch(toleratedWrong).taken).toBeLessThan(0.05)
  expect(watch(0.2)).toMatchObject({ taken: 1 })
  expect(watch(0.2).median).toBeLessThan(40)
  expect(watch(0.5).median).toBeLessThan(10)
})
