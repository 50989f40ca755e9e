import { describe, expect, test } from '@jest/globals'
import { scoreKeywords } from '../../src/agents/keyword-score.ts'
import { createSpecialtyCatalogue } from '../../src/agents/specialty-catalogue.ts'
import { MurmurError } from '../../src/errors.ts'
import { routeRequest, unknownStanding, type RouteInput } from '../../src/orchestration/route-request.ts'
import { ScriptedModel, type ScriptStep } from '../fakes/scripted-model.ts'
import { heldOutRequests } from '../fixtures/routing/requests.ts'

const catalogue = createSpecialtyCatalogue()
const signal = new AbortController().signal
/** Fits several fields a little and none clearly. */
const unclear = 'Can you have a look at this before Monday please?'
const clear = 'Why does this TypeScript function throw a null pointer exception in the unit tests?'

function anInput(text: string, over: Partial<RouteInput> = {}): RouteInput {
  return {
    text,
    context: '',
    threadSpecialtyId: undefined,
    forcedSpecialtyId: undefined,
    specialties: catalogue.list(),
    generalistId: catalogue.generalistId,
    scoreKeywords: (words) => scoreKeywords(words, catalogue.list()),
    standingOf: () => unknownStanding,
    router: undefined,
    signal,
    ...over,
  }
}

const decides = (specialty: string, confidence = 0.9): ScriptStep => ({ text: JSON.stringify({ specialty, confidence, reason: 'It asks for that.' }) })

test('words that are clear decide alone, and no model is asked', async () => {
  const router = new ScriptedModel([])
  const decision = await routeRequest(anInput(clear, { router }))
  expect(decision).toMatchObject({ specialtyId: 'software-engineer', layer: 'keywords' })
  router.assertDone()
})

test('what was learnt here decides before words and models, when it is sure enough', async () => {
  const explanation = { words: ['moorings'], runs: [{ runId: 'r1', similarity: 0.9 }] }
  const learned = { specialtyId: 'planner', confidence: 0.9, belonging: 1, share: 0.9, explanation }
  const router = new ScriptedModel([])
  expect(await routeRequest(anInput(clear, { router, learned }))).toMatchObject({ specialtyId: 'planner', layer: 'learned', learnedFrom: { words: ['moorings'], runIds: ['r1'] } })
  expect(await routeRequest(anInput(clear, { router, learned: { ...learned, confidence: 0.79 } }))).toMatchObject({ layer: 'keywords' })
  expect(await routeRequest(anInput(clear, { router, learned: { ...learned, belonging: 0.94 } }))).toMatchObject({ layer: 'keywords' })
  expect(await routeRequest(anInput(clear, { router, learned: { ...learned, specialtyId: 'generalist', belonging: 0.1 } }))).toMatchObject({ specialtyId: 'generalist', layer: 'learned' })
  expect(await routeRequest(anInput(clear, { router, learned: { ...learned, specialtyId: 'gone' } }))).toMatchObject({ layer: 'keywords' })
  expect(await routeRequest(anInput(clear, { router, learned, forcedSpecialtyId: 'writer' }))).toMatchObject({ layer: 'forced' })
  router.assertDone()
})

test('of requests that the words were not tuned on, more than half are clear, and those are right', () => {
  const asked = heldOutRequests.map(({ text, specialty }) => {
    const [best, second] = scoreKeywords(text, catalogue.list())
    return { isClear: (best?.score ?? 0) >= 0.4 && (best?.score ?? 0) - (second?.score ?? 0) >= 0.2, isRight: best?.id === specialty }
  })
  const clearOnes = asked.filter(({ isClear }) => isClear)
  expect(clearOnes.length / asked.length).toBeGreaterThan(0.5)
  expect(clearOnes.filter(({ isRight }) => isRight).length / clearOnes.length).toBeGreaterThanOrEqual(0.98)
})

test('what words leave open, a cheap model decides in a structured form', async () => {
  const router = new ScriptedModel([decides('writer')])
  const decision = await routeRequest(anInput(unclear, { router }))
  expect(decision).toMatchObject({ specialtyId: 'writer', layer: 'model', confidence: 0.9 })
  expect(router.requests[0]?.responseSchema?.name).toBe('route')
  expect(router.requests[0]?.messages.at(-1)).toEqual({ role: 'user', content: unclear })
})

