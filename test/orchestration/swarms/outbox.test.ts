import { expect, test } from '@jest/globals'
import { MurmurError } from '../../../src/errors.ts'
import { Outbox } from '../../../src/orchestration/swarms/outbox.ts'

const busy = new MurmurError('MUR_SLACK_BUSY', { method: 'chat.postMessage' })

/** Remembers what was shown; what fails does so as often as it is told to. */
function showings() {
  const shown: string[] = []
  const show = (name: string, failure?: Error, times = Infinity) => {
    let left = failure ? times : 0
    return async (): Promise<void> => {
      await Promise.resolve()
      if (left-- > 0) throw failure
      shown.push(name)
    }
  }
  return { shown, show }
}

test('shows one after the other, in order, without being waited for', async () => {
  const { shown, show } = showings()
  const outbox = new Outbox()
  for (const name of ['a', 'b', 'c']) await outbox.put(show(name))
  expect(shown.length).toBeLessThan(3)
  await outbox.flush()
  expect(shown).toEqual(['a', 'b', 'c'])
})

test('makes whoever shows too much wait', async () => {
  const { shown, show } = showings()
  const outbox = new Outbox()
  for (let at = 0; at < 30; at++) await outbox.put(show(String(at)))
  expect(shown.length).toBeGreaterThan(0)
})

test('holds the order when the channel is busy, and tries again with the next', async () => {
  const { shown, show } = showings()
  const outbox = new Outbox()
  await outbox.put(show('a', busy, 2))
  await outbox.put(show('b'))
  await outbox.flush()
  expect(shown).toEqual(['a', 'b'])
})

test('says at the end that the channel took nothing, so that another attempt shows it', async () => {
  const { shown, show } = showings()
  const outbox = new Outbox()
  await outbox.put(show('a', busy))
  await outbox.put(show('b'))
  await expect(outbox.flush()).rejects.toBe(busy)
  expect(shown).toEqual([])
})

test('leaves out what is refused for good', async () => {
  const { shown, show } = showings()
  const outbox = new Outbox()
  await outbox.put(show('a', new MurmurError('MUR_SLACK_REJECTED', { method: 'chat.postMessage' })))
  await outbox.put(show('b'))
  await outbox.flush()
  expect(shown).toEqual(['b'])
})

test('gives on what is the whole run\'s matter', async () => {
  const { show } = showings()
  const outbox = new Outbox()
  const down = new MurmurError('MUR_STORE_DOWN')
  await outbox.put(show('a', down))
  await expect(outbox.flush()).rejects.toBe(down)
})
