import { expect, test } from '@jest/globals'
import { Autoscaler, nextConcurrency, type ScalingState } from '../../src/orchestration/autoscaler.ts'
import { ManualClock } from '../fakes/manual-clock.ts'
import { pickNumber, seededRandom } from '../fakes/seeded-random.ts'

const bounds = { min: 4, max: 64 }
const state = (concurrency: number, calmSinceMs?: number): ScalingState => ({ concurrency, calmSinceMs })

test('goes up at once when all are busy and more wait, at most to the double and never past the demand', () => {
  expect(nextConcurrency(state(8), { queued: 100, running: 8 }, bounds, 0)).toEqual(state(16))
  expect(nextConcurrency(state(8), { queued: 3, running: 8 }, bounds, 0)).toEqual(state(11))
  expect(nextConcurrency(state(4), { queued: 100, running: 4 }, bounds, 0)).toEqual(state(8))
  expect(nextConcurrency(state(60), { queued: 100, running: 60 }, bounds, 0)).toEqual(state(64))
})

test('does not go up for what waits for another reason than room', () => {
  expect(nextConcurrency(state(16), { queued: 50, running: 10 }, bounds, 0)).toEqual(state(16))
})

test('goes down by half once half would have done for half a minute', () => {
  expect(nextConcurrency(state(32), { queued: 0, running: 16 }, bounds, 1_000)).toEqual(state(32, 1_000))
  expect(nextConcurrency(state(32, 1_000), { queued: 0, running: 9 }, bounds, 30_999)).toEqual(state(32, 1_000))
  expect(nextConcurrency(state(32, 1_000), { queued: 0, running: 9 }, bounds, 31_000)).toEqual(state(16, 31_000))
  expect(nextConcurrency(state(32, 1_000), { queued: 0, running: 17 }, bounds, 30_000)).toEqual(state(32))
})

test('stays within its bounds whatever the load', () => {
  const random = seededRandom(3)
  let now = state(bounds.min)
  for (let step = 0; step < 5_000; step++) {
    const running = pickNumber(random, now.concurrency + 1)
    now = nextConcurrency(now, { queued: pickNumber(random, 3) * pickNumber(random, 300), running }, bounds, step * pickNumber(random, 20_000))
    expect(now.concurrency).toBeGreaterThanOrEqual(bounds.min)
    expect(now.concurrency).toBeLessThanOrEqual(bounds.max)
  }
})

/** A queue whose tasks take two seconds each, and arrive as a curve says. */
function simulate(arrivalsPerSecond: (second: number) => number, seconds: number) {
  const clock = new ManualClock()
  const taskMs = 2_000
  let queued = 0
  let ends: number[] = []
  let concurrency = bounds.min
  const queue = {
    get activeCount() {
      return ends.length
    },
    get concurrency() {
      return concurrency
    },
    setConcurrency: (next: number) => void (concurrency = next),
  }
  const errors: unknown[] = []
  const scaler = new Autoscaler({ queue, countQueued: async () => queued, bounds, nowMs: clock.now, onError: (error) => errors.push(error) })
  const curve: { readonly second: number; readonly concurrency: number; readonly queued: number }[] = []
  const work = async () => {
    for (let second = 0; second < seconds; second++) {
      queued += arrivalsPerSecond(second)
      for (let tick = 0; tick < 10; tick++) {
        ends = ends.filter((endMs) => endMs > clock.now())
        while (queued > 0 && ends.length < concurrency) {
          queued--
          ends.push(clock.now() + taskMs)
        }
        await scaler.look()
        clock.advance(100)
      }
      curve.push({ second, concurrency, queued })
    }
    expect(errors).toEqual([])
    return curve
  }
  return work()
}

test('follows a load curve: up with a rush, steady through short lulls, down when it is over', async () => {
  // A quiet minute, a rush of three minutes with a lull of ten seconds in each, then two quiet minutes.
  const curve = await simulate((second) => (second < 60 || second >= 240 ? 1 : second % 60 >= 50 ? 2 : 20), 360)
  const at = (second: number) => curve[second] ?? { concurrency: 0, queued: 0 }
  expect(at(59).concurrency).toBe(bounds.min)
  // 20 a second of 2 s each need 40 at once; the rush is met within seconds.
  expect(at(65).concurrency).toBeGreaterThanOrEqual(40)
  expect(at(70).queued).toBe(0)
  const rush = curve.slice(65, 240).map(({ concurrency }) => concurrency)
  expect(Math.min(...rush)).toBeGreaterThanOrEqual(40)
  expect(at(359).concurrency).toBe(bounds.min)
  const turns = curve.filter(({ concurrency }, index) => index > 0 && concurrency !== at(index - 1).concurrency).length
  // Up in a few doublings and down in a few halvings: it does not swing.
  expect(turns).toBeLessThanOrEqual(10)
})

test('does not swing under a load that is noisy around its threshold', async () => {
  const random = seededRandom(5)
  const curve = await simulate(() => 4 + pickNumber(random, 5), 600)
  const steps = curve.slice(30).map(({ concurrency }, index, all) => Math.sign(concurrency - (all[index - 1]?.concurrency ?? concurrency)))
  const reversals = steps.filter((step) => step !== 0).filter((step, index, all) => index > 0 && step !== all[index - 1])
  expect(reversals.length).toBeLessThanOrEqual(2)
})

test('looks at once when it is told that there is no room, one look at a time, and not at its upper bound', async () => {
  const clock = new ManualClock()
  let concurrency = 4
  let looks = 0
  const queue = { activeCount: 64, get concurrency() { return concurrency }, setConcurrency: (next: number) => void (concurrency = next) }
  const scaler = new Autoscaler({ queue, countQueued: async () => (looks++, 1_000), bounds, nowMs: clock.now, onError: () => {} })
  for (let step = 0; step < 10; step++) {
    scaler.noteFull()
    scaler.noteFull()
    await scaler.look()
    clock.advance(50)
  }
  scaler.stop()
  expect(concurrency).toBe(64)
  expect(looks).toBeLessThanOrEqual(10)
})
