import { expect, test } from '@jest/globals'
import { MurmurError } from '../../../src/errors.ts'
import { Crash, MemorySteps } from '../../fakes/memory-steps.ts'
import { cutAtRandom, seededRandom } from './pieces.ts'
import { aFooter, SlackPlace } from './slack-place.ts'

const methods = [
  'chat.startStream',
  'chat.appendStream',
  'chat.stopStream',
  'chat.postMessage',
  'chat.update',
  'conversations.replies',
  '*',
]
const kinds = [
  { kind: 'http_500' },
  { kind: 'http_500', afterEffect: true },
  { kind: 'disconnect' },
  { kind: 'disconnect', afterEffect: true },
  { kind: 'rate_limited', retryAfterSeconds: 2 },
  { kind: 'rate_limited', retryAfterSeconds: 60 },
  { kind: 'error', error: 'internal_error', afterEffect: true },
] as const
const steps = ['answer:open', 'answer:part:1', 'answer:part:2', 'answer:close']
const essence = (text: string): string => text.replace(/\s+/g, '')

/**
 * Random answers under random faults and crashes, each tried again as the queue would: in the end the thread holds the answer,
 * every word once and in order, in messages that all belong to a step.
 */
test('an answer comes through whole and once, whatever goes wrong on the way', async () => {
  const random = seededRandom(2_026)
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T
  const place = await SlackPlace.open()
  for (let round = 0; round < 120; round++) {
    const journal = new MemorySteps()
    const request = await place.ask()
    const words = Array.from(
      { length: Math.floor(random() * (random() < 0.3 ? 4_000 : 60)) + 1 },
      (_, index) => `word${index}${random() < 0.1 ? '.\n\n' : ' '}`,
    )
    const text = words.join('').trim()
    place.workspace.faults.clear()
    const faults = Array.from({ length: Math.floor(random() * 4) }, () => ({
      method: pick(methods),
      times: 1 + Math.floor(random() * 3),
      ...pick(kinds),
    }))
    for (const fault of faults) place.workspace.faults.add(fault)
    const canLook = faults.every(({ method }) => method !== '*' && method !== 'conversations.replies')
    if (random() < 0.5) journal.crashAt(pick(steps), random() < 0.5 ? 'before' : 'after')
    for (let attempt = 1; ; attempt++) {
      const forgetful = { isMissing: () => false, setMissing: () => undefined }
      const over = {
        runId: `run ${round}`,
        steps: journal.open(),
        isKnownMessage: journal.isKnownMessage,
        features: forgetful,
      }
      const thread = place.threadFor(request, over)
      try {
        await thread.showStatus('is thinking …')
        const answer = thread.openAnswer()
        for (const piece of cutAtRandom(text, random, 400)) {
          if (random() < 0.02) answer.restart()
          answer.append(piece)
          if (random() < 0.3) place.clock.advance(Math.floor(random() * 3_000))
          if (random() < 0.5) await place.until('a moment', () => random() < 0.1)
          if (random() < 0.01) place.clock.advance(250_000)
        }
        await answer.finish(text, aFooter())
        break
      } catch (error) {
        const isExpected = error instanceof Crash || (error instanceof MurmurError && error.code === 'MUR_SLACK_BUSY')
        if (!isExpected || attempt > 15) throw error
        place.clock.advance(60_000)
      } finally {
        await place.whileTimePasses(thread.close())
      }
    }
    place.workspace.faults.clear()
    const shown = essence(place.texts(request).join(''))
    // Where the thread could not be read, what a dead attempt left there cannot be removed.
    const isWhole = canLook ? shown === essence(text) : shown.startsWith(essence(text))
    if (!isWhole)
      throw new Error(
        `round ${round}: ${JSON.stringify({ faults, steps: journal.finished, lengths: place.texts(request).map((part) => part.length), wanted: text.length })}`,
      )
    if (!canLook) continue
    for (const reply of place.replies(request)) {
      expect(reply.streamingState).not.toBe('in_progress')
      expect([reply.ts, await journal.isKnownMessage('', reply.ts)]).toEqual([reply.ts, true])
    }
    expect(place.replies(request).at(-1)?.blocks.at(-1)).toMatchObject({ type: 'context_actions' })
  }
  await place.workspace.close()
}, 120_000)
