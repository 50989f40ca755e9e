import { expect, test } from '@jest/globals'
import { blindSlates, mostOnSlate, shuffled, slateOf } from '../../../src/orchestration/swarms/judge.ts'
import { seededRandom } from '../../fakes/seeded-random.ts'

const texts = (count: number) => Array.from({ length: count }, (_, at) => ({ id: `m${at}.1`, name: `Member ${at}`, text: `Answer ${at}` }))

test('a slate shows letters and texts, and no names', () => {
  const { reads } = slateOf(texts(2))
  expect(reads).toEqual([{ title: 'Candidate A', text: 'Answer 0' }, { title: 'Candidate B', text: 'Answer 1' }])
})

test('finds a candidate by its letter as judges write it, and nobody by anything else', () => {
  const { find } = slateOf(texts(3))
  expect(['B', ' b ', 'Candidate B', 'candidate b.', '"B"'].map((label) => find(label)?.name)).toEqual(Array.from({ length: 5 }, () => 'Member 1'))
  expect(['D', 'none', 'A and B', '', 'Member 1', 'The best'].map(find)).toEqual(Array.from({ length: 6 }, () => undefined))
})

test('every candidate stands on one slate, and none of them is too long', () => {
  for (const count of [1, 2, 8, 9, 17, 40]) {
    const candidates = texts(count)
    const slates = blindSlates(candidates, seededRandom(count))
    expect(slates.flatMap(({ reads }) => reads.map(({ text }) => text)).toSorted()).toEqual(candidates.map(({ text }) => text).toSorted())
    const sizes = slates.map(({ reads }) => reads.length)
    expect(Math.max(...sizes)).toBeLessThanOrEqual(mostOnSlate)
    expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1)
  }
})

test('each order is drawn as often, within chance', () => {
  const random = seededRandom(7)
  const counts = new Map<string, number>()
  for (let draw = 0; draw < 6_000; draw++) {
    const order = shuffled(['a', 'b', 'c'], random).join('')
    counts.set(order, (counts.get(order) ?? 0) + 1)
  }
  expect(counts.size).toBe(6)
  // Each of six orders: 1,000 expected, standard deviation 29.
  for (const count of counts.values()) expect(Math.abs(count - 1_000)).toBeLessThan(4 * 29)
})
