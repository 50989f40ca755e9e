import { expect, test } from '@jest/globals'
import type { StoredMessage } from '../../../playground/workspace/stored-message.ts'
import { Timeline } from '../../../playground/workspace/timeline.ts'

const at = (ts: string): StoredMessage => ({
  ts,
  channel: 'C1',
  text: ts,
  blocks: [],
  reactions: [],
  deliveredText: ts,
})
const tsOf = (messages: readonly StoredMessage[]): string[] => messages.map((message) => message.ts)

function timelineOf(...ts: string[]): Timeline {
  const timeline = new Timeline(100)
  for (const one of ts) timeline.put(at(one))
  return timeline
}

test('keeps order whatever the order of arrival, and replaces in place', () => {
  const timeline = timelineOf('3', '1', '2')
  timeline.put({ ...at('2'), text: 'changed' })
  expect(timeline.all().map((message) => message.text)).toEqual(['1', 'changed', '3'])
  expect([timeline.size, timeline.last?.ts]).toEqual([3, '3'])
})

test('cuts ranges at open and inclusive borders', () => {
  const timeline = timelineOf('1', '2', '3', '4', '5')
  expect(tsOf(timeline.slice({ oldest: '2', latest: '4' }, 10, 'newest').messages)).toEqual(['3'])
  expect(tsOf(timeline.slice({ oldest: '2', latest: '4', isInclusive: true }, 10, 'newest').messages)).toEqual([
    '2',
    '3',
    '4',
  ])
  expect(timeline.slice({ oldest: '25' }, 1, 'oldest')).toMatchObject({ messages: [{ ts: '3' }], hasMore: true })
  expect(timeline.slice({}, 2, 'newest')).toMatchObject({ messages: [{ ts: '4' }, { ts: '5' }], hasMore: true })
  expect([timeline.countAfter(''), timeline.countAfter('3'), timeline.countAfter('9')]).toEqual([5, 2, 0])
})

test('drops the oldest beyond its bound and forgets what is removed', () => {
  const timeline = new Timeline(4)
  const dropped = ['1', '2', '3', '4', '5', '6'].flatMap((ts) => tsOf(timeline.put(at(ts))))
  expect([dropped, tsOf(timeline.all())]).toEqual([
    ['1', '2'],
    ['3', '4', '5', '6'],
  ])
  timeline.remove('4')
  timeline.remove('4')
  expect([tsOf(timeline.all()), timeline.get('4'), timeline.get('1')]).toEqual([['3', '5', '6'], undefined, undefined])
})
