import { expect, test } from '@jest/globals'
import { describeResult, excerptOf } from '../../../src/orchestration/swarms/describe-result.ts'
import type { SwarmResult } from '../../../src/orchestration/swarms/topology.ts'

const aResult = (over: Partial<SwarmResult> = {}): SwarmResult => ({ heading: 'Verdict', text: 'Begin.', stoppedBy: 'rounds', rounds: 2, dissent: [], ...over })

test('a result is headed by what it is, with tally, dissent, who was left out and how it ended', () => {
  const tally = { caption: 'Votes', columns: ['Member', 'Vote'], rows: [['Writer', 'yes | no\nperhaps'], ['Planner', '']] }
  expect(describeResult(aResult({ tally, dissent: [{ who: 'Writer', text: 'Wait.' }], confidence: 0.8 }), [{ name: 'Designer', reason: 'the model failed' }])).toBe(
    [
      '# Verdict',
      'Begin.',
      '**Votes**\n\n| Member | Vote |\n| --- | --- |\n| Writer | yes \\| no perhaps |\n| Planner | - |',
      '**Dissent**\n\n- Writer: Wait.',
      '_Left out: Designer (the model failed)._',
      '_Ended after 2 rounds, as planned. Confidence 80 %._',
    ].join('\n\n'),
  )
})

test('a result of one message is shown as it is', () => {
  const text = describeResult(aResult(), [])
  expect(excerptOf(text)).toBe(text)
})

test.each([
  ['too long', 'A sentence of it. '.repeat(2_000)],
  ['of too many headings', '## Part\n\nText.\n\n'.repeat(30)],
  ['of one word', 'ä'.repeat(20_000)],
])('of a result %s the last message has the beginning, under the same heading', (_, text) => {
  const excerpt = excerptOf(describeResult(aResult({ heading: 'Result', text }), []))
  expect(excerpt).toMatch(/^# Result\n/)
  expect(excerpt).toMatch(/The whole result stands above/)
  expect(Buffer.byteLength(excerpt)).toBeLessThan(10_000)
})
