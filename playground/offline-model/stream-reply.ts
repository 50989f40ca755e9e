import type { ServerResponse } from 'node:http'

/** A place in a stream where something happens; `after` counts pieces of content, not the event with the role. */
export interface StreamStop {
  readonly after: number
  /** Resolves to whether the rest is to be sent. */
  readonly act: () => Promise<boolean>
}

export interface Pacing {
  /** Pause before each event, 0 or more. */
  readonly chunkDelayMs: number
  readonly stops: readonly StreamStop[]
  readonly signal: AbortSignal
}

/**
 * Writes server-sent events. Without pauses and stops they leave in one write, which is what a model without latency
 * would do; else one by one, no faster than the caller reads.
 */
export async function streamReply(response: ServerResponse, events: readonly string[], pacing: Pacing): Promise<void> {
  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache' })
  if (pacing.chunkDelayMs === 0 && pacing.stops.length === 0) {
    response.end(events.join(''))
    return
  }
  response.flushHeaders()
  for (const [index, event] of events.entries()) {
    await pause(pacing.chunkDelayMs, pacing.signal)
    if (pacing.signal.aborted) return
    if (!response.write(event)) await drained(response, pacing.signal)
    for (const stop of pacing.stops) {
      // The last two events end the stream: a stop set too late comes right before them.
      if (index !== Math.min(stop.after, events.length - 3)) continue
      if (!(await stop.act()) || pacing.signal.aborted) return
    }
  }
  response.end()
}

/** Waits; ends early, without an error, when the caller goes away. */
export function pause(delayMs: number, signal: AbortSignal): Promise<void> {
  if (delayMs <= 0 || signal.aborted) return Promise.resolve()
  const { promise, resolve } = Promise.withResolvers<void>()
  const timer = setTimeout(resolve, delayMs)
  signal.addEventListener(
    'abort',
    () => {
      clearTimeout(timer)
      resolve()
    },
    { once: true },
  )
  return promise
}

/** Never resolves before the caller has gone. */
export function untilGone(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve()
  const { promise, resolve } = Promise.withResolvers<void>()
  signal.addEventListener(
    'abort',
    () => {
      resolve()
    },
    { once: true },
  )
  return promise
}

function drained(response: ServerResponse, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  response.once('drain', resolve)
  signal.addEventListener(
    'abort',
    () => {
      resolve()
    },
    { once: true },
  )
  return promise
}
