import { expect, test } from '@jest/globals'
import { readRemark } from '../../../src/orchestration/improvements/read-remark.ts'

test.each([
  ['improve shorter, with sources', 'shorter, with sources', false],
  ['Improve: the sources first', 'the sources first', false],
  ['/improve use a table', 'use a table', false],
  ['improve - in rhymes', 'in rhymes', false],
  ['improve\nin rhymes', 'in rhymes', false],
  ['improve', '', false],
  ['improve this sentence: I is here', 'this sentence: I is here', true],
  ['improve the wording of my letter', 'the wording of my letter', true],
  ['improve `sort()` for me', '`sort()` for me', true],
])('%j is a remark', (said, text, hasObject) => {
  expect(readRemark(said)).toEqual({ text, hasObject })
})

test.each(['', 'improved shorter', 'improvement is needed', 'improvements?', 'please improve it', 'How can I improve my writing?'])('%j is none', (said) => {
  expect(readRemark(said)).toBeUndefined()
})

test('a remark of a hundred thousand characters is read in linear time, whatever it is made of', () => {
  for (const part of ['-', ' ', 'improve ', ': ', '\n', 'a ']) expect(readRemark(`improve x${part.repeat(100_000 / part.length)}`)).toBeDefined()
})
