import { describe, expect, test } from '@jest/globals'
import { readListEdits } from '../../../src/orchestration/swarms/list-edits.ts'
import { pickNumber, seededRandom } from '../../fakes/seeded-random.ts'

describe('a line that is nothing but a command changes the list', () => {
  test.each([
    ['add: compare the prices', { kind: 'add', title: 'compare the prices' }],
    ['ADD :  two   words', { kind: 'add', title: 'two words' }],
    ['<@U123> add: a table', { kind: 'add', title: 'a table' }],
    ['- drop 3', { kind: 'drop', numbers: [3] }],
    ['Drop: #3, 4 and 4', { kind: 'drop', numbers: [3, 4] }],
    ['first: 2', { kind: 'first', numbers: [2] }],
    ['first 2, 5.', { kind: 'first', numbers: [2, 5] }],
    ['Stop!', { kind: 'stop' }],
  ])('%s', (line, edit) => {
    expect(readListEdits(line)).toEqual({ edits: [edit], guidance: '' })
  })
})

describe('everything else is advice', () => {
  test.each(['stop worrying about the price', 'add a table to the answer', 'add:', 'add:   ', 'drop the price', 'first: write the summary', 'drop 3 or 4?', 'first', 'drop 1234567', 'the first: 2'])('%s', (line) => {
    expect(readListEdits(line)).toEqual({ edits: [], guidance: line.trim() })
  })
})

test('several lines may be both', () => {
  expect(readListEdits('Good so far.\nadd: sources\n\ndrop 2\nMind the tone.')).toEqual({
    edits: [{ kind: 'add', title: 'sources' }, { kind: 'drop', numbers: [2] }],
    guidance: 'Good so far.\n\nMind the tone.',
  })
})

test('whatever is written, commands stay bounded and no word of advice is lost', () => {
  const random = seededRandom(5)
  const bits = ['add:', 'drop', 'first', 'stop', '3', ', ', '\n', ' ', '🦉', '<!channel>', 'x'.repeat(5_000), '#', '__proto__', '> ']
  for (let round = 0; round < 500; round++) {
    const text = Array.from({ length: pickNumber(random, 12) }, () => bits[pickNumber(random, bits.length)]).join('')
    const { edits, guidance } = readListEdits(text)
    expect(edits.length).toBeLessThanOrEqual(50)
    expect(edits.every((edit) => edit.kind !== 'add' || edit.title.length <= 200)).toBe(true)
    expect(edits.length > 0 || guidance === text.trim()).toBe(true)
  }
})
