import type { Workspace } from '../../playground/workspace/workspace.ts'
import type { Delivery } from '../../playground/workspace/delivery.ts'
import { isFinishedAnswer, type Asked } from '../scenarios/start-scenario.ts'
import type { Scaled } from '../scenarios/start-scaled.ts'

/** People who go on asking while servers die, each without waiting for the answer to what was asked before. */
export interface SteadyLoad {
  /** What was acknowledged so far, in the order in which it was asked. */
  readonly asked: readonly Asked[]
  /** Deliveries of mentions, each attempt by itself. */
  readonly acknowledged: number
  readonly refused: number
  /** Lets everybody end what he waits for. @throws what one of them met */
  stop(): Promise<void>
}

/** No answer takes longer, whatever died meanwhile. */
const answerTimeoutMs = 120_000
/** Requests of each that may be without an answer: enough that somebody always asks while answers stay away. */
const openEach = 4

/**
 * @param numbers gives each request its number; passed in, so that several loads on one set never use one twice
 */
export function startLoad(scaled: Scaled, people: number, numbers: Iterator<number>): SteadyLoad {
  const asked: Asked[] = []
  const counts = { acknowledged: 0, refused: 0 }
  const stopWatching = watchMentions(scaled.workspace, ({ ok }) => counts[ok ? 'acknowledged' : 'refused']++)
  let isOver = false
  const countOpen = (): number => asked.filter((one) => !scaled.answers(one).some(isFinishedAnswer)).length
  const goOn = async (): Promise<void> => {
    while (!isOver) {
      const number = Number(numbers.next().value)
      const one = await scaled.ask(questionOf(number), { channel: channelOf(number) })
      asked.push(one)
      await scaled.workspace.waitFor('answers', () => isOver || countOpen() < people * openEach, answerTimeoutMs)
    }
  }
  const all = Promise.allSettled(Array.from({ length: people }, goOn))
  return {
    asked,
    get acknowledged() {
      return counts.acknowledged
    },
    get refused() {
      return counts.refused
    },
    async stop() {
      isOver = true
      const ends = await all
      stopWatching()
      for (const end of ends) if (end.status === 'rejected') throw end.reason
    },
  }
}

/** As `findFaults` tells requests apart. */
export const questionOf = (number: number): string => `Well, and now? What do you say to that, for the ${number}. time?`

/** One that nobody else is posting to just now: Slack lets an app post about once a second and channel. */
export const channelOf = (number: number): string => `C0FRESH${String(number % 60).padStart(4, '0')}`

/** 0, 1, 2 and so on. */
export function* counting(): Generator<number, never> {
  for (let number = 0; ; number++) yield number
}

function watchMentions(workspace: Workspace, listener: (delivery: Delivery) => void): () => void {
  return workspace.onChange((change) => {
    const delivery = change['delivery'] as Delivery | undefined
    if (change.type === 'delivery' && delivery?.type === 'app_mention') listener(delivery)
  })
}
