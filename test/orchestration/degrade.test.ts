import { expect, test } from '@jest/globals'
import type { AgentAnswer } from '../../src/agents/agent-answer.ts'
import { MurmurError } from '../../src/errors.ts'
import { answerInTiers, type TierSources } from '../../src/orchestration/degrade.ts'
import { ScriptedModel, type ScriptStep } from '../fakes/scripted-model.ts'

const anAnswer = (over: Partial<AgentAnswer> = {}): AgentAnswer => ({ text: 'All of it.', toolsUsed: [], modelCalls: 1, finishReason: 'stop', ...over })

function sources(full: TierSources['full'], plain: readonly ScriptStep[] = [], stored?: string): TierSources & { readonly restarts: () => number } {
  let restarts = 0
  return {
    full,
    plainModel: new ScriptedModel(plain),
    request: 'What is it?',
    findStored: async () => (stored === undefined ? undefined : { question: 'What was it?', answer: stored, answeredAtMs: Date.UTC(2026, 0, 2), similarity: 1 }),
    onDegrade: () => restarts++,
    signal: new AbortController().signal,
    restarts: () => restarts,
  }
}

const failing = (code: 'MUR_MODEL_DOWN' | 'MUR_MODEL_REFUSED' | 'MUR_RUN_CANCELLED') => async () => Promise.reject(new MurmurError(code))

test("the specialist's answer is taken as it ended", async () => {
  expect(await answerInTiers(sources(async () => anAnswer({ finishReason: 'length' })))).toEqual({ text: 'All of it.', toolsUsed: [], tier: 1, finishReason: 'length' })
})

test.each(['', ' \n '])('an answer without a word (%j) is none: the plain call takes its place', async (text) => {
  const from = sources(async () => anAnswer({ text }), [{ text: 'Shorter, but something.' }])
  expect(await answerInTiers(from)).toMatchObject({ text: 'Shorter, but something.', tier: 2, cause: { code: 'MUR_MODEL_MALFORMED' } })
  expect(from.restarts()).toBe(1)
})

test('an answer that a content filter withheld is said to be withheld where nothing else is there', async () => {
  const answered = await answerInTiers(sources(async () => anAnswer({ text: '', finishReason: 'content_filter' }), [{ text: '' }]))
  expect(answered).toMatchObject({ tier: 4, text: expect.stringContaining('content filter') })
})

test('a provider that is away is not asked for a plain answer; a similar one of the past is shown with its day', async () => {
  const answered = await answerInTiers(sources(failing('MUR_MODEL_DOWN'), [], 'It was blue.'))
  expect(answered).toMatchObject({ tier: 3, text: expect.stringMatching(/on 2026-01-02 .*It was blue\./s) })
})

test('with nothing stored either, the reason is said', async () => {
  expect(await answerInTiers(sources(failing('MUR_MODEL_REFUSED'), [{ text: '' }]))).toMatchObject({ tier: 4, text: expect.stringContaining("can't answer this just now") })
})

test('what somebody stopped is not worked around', async () => {
  await expect(answerInTiers(sources(failing('MUR_RUN_CANCELLED')))).rejects.toMatchObject({ code: 'MUR_RUN_CANCELLED' })
})
