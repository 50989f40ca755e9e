import type { Answered, StopReason, SwarmEvent } from './topology.ts'

/** A question under way, and what the thread shows of its answer; nothing for an empty text. */
export interface Asked<T> {
  readonly key: string
  readonly answer: Promise<Answered<T>>
  readonly say: (value: T) => string
}

/**
 * Waits for turns that were asked side by side, and tells of each as it comes, so that a round takes as long as its slowest
 * member.
 * @returns the answers in the order of asking, whatever order they came in
 * @throws what a question rejects with; the other questions go on to their end unheard
 */
export async function* hearRound<T>(asked: readonly Asked<T>[]): AsyncGenerator<SwarmEvent, readonly Answered<T>[]> {
  const answers = new Map<number, Answered<T>>()
  const open = new Map(asked.map(({ answer }, at) => [at, answer.then((answered) => ({ at, answered }))] as const))
  // Whoever is not listened to any more must not end the process.
  for (const answer of open.values()) answer.catch(() => {})
  while (open.size > 0) {
    const { at, answered } = await Promise.race(open.values())
    open.delete(at)
    answers.set(at, answered)
    yield* tell(asked[at], answered)
  }
  return [...answers].toSorted(([a], [b]) => a - b).map(([, answered]) => answered)
}

function* tell<T>(asked: Asked<T> | undefined, answered: Answered<T>): Generator<SwarmEvent> {
  if (!asked) return
  const { key, say } = asked
  const { member } = answered
  if (!answered.isThere) {
    yield { kind: 'absent', key, member, reason: answered.reason }
    return
  }
  const text = say(answered.value)
  if (text !== '') yield { kind: 'turn', key, member, text }
}

/** Why a round with missing answers is the last one. */
export const lossOf = (answers: readonly Answered<unknown>[]): StopReason => (answers.some((answered) => !answered.isThere && answered.reason === 'budget') ? 'budget' : 'absent')
