import { expect, test } from '@jest/globals'
import { ChangeFeed } from '../../../playground/workspace/change-feed.ts'
import type { Change } from '../../../playground/workspace/change-feed.ts'
import { MessageBoard } from '../../../playground/workspace/message-board.ts'
import { MessageClock } from '../../../playground/workspace/message-clock.ts'
import { workOf } from '../../support/work-of.ts'

function boardOf(limit: number): { board: MessageBoard; changes: Change[] } {
  const changes: Change[] = []
  const feed = new ChangeFeed()
  feed.subscribe((change) => changes.push(change))
  return { board: new MessageBoard(new MessageClock(() => 1_763_700_000_000), feed, limit), changes }
}

test('tells the feed of every change with its place', () => {
  const { board, changes } = boardOf(100)
  const root = board.post({ channel: 'C1', text: 'root' })
  const reply = board.post({ channel: 'C1', text: 'reply', threadTs: root.ts })
  board.change(reply, { text: 'better' })
  board.react(root, 'U1', 'eyes', true)
  board.react(root, 'U1', 'eyes', true)
  board.remove(reply)
  expect(changes.map((change) => [change.type, change.channel, change.threadTs])).toEqual([
    ['message', 'C1', undefined],
    ['message', 'C1', root.ts],
    ['message_changed', 'C1', root.ts],
    ['reaction', 'C1', undefined],
    ['message_deleted', 'C1', root.ts],
  ])
  expect(board.replies('C1', root.ts)?.size).toBe(0)
})

test('does not change a message that is gone', () => {
  const { board } = boardOf(100)
  const message = board.post({ channel: 'C1', text: 'a' })
  board.remove(message)
  expect([board.change(message, { text: 'b' }), board.find('C1', message.ts)]).toEqual([undefined, undefined])
})

test('forgets the oldest messages and their threads beyond its bound', () => {
  const { board } = boardOf(10)
  const first = board.post({ channel: 'C1', text: 'first' })
  for (let count = 0; count < 20; count += 1) board.post({ channel: 'C1', text: 'reply', threadTs: first.ts })
  expect(board.channel('C1').size).toBeLessThanOrEqual(13)
  expect(board.replies('C1', first.ts)?.size ?? 0).toBeLessThanOrEqual(13)
})

test('costs the same for the last thousand of many posts as for the first', async () => {
  const { board } = boardOf(100_000)
  const root = board.post({ channel: 'C1', text: 'root' })
  const post = (count: number): Promise<number> =>
    workOf(() => {
      for (let index = 0; index < count; index += 1) board.change(board.post({ channel: 'C1', text: 'reply', threadTs: root.ts }), { text: 'edited' })
    })
  await post(1000)
  const early = await post(2000)
  await post(30_000)
  // Generous; a scan over 30,000 messages a post would be hundreds of times slower.
  expect(await post(2000)).toBeLessThan(early * 10 + 200)
})
