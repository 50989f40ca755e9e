import { expect, test } from '@jest/globals'
import { setTimeout as sleep } from 'node:timers/promises'
import { seededRandom } from '../fakes/seeded-random.ts'
import { askedOf, scriptAnswers, sentences } from './script-model.ts'
import { startScenario, type Asked, type Scenario } from './start-scenario.ts'
import { answeredOnce, readThreadEnd } from './thread-end.ts'

const slackMethods = ['chat.startStream', 'chat.appendStream', 'chat.stopStream', 'chat.postMessage', 'chat.update', 'conversations.replies', 'agents.sessions.setStatus', 'assistant.threads.setStatus', 'auth.test']
const slackTroubles = [{ kind: 'rate_limited' }, { kind: 'http_500' }, { kind: 'disconnect' }, { kind: 'error', error: 'internal_error' }, { kind: 'error', error: 'fatal_error' }] as const
const modelTroubles = [{ kind: 'http_500' }, { kind: 'rate_limited' }, { kind: 'disconnect' }, { kind: 'disconnect', afterChunks: 20 }, { kind: 'garbage_sse', afterChunks: 20 }] as const

const openThreads = 6
const rounds = 4
const slackFaults = 4
const longestRoundMs = 400

/** Switches on a few faults, each of which a patient program gets over. */
function addTrouble({ workspace, model }: Scenario, random: () => number): void {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T
  for (let count = 0; count < slackFaults; count++) {
    workspace.faults.add({ ...pick(slackTroubles), method: pick(slackMethods), afterEffect: random() < 0.5, times: random() < 0.5 ? 1 : 2 })
  }
  if (random() < 0.5) model.faults.add(pick(modelTroubles))
  if (random() < 0.3) workspace.faults.add({ kind: 'stream_expired' })
}

test.each([1, 2])('kills, and faults of Slack and of the model, all at any moment, leave each thread with its one whole answer (seed %i)', async (seed) => {
  const scenario = await startScenario({ model: { latencyMs: 20, chunkDelayMs: 3 } })
  const { workspace, store, model, ask, kill, start } = scenario
  const random = seededRandom(seed)
  const answerOf = (question: string) => `${question}. ${sentences(60, `(${question}) sentence`)}`
  scriptAnswers(model, (request) => answerOf(/Thing \d/.exec(askedOf(request))?.[0] ?? '?'))
  try {
    const threads: (Asked & { readonly question: string })[] = []
    for (let index = 0; index < openThreads; index++) {
      const question = `Thing ${index}`
      threads.push({ question, ...(await ask(`Well, and now? What do you say to that? ${question}`)) })
    }
    for (let round = 0; round < rounds; round++) {
      addTrouble(scenario, random)
      await sleep(random() * longestRoundMs)
      if (random() < 0.3) continue
      await kill()
      workspace.faults.clear()
      await start()
    }
    workspace.faults.clear()
    model.faults.clear()
    for (const asked of threads) expect(await readThreadEnd(scenario, asked)).toEqual(answeredOnce(answerOf(asked.question)))
    expect(store.rows('reservations')).toEqual([])
  } finally {
    await scenario.close()
  }
}, 120_000)
