import { expect, test } from '@jest/globals'
import { describeSignature, signatureOf } from '../../../src/learning/patterns/request-signature.ts'

test.each([
  ['Summarise the sales of March 2026 for Berlin', 'Summarise the sales of {date} for {name}'],
  ['Email John Smith about "the launch" on 12 May at 3pm', 'Email {name} about {quote} on {date} at {time}'],
  ['What is 17.5% of $1,249.90?', 'What is {number} of {money}?'],
  ['Close ABC-123 and see https://example.com/x?y=1', 'Close {id} and see {url}'],
  ['Tell <@U0ALICE0001> in <#C0GENERAL01> by tomorrow', 'Tell {person} in {channel} by {date}'],
  ['Explain `sort()` to new people', 'Explain {code} to new people'],
])('%s is of the kind %s', (text, kind) => {
  expect(describeSignature(text)).toBe(kind)
})

test('requests that differ in what varies have the same tokens', () => {
  const [march, april] = ['Summarise the sales of March 2026 for Berlin', 'summarise the sales of April 2025 for New York'].map((text) => signatureOf(text).tokens)
  expect(march).toEqual(april)
})

test('what varied is kept with its kind', () => {
  expect(signatureOf('Remind Bob of 3 invoices by 2026-12-01').slots).toEqual([
    { kind: 'date', value: '2026-12-01' },
    { kind: 'number', value: '3' },
    { kind: 'name', value: 'Bob' },
  ])
})

test('empty, huge and hostile texts have a signature of bounded size', () => {
  expect(signatureOf('')).toEqual({ tokens: [], slots: [] })
  expect(signatureOf('\uE000\uE001 {date} \u0000').slots).toEqual([])
  expect(signatureOf('word '.repeat(100_000)).tokens.length).toBeLessThanOrEqual(200)
  expect(signatureOf(`${'"'.repeat(5_000)}${'1'.repeat(50_000)}`).tokens.length).toBeLessThanOrEqual(200)
  expect(describeSignature('\uD800 lone')).toContain('lone')
})
