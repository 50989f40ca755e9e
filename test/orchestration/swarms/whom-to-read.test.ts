import { expect, test } from '@jest/globals'
import { whomToRead } from '../../../src/orchestration/swarms/whom-to-read.ts'

const seats = (count: number) => Array.from({ length: count }, (_, at) => `m${at + 1}`)

test('all read all in a small swarm, whoever matters most', () => {
  expect([...whomToRead(seats(8), 'm3', ['m7'])]).toEqual(seats(8))
  expect([...whomToRead(['m1'], 'm1', ['m1', 'm9'])]).toEqual(['m1'])
})

test('in a large one each reads itself, some that matter most, and its neighbours', () => {
  expect([...whomToRead(seats(40), 'm39', ['m20', 'm39', 'm21', 'm22', 'm23', 'm24', 'm99'])]).toEqual(['m1', 'm2', 'm20', 'm21', 'm22', 'm23', 'm39', 'm40'])
})

test('without favourites each is read by as many others', () => {
  const readers = seats(40).flatMap((self) => [...whomToRead(seats(40), self, [])].filter((id) => id !== self))
  expect(new Set(seats(40).map((id) => readers.filter((read) => read === id).length))).toEqual(new Set([7]))
})
