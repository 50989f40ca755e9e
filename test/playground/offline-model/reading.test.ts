import { expect, test } from '@jest/globals'
import { evaluate, findCalculation } from '../../../playground/offline-model/arithmetic.ts'
import { pieces } from '../../../playground/offline-model/chat-completions.ts'
import { embedText } from '../../../playground/offline-model/embeddings.ts'
import { splitAsked } from '../../../playground/offline-model/split-asked.ts'
import { readTurns } from '../../../playground/offline-model/read-turns.ts'
import { stringForPattern } from '../../../playground/offline-model/string-for-pattern.ts'
import { subjectOf } from '../../../playground/offline-model/subject.ts'

test.each<[string, number | undefined]>([
  ['1 + 2 * 3', 7],
  ['(1 + 2) * 3', 9],
  ['2 ^ 3 ^ 2', 512],
  ['-2 ^ 2', 4],
  ['200 + 15%', 230],
  ['200 - 50%', 100],
  ['7 % 4', 3],
  ['10%', 0.1],
  ['1 / 0', undefined],
  ['2 +', undefined],
  ['(1', undefined],
  ['', undefined],
  ['1 2', undefined],
  ['a + 1', undefined],
])('evaluates %s', (expression, value) => {
  expect(evaluate(expression)).toBe(value)
})

test.each<[string, string | undefined]>([
  ['what is 1,250 times 3?', '1250 * 3'],
  ['7 x 8', '7 * 8'],
  ['$1,200 divided by 4', '1200 / 4'],
  ['between 3-5 people', undefined],
  ['on 2026-11-20', undefined],
  ['call 24/7', undefined],
  ['see https://a.b/1+2', undefined],
  ['no numbers', undefined],
])('finds the calculation in "%s"', (text, expression) => {
  expect(findCalculation(text)?.expression).toBe(expression)
})

test.each<[string, string]>([
  ['plain words', 'plain words'],
  ['<thread>\na: b\n</thread>\n<request>do it</request>', 'do it'],
  ['<context>old</context>\ndo it', 'do it'],
  ['Thread so far:\nalice: hi\n\nRequest: do it', 'do it'],
  ['## Objective\ndo it\n\n## Candidates\nA: x', 'do it'],
  ['{"objective":"do it","candidates":[]}', 'do it'],
  ['{ is not JSON', '{ is not JSON'],
])('reads the request out of %j', (text, asked) => {
  expect(splitAsked(text).asked).toBe(asked)
})

test('reads threads from lines and from JSON', () => {
  expect(readTurns('3 of 5 messages:\n[1] 20 Nov, 10:02 Alice B.: one\nmore\n- **bob**: two\n<@U1>: three')).toEqual([
    { who: 'Alice B.', text: 'one\nmore' },
    { who: 'bob', text: 'two' },
    { who: '<@U1>', text: 'three' },
  ])
  expect(readTurns('{"messages":[{"author":"a","text":"b"}]}')).toEqual([{ who: 'a', text: 'b' }])
  expect(readTurns('Note: nothing\nhttps://a.b')).toEqual([])
})

test.each([
  '^[A-Z]{3}-\\d{2,4}$',
  '^(foo|bar)+$',
  '^[^a-c]x?$',
  '^\\w+@\\w+\\.com$',
  '^a.b*c{0}$',
  '^(?:x|y)(?<n>z)$',
  '^[\\d-]{4}$',
  '^\\p{L}+$',
])('makes a text for the pattern %s', (pattern) => {
  expect(stringForPattern(pattern)).toMatch(new RegExp(pattern, 'u'))
})

test('makes none for a pattern that it cannot serve', () => {
  expect(stringForPattern('^(?=a)b$')).toBeUndefined()
  expect(stringForPattern('(')).toBeUndefined()
})

test.each<[string, string]>([
  ['Plan the launch of our newsletter in three weeks', 'the launch of your newsletter'],
  ['<@U1> please write an email to customers about the new prices', 'the new prices'],
  ['How do we measure churn?', 'measuring churn'],
  ['Should we move to Oslo?', 'moving to Oslo'],
  ['five ideas for team lunches', 'team lunches'],
  ['???', 'this'],
])('finds the subject of "%s"', (asked, subject) => {
  expect(subjectOf(asked)).toBe(subject)
})

test('cuts a text into pieces between characters only', () => {
  const text = 'ab😀cd😀😀e'
  for (const size of [1, 2, 3, 5]) {
    expect(pieces(text, size).join('')).toBe(text)
    expect(pieces(text, size).every((piece) => piece.isWellFormed())).toBe(true)
  }
})

test('embeds every text with length 1 and no text like another', () => {
  const texts = ['', '!', 'a', 'deploy failed', 'the deployment fails', '世界']
  const vectors = texts.map((text) => embedText(text, 256))
  for (const vector of vectors) expect(Math.hypot(...vector)).toBeCloseTo(1, 5)
  const dot = (one: Float32Array = new Float32Array(), other: Float32Array = new Float32Array()): number =>
    one.reduce((sum, value, index) => sum + value * (other[index] ?? 0), 0)
  expect(dot(vectors[3], vectors[4])).toBeGreaterThan(0.3)
  expect(Math.abs(dot(vectors[3], vectors[5]))).toBeLessThan(0.2)
})
