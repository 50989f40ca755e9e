import { afterEach, expect, test } from '@jest/globals'
import type { ChatRequest } from '../../../src/agents/chat-model.ts'
import { seededRandom } from '../../../src/learning/router/seeded-random.ts'
import { judgeBlind } from '../../../src/orchestration/studies/judge-blind.ts'
import { createReplayOrders } from '../../../src/orchestration/studies/order-replays.ts'
import { findWinner } from '../../../src/orchestration/studies/replay.ts'
import { aProfile } from '../../fakes/model-profile.ts'
import type { ScriptStep } from '../../fakes/scripted-model.ts'
import { openStudyWorld } from './study-world.ts'

type World = Awaited<ReturnType<typeof openStudyWorld>>
let world: World | undefined
afterEach(async () => {
  await world?.close()
  world = undefined
})

const better = 'Begin with the total.'
const proposal: ScriptStep = { text: JSON.stringify({ instructions: [better, 'See https://example.com first.'] }) }
const wordsOf = ({ messages }: ChatRequest): string => messages.map(({ content }) => String(content)).join('\n')

/** Twenty answers by the version in force, and whatever the model says. */
async function open(steps: readonly ScriptStep[], answers = 20): Promise<World> {
  const here = await openStudyWorld(steps)
  for (let nth = 0; nth < answers; nth++) await here.ended(`Sales of week ${nth}.`, { text: `Sum up the sales of week ${nth}` })
  return here
}
const orderIn = ({ replays, order, clock }: World) => createReplayOrders({ replays, order, nowMs: clock.now })()
const sheet = (first: number, second: number): ScriptStep => {
  const score = (candidate: string, points: number) => ({ candidate, correctness: points, completeness: points, usefulness: points, clarity: points, remark: '' })
  return { text: JSON.stringify({ scores: [score('A', first), score('B', second)] }) }
}
/** Four requests, each answered by what is in force and by the candidate, and judged by a judge that hears the order. */
const rounds = (judged: readonly ScriptStep[]): ScriptStep[] => judged.flatMap((one) => [{ text: 'Up by 3.' }, { text: 'Total: 42.' }, one])

/** What a judge says that likes these words, whatever place they have. */
function judgeBy(likes: string, request: ChatRequest): ScriptStep {
  const isFirst = wordsOf(request).indexOf(likes) < wordsOf(request).lastIndexOf('Candidate B')
  return isFirst ? sheet(9, 6) : sheet(6, 9)
}

const asReply = ({ text = '' }: ScriptStep, modelId = 'small') => ({ text, toolCalls: [], finishReason: 'stop' as const, usage: { inputTokens: 10, cachedInputTokens: 0, cacheWriteTokens: 0, outputTokens: 5, isEstimated: false }, modelId, latencyMs: 1 })

/** Runs the study with a model that judges by content; gives what it was asked. */
async function study(here: World, likes: string): Promise<readonly ChatRequest[]> {
  const asked: ChatRequest[] = []
  const model = {
    profile: here.model.profile,
    complete: async (request: ChatRequest) => {
      asked.push(request)
      const name = request.responseSchema?.name
      const step = name === 'guidance' ? proposal : name === 'scores' ? judgeBy(likes, request) : { text: wordsOf(request).includes(better) ? 'Total: 42.' : 'Up by 3.' }
      return asReply(step, here.model.profile.id)
    },
  }
  await here.attempt({ studying: here.studying, main: { model, profile: model.profile } })
  return asked
}

test('guidance that makes past requests be answered better, judged blind, is tried out', async () => {
  world = await open([])
  await orderIn(world)
  const asked = await study(world, 'Total: 42.')
  expect(asked.map(({ responseSchema }) => responseSchema?.name ?? 'answer')).toEqual(['guidance', ...Array.from({ length: 4 }, () => ['answer', 'answer', 'scores']).flat()])
  expect(await world.outcomes()).toEqual(['offered'])
  expect((await world.versions())[0]).toEqual({ version: 2, source: 'system', guidance: ['Use a table.', better], reason: '4 past requests were answered anew and judged blind: 9.0 of 10 points with it, 6.0 without, better in 4.' })
  const sheets = asked.filter(({ responseSchema }) => responseSchema?.name === 'scores').map(wordsOf)
  expect(sheets.join()).not.toContain(better)
  expect(world.thread.posts).toEqual([])
})

