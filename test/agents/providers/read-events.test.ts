import { expect, test } from '@jest/globals'
import { EventReader } from '../../../src/agents/providers/read-events.ts'

function read(pieces: readonly string[]): string[] {
  const found: string[] = []
  const reader = new EventReader((data) => found.push(data))
  for (const piece of pieces) reader.feed(piece)
  reader.end()
  return found
}

test('finds the data of each event, however the text is cut', () => {
  const text = 'event: x\r\nid: 1\r\ndata: one\r\n\r\n: comment\n\ndata:two\ndata: lines\n\ndata: [DONE]\n\n'
  const expected = ['one', 'two\nlines', '[DONE]']
  expect(read([text])).toEqual(expected)
  expect(read(text.split(''))).toEqual(expected)
})

test('takes a last event without its empty line', () => {
  expect(read(['data: one\n\ndata: two'])).toEqual(['one', 'two'])
})

test('keeps spaces beyond the first', () => {
  expect(read(['data:  padded \n\n'])).toEqual([' padded '])
})

test('refuses a line without end', () => {
  const reader = new EventReader(() => undefined)
  reader.feed('data: ')
  expect(() => {
    for (let piece = 0; piece < 30; piece++) reader.feed('x'.repeat(100_000))
  }).toThrow(expect.objectContaining({ code: 'MUR_MODEL_MALFORMED' }))
})
