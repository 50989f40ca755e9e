import { expect, test } from '@jest/globals'
import { addExample } from '../../../src/learning/patterns/pattern-examples.ts'
import type { PatternExample, RunId } from '../../../src/storage/records.ts'

const all = (texts: readonly string[]) => texts.reduce<readonly PatternExample[]>((kept, text, at) => addExample(kept, { runId: String(at) as RunId, text }), [])

test('the newest examples are kept, in bounded room', () => {
  expect(all(Array.from({ length: 100 }, (_, at) => `request ${at}`)).map(({ runId }) => runId)).toEqual(Array.from({ length: 40 }, (_, at) => String(at + 60)))
  expect(all(Array.from({ length: 100 }, (_, at) => `${at} ${'x'.repeat(490)}`))).toHaveLength(12)
})

test('the same run and the same words are one example', () => {
  const kept = all(['a', 'b', 'a'])
  expect(kept.map(({ text }) => text)).toEqual(['b', 'a'])
  expect(addExample(kept, { runId: '2' as RunId, text: 'c' })).toBe(kept)
})
