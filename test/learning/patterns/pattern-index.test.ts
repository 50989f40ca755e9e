import { expect, test } from '@jest/globals'
import { PatternIndex } from '../../../src/learning/patterns/pattern-index.ts'
import { normaliseTrace, traceBias } from '../../../src/learning/patterns/run-trace.ts'
import type { RunId } from '../../../src/storage/records.ts'

const examples = (...texts: string[]) => texts.map((text, at) => ({ runId: String(at) as RunId, text }))
const sales = examples('Summarise the sales of March 2026 for Berlin', 'Summarise the sales of April 2026 for Paris', 'Summarise the sales of May 2026 for Rome')
const minutes = examples('Write the minutes of the stand-up on Monday', 'Write the minutes of the stand-up on 3 May')

test('a request is taken for the kind whose examples it resembles, whatever varies in it', () => {
  const index = new PatternIndex([{ patternId: 'sales', examples: sales }, { patternId: 'minutes', examples: minutes }])
  expect(index.recognise('summarise the sales of June 2027 for Oslo')?.patternId).toBe('sales')
  expect(index.recognise('write the minutes of the stand-up on Friday')?.patternId).toBe('minutes')
  expect(index.recognise('Plan the summer party')).toBeUndefined()
  expect(index.recognise('')).toBeUndefined()
})

test('it abstains where two kinds are as near', () => {
  const index = new PatternIndex([{ patternId: 'a', examples: minutes }, { patternId: 'b', examples: minutes }], { minLead: 0.6 })
  expect(index.compare('Write the minutes of the stand-up on Friday')[0]?.similarity).toBeGreaterThan(0.9)
  expect(index.recognise('Write the minutes of the stand-up on Friday')).toBeUndefined()
})

test('runs that did other things are not of one kind, however alike they were asked for', () => {
  const text = 'Update Acme in the list on Monday'
  const index = new PatternIndex([{ patternId: 'mail', examples: [{ runId: '1' as RunId, text, trace: ['mail.send'] }] }])
  expect(index.match(text, ['mail.send'])?.patternId).toBe('mail')
  expect(index.match(text, ['crm.update'])).toBeUndefined()
  expect(index.match(text, [])?.patternId).toBe('mail')
})

test('with enough to compare with, a request in other words is recognised by what tells its kind from the others', () => {
  const index = new PatternIndex()
  const topics = ['invoice', 'printer', 'holiday', 'laptop', 'badge', 'parking', 'canteen', 'payslip', 'training', 'travel', 'visa', 'desk', 'phone']
  for (const topic of topics) index.put({ patternId: topic, examples: examples(`my ${topic} is wrong, have it put right`, `who can mend a broken ${topic}`, `there is trouble with the ${topic} again`, `please look after this ${topic}`) })
  index.review()
  const asked = 'somebody should see to the printer'
  expect(index.compare(asked)[0]?.similarity).toBeLessThan(0.6)
  expect(index.recognise(asked)?.patternId).toBe('printer')
  expect(index.recognise('somebody should see to the garden')).toBeUndefined()
  expect(index.explain(asked, 'printer')).toMatchObject({ words: expect.arrayContaining(['printer']), runIds: expect.arrayContaining([expect.any(String)]) })
  expect(index.explain(asked, 'printer').runIds.length).toBeLessThanOrEqual(3)
  expect(index.explain('', 'nobody')).toEqual({ words: [], runIds: [] })
})

test('a pattern without examples is forgotten', () => {
  const index = new PatternIndex([{ patternId: 'sales', examples: sales }])
  index.put({ patternId: 'sales', examples: [] })
  expect(index.compare('Summarise the sales of June 2027 for Oslo')).toEqual([])
})

test('hostile and huge texts are compared in bounded work', () => {
  const index = new PatternIndex([{ patternId: 'sales', examples: sales }])
  for (const text of ['\uE000\uD800', 'x'.repeat(1_000_000), '{date} '.repeat(50_000), '"'.repeat(20_000)]) expect(index.recognise(text)).toBeUndefined()
})

test('a trace is the same in any order, bounded, and says nothing when empty', () => {
  expect(normaliseTrace(['b', 'a', 'b'])).toEqual(['a', 'b'])
  expect(normaliseTrace(Array.from({ length: 500 }, (_, at) => `${at}${'x'.repeat(500)}`))).toHaveLength(40)
  expect(traceBias([], ['a'])).toBe(0)
  expect(traceBias(['a'], ['a'])).toBeGreaterThan(0)
  expect(traceBias(['a'], ['b'])).toBeLessThan(0)
})
