import { expect, test } from '@jest/globals'
import type { AgentAnswer } from '../../src/agents/agent-answer.ts'
import { MurmurError } from '../../src/errors.ts'
import { orderRemedies } from '../../src/learning/order-remedies.ts'
import { findFlaw } from '../../src/orchestration/answer-flaw.ts'
import { classifyFailure } from '../../src/orchestration/classify-failure.ts'
import { answerInTiers, type TierSources } from '../../src/orchestration/degrade.ts'

const anAnswer = (over: Partial<AgentAnswer> = {}): AgentAnswer => ({ text: 'All of it.', toolsUsed: [], modelCalls: 1, finishReason: 'stop', ...over })

interface Given extends TierSources {
  readonly restarts: () => number
  readonly asked: readonly string[]
}

function sources(full: TierSources['full'], replies: Partial<Record<'plain' | 'other_model' | 'other_specialist', string>> = {}, stored?: string, known: Parameters<typeof orderRemedies>[1] = new Map()): Given {
  let restarts = 0
  const asked: string[] = []
  const way = (name: keyof typeof replies) => async () => {
    const text = replies[name]
    asked.push(name)
    return text === undefined ? undefined : { text, finishReason: 'stop' as const }
  }
  return {
    full,
    ways: { plain: way('plain'), other_model: way('other_model'), other_specialist: way('other_specialist') },
    orderFor: async (failureClass) => orderRemedies(failureClass, known),
    findStored: async () => (stored === undefined ? undefined : { question: 'What was it?', answer: stored, answeredAtMs: Date.UTC(2026, 0, 2), similarity: 1 }),
    flawOf: ({ text, toolsUsed }) => findFlaw({ request: 'What was it?', answer: text, mayBeTooShort: toolsUsed.length === 0 }),
    onDegrade: () => restarts++,
    restarts: () => restarts,
    asked,
  }
}

const failing = (code: 'MUR_MODEL_DOWN' | 'MUR_MODEL_REFUSED' | 'MUR_RUN_CANCELLED') => async () => Promise.reject(new MurmurError(code))

test("the specialist's answer is taken as it ended", async () => {
  expect(await answerInTiers(sources(async () => anAnswer({ finishReason: 'length' })))).toEqual({ text: 'All of it.', toolsUsed: [], tier: 1, finishReason: 'length' })
})

test.each(['', ' \n '])('an answer without a word (%j) is none: the plain call takes its place', async (text) => {
  const from = sources(async () => anAnswer({ text }), { plain: 'Shorter, but something.' })
  expect(await answerInTiers(from)).toMatchObject({ text: 'Shorter, but something.', tier: 2, cause: { code: 'MUR_MODEL_MALFORMED' } })
  expect(from.restarts()).toBe(1)
})

test('an answer that a content filter withheld is said to be withheld where nothing else is there', async () => {
  const answered = await answerInTiers(sources(async () => anAnswer({ text: '', finishReason: 'content_filter' }), { plain: '' }))
  expect(answered).toMatchObject({ tier: 4, text: expect.stringContaining('content filter') })
})

test('a provider that is away is not asked for a plain answer; a similar one of the past is shown with its day', async () => {
  const answered = await answerInTiers(sources(failing('MUR_MODEL_DOWN'), { plain: 'unasked' }, 'It was blue.'))
  expect(answered).toMatchObject({ tier: 3, text: expect.stringMatching(/on 2026-01-02 .*It was blue\./s) })
})

test('with nothing stored either, the reason is said', async () => {
  expect(await answerInTiers(sources(failing('MUR_MODEL_REFUSED'), { plain: '' }))).toMatchObject({ tier: 4, text: expect.stringContaining("can't answer this just now") })
})

test('what somebody stopped is not worked around', async () => {
  await expect(answerInTiers(sources(failing('MUR_RUN_CANCELLED')))).rejects.toMatchObject({ code: 'MUR_RUN_CANCELLED' })
})

