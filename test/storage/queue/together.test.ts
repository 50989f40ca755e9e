import { expect, test } from '@jest/globals'
import { together } from '../../../src/storage/queue/together.ts'

test('calls of one turn, and those that come meanwhile, are made together and each gets its own answer', async () => {
  const calls: (readonly number[])[] = []
  const gate = Promise.withResolvers<void>()
  const double = together(async (items: readonly number[]) => {
    calls.push(items)
    if (calls.length === 1) await gate.promise
    return items.map((item) => item * 2)
  }, 3)
  const first = [double(1), double(2)]
  while (calls.length === 0) await new Promise(setImmediate)
  const later = [3, 4, 5, 6].map(double)
  gate.resolve()
  expect(await Promise.all([...first, ...later])).toEqual([2, 4, 6, 8, 10, 12])
  expect(calls).toEqual([[1, 2], [3, 4, 5], [6]])
})

test('a call that fails fails all whose items it had, and no other', async () => {
  const odd = together(async (items: readonly number[]) => {
    if (items.includes(1)) throw new Error('gone')
    return items
  }, 2)
  const answers = await Promise.allSettled([1, 2, 3].map(odd))
  expect(answers.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'fulfilled'])
})
