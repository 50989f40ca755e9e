import { expect, test } from '@jest/globals'
import { GiveWay } from '../../src/orchestration/give-way.ts'
import type { BusTopic, ProcessBus } from '../../src/storage/redis/process-bus.ts'
import { ManualClock } from '../fakes/manual-clock.ts'

/** Processes on one bus, with a queue each that counts its rests. */
function setUp(count: number) {
  const clock = new ManualClock(0)
  const listeners: { readonly from: number; readonly topic: BusTopic; readonly listener: (text: string) => void }[] = []
  const told: string[] = []
  const processes = Array.from({ length: count }, (_, from) => {
    const bus: ProcessBus = {
      tell(topic, text) {
        told.push(topic)
        for (const one of listeners) if (one.topic === topic && one.from !== from) one.listener(text)
      },
      hear(topic, listener) {
        listeners.push({ from, topic, listener })
        return () => {}
      },
    }
    const seen = { restUntilMs: 0, restedMs: 0, concurrency: 64, begun: 0 }
    const queue = {
      setConcurrency: (next: number) => void (seen.concurrency = next),
      rest(ms: number) {
        seen.restedMs += clock.now() + ms - Math.max(clock.now(), seen.restUntilMs)
        seen.restUntilMs = clock.now() + ms
      },
    }
    return { seen, giveWay: new GiveWay({ bus, queue, minConcurrency: 8, nowMs: clock.now, onBegin: () => void seen.begun++ }) }
  })
  return { clock, told, processes }
}

test('several requests that were taken in late let all processes rest, and they begin again with few runs', () => {
  const { told, processes } = setUp(3)
  for (const tookMs of [700, 699, 699, 700, 900]) processes[0]?.giveWay.noteIntake(tookMs)
  expect(told).toEqual([])
  processes[0]?.giveWay.noteIntake(700)
  expect(told).toEqual(['late'])
  for (const { seen } of processes) expect(seen).toMatchObject({ restUntilMs: 1_000, concurrency: 8, begun: 1 })
})

test('late ones that come now and then let nobody rest', () => {
  const { clock, told, processes } = setUp(2)
  for (let at = 0; at < 20; at++) {
    processes[0]?.giveWay.noteIntake(2_000)
    clock.advance(1_000)
  }
  expect(told).toEqual([])
  expect(processes[1]?.seen.restedMs).toBe(0)
})

test('many late ones are said a few times a second, and are one rest', () => {
  const { clock, told, processes } = setUp(2)
  for (let at = 0; at < 5_000; at += 10) {
    processes[0]?.giveWay.noteIntake(2_000)
    clock.advance(10)
  }
  expect(told).toHaveLength(20)
  expect(processes[1]?.seen).toMatchObject({ restedMs: 5_750, begun: 1 })
})

test('an edge that is slow for ever holds runs up for a minute, and from then on for a tenth of the time', () => {
  const { clock, processes } = setUp(2)
  const worker = processes[1]?.seen ?? { restedMs: 0 }
  const slowFor = (ms: number): number => {
    const before = worker.restedMs
    for (let at = 0; at < ms; at += 100) {
      processes[0]?.giveWay.noteIntake(5_000)
      clock.advance(100)
    }
    return worker.restedMs - before
  }
  expect(slowFor(60_000)).toBeGreaterThan(59_000)
  slowFor(60_000)
  const share = slowFor(600_000) / 600_000
  expect(share).toBeGreaterThan(0.08)
  expect(share).toBeLessThan(0.12)
})