test('ways are tried one after the other, what failed and what helped is said, and a way that is not there is passed over', async () => {
  const from = sources(failing('MUR_MODEL_REFUSED'), { plain: ' ', other_specialist: 'So it goes.' })
  expect(await answerInTiers(from)).toMatchObject({
    text: 'So it goes.',
    tier: 2,
    tried: [
      { remedy: 'plain', isSuccess: false },
      { remedy: 'other_specialist', isSuccess: true },
    ],
  })
  expect(from.asked).toEqual(['plain', 'other_model', 'other_specialist'])
})

test('what helped most often in such a case comes first, and an earlier answer never before one that fits', async () => {
  const known = new Map([
    ['plain', { tries: 6, successes: 0 }],
    ['other_model', { tries: 4, successes: 4 }],
    ['stored', { tries: 9, successes: 9 }],
  ] as const)
  expect(orderRemedies('empty', known)).toEqual(['other_model', 'other_specialist', 'plain', 'stored'])
  expect(orderRemedies('empty', new Map())).toEqual(['plain', 'other_model', 'other_specialist', 'stored'])
  const from = sources(async () => anAnswer({ text: '' }), { other_model: 'Here.', plain: 'unasked' }, 'old', known)
  expect(await answerInTiers(from)).toMatchObject({ text: 'Here.', tier: 2 })
  expect(from.asked).toEqual(['other_model'])
})

const askedForAReport: Pick<TierSources, 'flawOf'> = { flawOf: ({ text, toolsUsed }) => findFlaw({ request: 'Write a report on the outage of last week', answer: text, mayBeTooShort: toolsUsed.length === 0 }) }

test.each([
  ['a refusal without a reason', "I'm sorry, but I can't help with that.", 'refusal'],
  ['the promise of a text without it', 'Sure!', 'too_short'],
] as const)('after %s other ways are tried, and none of them may answer as poorly', async (_, text, failureClass) => {
  const from = sources(async () => anAnswer({ text }), { plain: "I can't assist with that.", other_model: 'The outage began at nine and ended at ten.' }, 'old')
  const answered = await answerInTiers({ ...from, ...askedForAReport })
  expect(answered).toMatchObject({ text: 'The outage began at nine and ended at ten.', tier: 2, cause: { code: 'MUR_MODEL_MALFORMED' } })
  expect(answered.tried).toEqual([{ remedy: 'plain', isSuccess: false }, { remedy: 'other_model', isSuccess: true }])
  expect(answered.cause && classifyFailure(answered.cause)).toBe(failureClass)
  expect(orderRemedies(failureClass, new Map([['other_specialist', { tries: 3, successes: 3 }]]))).toEqual(['other_specialist', 'plain', 'other_model'])
})

test('where no other way answers better, what the specialist said is shown, whatever the budget leaves', async () => {
  const from = sources(async () => anAnswer({ text: 'Sure!' }), { plain: '' }, 'old')
  expect(await answerInTiers({ ...from, ...askedForAReport })).toMatchObject({ text: 'Sure!', tier: 1, finishReason: 'stop', cause: { details: { flaw: 'too_short' } }, tried: [{ remedy: 'plain', isSuccess: false }] })
  const spent = sources(async () => anAnswer({ text: 'Sure!' }))
  const broke = async () => Promise.reject(new MurmurError('MUR_BUDGET_SPENT'))
  expect(await answerInTiers({ ...spent, ...askedForAReport, ways: { plain: broke, other_model: broke, other_specialist: broke } })).toMatchObject({ text: 'Sure!', tier: 1, tried: [] })
})

test('a promise after the use of a tool is an answer, as what was asked for may lie elsewhere', async () => {
  const from = sources(async () => anAnswer({ text: 'Here it is:', toolsUsed: ['write_file'] }))
  expect(await answerInTiers({ ...from, ...askedForAReport })).toMatchObject({ text: 'Here it is:', tier: 1 })
  expect(from.restarts()).toBe(0)
})
