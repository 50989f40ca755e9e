import { expect, test } from '@jest/globals'
import { readRateLimit } from '../../src/agents/rate-limit.ts'

const nowMs = Date.parse('2026-11-21T10:00:00Z')
const read = (headers: Record<string, string>) => readRateLimit(new Headers(headers), nowMs)
const tokens = (remaining: string, reset: string, limit?: string) =>
  read({
    'x-ratelimit-remaining-tokens': remaining,
    'x-ratelimit-reset-tokens': reset,
    ...(limit === undefined ? {} : { 'x-ratelimit-limit-tokens': limit }),
  })?.tokens

test('reads what is left of requests and tokens', () => {
  const seen = read({
    'x-ratelimit-limit-requests': '5000',
    'x-ratelimit-remaining-requests': '4999',
    'x-ratelimit-reset-requests': '12ms',
    'x-ratelimit-limit-tokens': '160000',
    'x-ratelimit-remaining-tokens': '159976',
    'x-ratelimit-reset-tokens': '6m0s',
  })
  expect(seen).toEqual({
    requests: { remaining: 4_999, limit: 5_000, resetsInMs: 12 },
    tokens: { remaining: 159_976, limit: 160_000, resetsInMs: 360_000 },
  })
})

test.each([
  ['9ms', 9],
  ['1s', 1_000],
  ['1h2m3.5s', 3_723_500],
  ['37', 37_000],
  ['0', 0],
  [String(nowMs / 1_000 + 20), 20_000],
  [String(nowMs + 1_500), 1_500],
  ['2026-11-21T10:00:05Z', 5_000],
  ['2020-01-01T00:00:00Z', 0],
  ['400d', 86_400_000],
])('reads a reset of %s', (text, resetsInMs) => {
  expect(tokens('1', text)).toEqual({ remaining: 1, limit: undefined, resetsInMs })
})

test.each([
  ['-1', '0'],
  ['', '1s'],
  ['many', '1s'],
  ['1', 'soon'],
  ['1', ''],
])('does not believe %j left, reset %j', (remaining, reset) => {
  expect(tokens(remaining, reset)).toBeUndefined()
})

test('is silent when the server is', () => {
  expect(read({ 'content-type': 'text/html' })).toBeUndefined()
})
