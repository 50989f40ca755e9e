import { expect, test } from '@jest/globals'
import { setTimeout as sleep } from 'node:timers/promises'
import { seededRandom } from '../fakes/seeded-random.ts'
import { askedOf, isAnswerCall, isRouteCall, scriptAnswers, sentences } from './script-model.ts'
import { startScenario, waitUntil, type Asked, type Scenario } from './start-scenario.ts'
import { answeredOnce, readThreadEnd } from './thread-end.ts'

/** How often a thread's route and answer were asked for so far. */
function countCalls({ model }: Scenario, question: string, kind: 'route' | 'answer'): number {
  const fits = kind === 'route' ? isRouteCall : isAnswerCall
  return model.requests().filter(({ body }) => fits(body) && JSON.stringify(body).includes(question)).length
}

/** The calls whose reply is on disk, with how often they had been made by then. */
function storedCalls(scenario: Scenario, threads: readonly Thread[]): Map<string, number> {
  const calls = new Map<string, number>()
  for (const { asked, question } of threads) {
    const [run] = scenario.store.runsOf(asked.channel, asked.ts)
    const steps = run ? scenario.store.finishedSteps(run.runId) : []
    for (const kind of ['route', 'answer'] as const) if (steps.includes(`model:${kind}:0`)) calls.set(`${kind} ${question}`, countCalls(scenario, question, kind))
  }
  return calls
}

interface Thread {
  readonly asked: Asked
  readonly question: string
}

const kills = 5
const openThreads = 6

test.each([1, 2])('five kills in a row at any moment lose nothing, double nothing and pay nothing twice (seed %i)', async (seed) => {
  const scenario = await startScenario({ model: { latencyMs: 30, chunkDelayMs: 4 } })
  const { model, store, ask, kill, start } = scenario
  const random = seededRandom(seed)
  const answerOf = (question: string) => `${question} ${sentences(40, `(${question}) sentence`)}`
  scriptAnswers(model, (request) => answerOf(/Thing \d/.exec(askedOf(request))?.[0] ?? '?'))
  try {
    const threads: Thread[] = []
    for (let index = 0; index < openThreads; index++) {
      const question = `Thing ${index}`
      threads.push({ question, asked: await ask(`Well, and now? What do you say to that? ${question}`) })
    }
    const stored = new Map<string, number>()
    for (let count = 0; count < kills; count++) {
      await sleep(random() * 350)
      await kill()
      for (const [call, times] of storedCalls(scenario, threads)) if (!stored.has(call)) stored.set(call, times)
      await start()
    }
    for (const { asked, question } of threads) expect(await readThreadEnd(scenario, asked)).toEqual(answeredOnce(answerOf(question)))
    await waitUntil('all calls to end', () => model.pending === 0)
    for (const [call, times] of stored) {
      const [kind, ...question] = call.split(' ')
      expect([call, countCalls(scenario, question.join(' '), kind as 'route' | 'answer')]).toEqual([call, times])
    }
    const paid = store.rows('ledger').filter(({ outcome }) => outcome === 'ok')
    expect(new Set(paid.map((row) => `${row['run_id']} ${row['step_key']}`)).size).toBe(2 * openThreads)
    expect(paid).toHaveLength(2 * openThreads)
    const costs = store.rows('runs').reduce((sum, row) => sum + Number(row['cost_micro_usd']), 0)
    expect(costs).toBe(paid.reduce((sum, row) => sum + Number(row['amount_micro_usd']), 0))
    expect(store.rows('reservations')).toEqual([])
  } finally {
    await scenario.close()
  }
})