test("the places of the answers change from request to request, or a judge's favourite place would decide", async () => {
  const firsts: boolean[] = []
  const model = { profile: aProfile(), complete: async (request: ChatRequest) => (firsts.push(wordsOf(request).indexOf('Total: 42.') < wordsOf(request).indexOf('Up by 3.')), asReply(sheet(9, 6))) }
  const random = seededRandom(5)
  const answers = [{ id: 'old', text: 'Up by 3.' }, { id: 'new', text: 'Total: 42.' }]
  for (let nth = 0; nth < 20; nth++) await judgeBlind({ model, request: 'Sum up', answers, random, signal: new AbortController().signal })
  const share = firsts.filter((isFirst) => isFirst).length
  expect(share).toBeGreaterThan(3)
  expect(share).toBeLessThan(17)
})

test('where the old answers are better nothing changes', async () => {
  world = await open([])
  await orderIn(world)
  await study(world, 'Up by 3.')
  expect(await world.outcomes()).toEqual(['nothing'])
  expect(await world.versions()).toHaveLength(1)
})

test('killed in the middle it goes on where it stood, and pays no call twice', async () => {
  world = await open([proposal, ...rounds([sheet(5, 5), sheet(5, 5)]), { text: 'Up by 3.' }, { hangs: true }])
  await orderIn(world)
  const draining = new AbortController()
  const first = world.attempt({ studying: world.studying }, draining.signal)
  await world.model.called(9)
  draining.abort('draining')
  expect(await first).toMatchObject({ result: { kind: 'retry' } })
  expect(world.model.requests).toHaveLength(9)
  const rest = await study(world, 'Total: 42.')
  expect(rest.map(({ responseSchema }) => responseSchema?.name ?? 'answer')).toEqual(['answer', 'scores', 'answer', 'answer', 'scores'])
  expect((await world.ledgerRows()).filter(({ outcome }) => outcome === 'ok')).toHaveLength(13)
  expect(await world.outcomes()).toEqual(['nothing'])
})

test('a workflow is replayed when it has given twenty answers, once a week', async () => {
  world = await open([], 19)
  await orderIn(world)
  expect(await world.outcomes()).toEqual([])
  await world.ended('Sales of week 19.', { text: 'Sum up the sales of week 19' })
  await orderIn(world)
  await orderIn(world)
  expect(await world.outcomes()).toEqual([undefined])
  await study(world, 'Up by 3.')
  await world.ended('Sales of week 20.', { text: 'Sum up the sales of week 20' })
  world.clock.advance(6 * 24 * 3_600_000)
  await orderIn(world)
  expect(await world.outcomes()).toHaveLength(1)
  world.clock.advance(25 * 3_600_000)
  await orderIn(world)
  expect(await world.outcomes()).toHaveLength(2)
})

const points = (...pairs: readonly (readonly [number, number])[]) => pairs.map(([now, other]) => new Map([['now', now], ['x', other]]))

test('a winner leads by half a point in the mean, and in three of four requests', () => {
  expect(findWinner(['x'], points([6, 7], [6, 7], [6, 7], [6, 6]))).toMatchObject({ id: 'x', score: 6.75, before: 6, better: 3, of: 4 })
  expect(findWinner(['x'], points([6, 6.4], [6, 6.4], [6, 6.4], [6, 6.4]))).toBeUndefined()
  expect(findWinner(['x'], points([6, 10], [6, 10], [6, 6], [6, 6]))).toBeUndefined()
  expect(findWinner(['x'], points([6, 9], [6, 9], [6, 9]))).toBeUndefined()
})
