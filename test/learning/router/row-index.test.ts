import { expect, test } from '@jest/globals'
import { RowIndex } from '../../../src/learning/router/row-index.ts'
import { seededRandom } from '../../../src/learning/router/seeded-random.ts'

test('finds the row of each hash, of those that share a place too, however many come', () => {
  const random = seededRandom(1)
  const hashes = [0, 1_024, 2_048, 0xffffffff, ...Array.from({ length: 5_000 }, () => Math.floor(random() * 2 ** 32))]
  const index = new RowIndex(4)
  const rows = new Map(hashes.map((hash, row) => [hash, row]))
  for (const [hash, row] of rows) index.set(hash, row)
  for (const [hash, row] of rows) expect(index.get(hash)).toBe(row)
  expect(index.get(3)).toBe(rows.get(3))
  expect(new RowIndex(0).get(0)).toBeUndefined()
})

test('a hash that is set again has its last row', () => {
  const index = new RowIndex(1)
  index.set(7, 1)
  index.set(7, 2)
  expect(index.get(7)).toBe(2)
})
