import { setImmediate as nextTurn } from 'node:timers/promises'

/**
 * Gives one after the other, each in a turn of the event loop of its own: with an embedded store nothing that is awaited in between lets
 * others go on, and a page of events holds hundreds.
 * @throws the signal's reason as soon as it is aborted
 */
export async function* inTurns<T>(items: Iterable<T>, signal: AbortSignal): AsyncGenerator<T, void, undefined> {
  for (const item of items) {
    signal.throwIfAborted()
    yield item
    await nextTurn()
  }
}
