import { expect, test } from '@jest/globals'
import { ConversationStore } from '../../../playground/page/conversation-store.ts'
import { applyEvent } from '../../../playground/page/page-events.ts'
import { Reader } from '../../../playground/page/reader.ts'
import { readMessage, type Message } from '../../../playground/page/wire.ts'
import type { WorkspaceClient } from '../../../playground/page/workspace-client.ts'

function aMessage(ts: string, more: Readonly<Record<string, unknown>> = {}): Message {
  return readMessage({ ts, channel: 'C1', user: 'U1', text: ts, ...more })
}

const tsOf = (messages: readonly Message[]): readonly string[] => messages.map((message) => message.ts)

test('tells roots from replies, in the order of their time', () => {
  const store = new ConversationStore()
  for (const message of [aMessage('3', { threadTs: '1' }), aMessage('2'), aMessage('1', { threadTs: '1' })])
    store.put(message)
  store.put(aMessage('4', { threadTs: '1', ephemeralTo: 'U1' }))
  expect(tsOf(store.roots('C1'))).toEqual(['1', '2'])
  expect(tsOf(store.thread('C1', '1'))).toEqual(['1', '3', '4'])
  expect(store.repliesByThread('C1').get('1')).toMatchObject({ count: 1, latestTs: '3' })
})

test('keeps replies and its own notices when a channel is read again', () => {
  const store = new ConversationStore()
  store.put(aMessage('1'))
  store.put(aMessage('2', { threadTs: '1' }))
  store.put({ ...aMessage('3'), isLocal: true })
  store.replaceChannel('C1', [aMessage('5')])
  expect(tsOf(store.roots('C1'))).toEqual(['3', '5'])
  expect(tsOf(store.thread('C1', '1'))).toEqual(['2'])
})

test('keeps a message that says the same as the same object', () => {
  const store = new ConversationStore()
  store.put(aMessage('1'))
  const before = store.find('C1', '1')
  store.replaceChannel('C1', [aMessage('1')])
  expect(store.find('C1', '1')).toBe(before)
})

test('applies what came in while an answer was under way', async () => {
  const store = new ConversationStore()
  let answer: (json: Readonly<Record<string, unknown>>) => void = () => undefined
  const client = { user: 'U1', look: () => new Promise((resolve) => (answer = resolve)) } as unknown as WorkspaceClient
  const reader = new Reader(client, store, () => undefined)
  const reading = reader.readChannel('C1')
  const event = { type: 'message', channel: 'C1', message: { ts: '2', text: 'new' } }
  reader.note(event)
  applyEvent(event, store)
  answer({ messages: [{ ts: '1', text: 'old' }] })
  await reading
  expect(tsOf(store.roots('C1'))).toEqual(['1', '2'])
})

test('takes only the last of several answers to the same question', async () => {
  const store = new ConversationStore()
  const answers: ((json: Readonly<Record<string, unknown>>) => void)[] = []
  const client = {
    user: 'U1',
    look: () => new Promise((resolve) => answers.push(resolve)),
  } as unknown as WorkspaceClient
  const reader = new Reader(client, store, () => undefined)
  const taken: unknown[] = []
  const reading = [1, 2].map(() => reader.read('views', {}, (answer) => taken.push(answer['views'])))
  answers[1]?.({ views: 'second' })
  answers[0]?.({ views: 'first' })
  await Promise.all(reading)
  expect(taken).toEqual(['second'])
})