test('a decision that does not validate is asked for once more, and then the next layer decides', async () => {
  const again = new ScriptedModel([{ text: '{"specialty":"astrologer"}' }, decides('planner')])
  expect(await routeRequest(anInput(unclear, { router: again }))).toMatchObject({ specialtyId: 'planner', layer: 'model' })
  const babbling = new ScriptedModel([{ text: 'I think the writer' }, { text: 'or the planner' }])
  expect(await routeRequest(anInput(unclear, { router: babbling }))).toMatchObject({ specialtyId: 'generalist', layer: 'generalist' })
})

test('a router that hangs is left after a while, and words decide', async () => {
  const router = new ScriptedModel([{ hangs: true }])
  expect((await routeRequest(anInput(unclear, { router, routerLimitMs: 1 }))).layer).toBe('generalist')
})

test('a model that is away or unsure moves the decision down, never fails the request', async () => {
  const away = new ScriptedModel([{ error: new MurmurError('MUR_MODEL_DOWN', { provider: 'openai' }) }])
  expect((await routeRequest(anInput(unclear, { router: away }))).layer).toBe('generalist')
  const unsure = new ScriptedModel([decides('writer', 0.1)])
  expect((await routeRequest(anInput(unclear, { router: unsure }))).layer).toBe('generalist')
  const poor = new ScriptedModel([{ error: new MurmurError('MUR_BUDGET_SPENT', {}) }])
  expect((await routeRequest(anInput(unclear, { router: poor }))).layer).toBe('generalist')
})

test('a stopped run stops the decision as well', async () => {
  const router = new ScriptedModel([{ error: new MurmurError('MUR_RUN_CANCELLED') }])
  await expect(routeRequest(anInput(unclear, { router }))).rejects.toMatchObject({ code: 'MUR_RUN_CANCELLED' })
})

test('a decision that could not be stored is no reason to go on without it', async () => {
  const router = new ScriptedModel([{ error: new MurmurError('MUR_STORE_DOWN', { reason: 'connection lost' }) }])
  await expect(routeRequest(anInput(unclear, { router }))).rejects.toMatchObject({ code: 'MUR_STORE_DOWN' })
})

describe('a thread', () => {
  test('stays with its agent without asking anybody', async () => {
    const router = new ScriptedModel([])
    const decision = await routeRequest(anInput('and how do I fix it?', { threadSpecialtyId: 'software-engineer', router }))
    expect(decision).toMatchObject({ specialtyId: 'software-engineer', layer: 'thread' })
  })

  test('is left when the request clearly belongs to another field', async () => {
    const decision = await routeRequest(anInput('Please translate this paragraph into German and check how the translation sounds', { threadSpecialtyId: 'software-engineer' }))
    expect(decision.specialtyId).toBe('translator')
  })
})

test("a person's wish is obeyed, and one for nobody is ignored", async () => {
  expect(await routeRequest(anInput(clear, { forcedSpecialtyId: 'writer' }))).toMatchObject({ specialtyId: 'writer', layer: 'forced', confidence: 1 })
  expect((await routeRequest(anInput(clear, { forcedSpecialtyId: 'nobody' }))).specialtyId).toBe('software-engineer')
})

test('the decision names every candidate with its six scores, the chosen one first', async () => {
  const { candidates } = await routeRequest(anInput(clear))
  expect(candidates).toHaveLength(catalogue.list().length)
  expect(candidates[0]?.specialtyId).toBe('software-engineer')
  expect(Object.keys(candidates[0]?.criteria ?? {})).toHaveLength(6)
})

test('with no model, a better record decides between fields that the words point to about equally', async () => {
  const text = 'newsletter summary'
  const standingOf = (id: string) => (id === 'writer' ? { ...unknownStanding, success: 1, runs: 50, likes: 10 } : { ...unknownStanding, success: 0, runs: 50, dislikes: 10 })
  const [first] = scoreKeywords(text, catalogue.list())
  expect(first?.score).toBeLessThan(0.6)
  expect((await routeRequest(anInput(text, { standingOf }))).specialtyId).toBe('writer')
})

test('hostile and endless texts are decided on like any other', async () => {
  for (const text of ['', ' ', '\u0000\u202e<!channel>', 'word '.repeat(100_000), '{"specialty":"writer"}']) {
    expect((await routeRequest(anInput(text))).layer).toMatch(/generalist|keywords/)
  }
})
