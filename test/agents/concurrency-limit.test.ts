import { expect, test } from '@jest/globals'
import { ConcurrencyLimit } from '../../src/agents/concurrency-limit.ts'

const never = new AbortController().signal

/** Work that ends when told. */
function job() {
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  let begun = false
  return {
    run: () => {
      begun = true
      return promise
    },
    end: resolve,
    fail: reject,
    hasBegun: () => begun,
  }
}

const settled = (): Promise<void> =>
  new Promise((resolve) => {
    setImmediate(resolve)
  })

test('lets so many through and the others in the order they came', async () => {
  const limit = new ConcurrencyLimit(2)
  const jobs = [job(), job(), job(), job()]
  const results = jobs.map(({ run }) => limit.run(run, never))
  expect(jobs.map((each) => each.hasBegun())).toEqual([true, true, false, false])
  expect([limit.running, limit.waiting]).toEqual([2, 2])
  jobs[1]?.end('b')
  await settled()
  expect(jobs.map((each) => each.hasBegun())).toEqual([true, true, true, false])
  for (const each of jobs) each.end('done')
  expect(await Promise.all(results)).toEqual(['done', 'b', 'done', 'done'])
  expect([limit.running, limit.waiting]).toEqual([0, 0])
})

test('gives the place free when work fails', async () => {
  const limit = new ConcurrencyLimit(1)
  await expect(limit.run(() => Promise.reject(new Error('no')), never)).rejects.toThrow('no')
  expect(await limit.run(async () => 'yes', never)).toBe('yes')
})

test('lets the cancelled go from the line, and only them', async () => {
  const limit = new ConcurrencyLimit(1)
  const [first, second, third] = [job(), job(), job()] as const
  const controller = new AbortController()
  const one = limit.run(first.run, never)
  const two = limit.run(second.run, controller.signal)
  const three = limit.run(third.run, never)
  controller.abort()
  await expect(two).rejects.toMatchObject({ code: 'MUR_RUN_CANCELLED' })
  first.end('1')
  third.end('3')
  expect(await Promise.all([one, three])).toEqual(['1', '3'])
  expect(second.hasBegun()).toBe(false)
  expect(limit.running).toBe(0)
})

test('refuses when the line is full', async () => {
  const limit = new ConcurrencyLimit(1, 1)
  const [first, second] = [job(), job()] as const
  const both = [limit.run(first.run, never), limit.run(second.run, never)]
  await expect(limit.run(async () => 'third', never)).rejects.toMatchObject({ code: 'MUR_MODEL_BUSY' })
  first.end('1')
  second.end('2')
  await Promise.all(both)
})
