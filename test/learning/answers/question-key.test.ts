import { expect, test } from '@jest/globals'
import { questionKeyOf } from '../../../src/learning/answers/question-key.ts'
import type { Request, ScheduleId } from '../../../src/storage/records.ts'
import { aRequest } from '../../builders.ts'

const keyOf = (text: string, over: Partial<Request> = {}) => questionKeyOf(aRequest({ text, ...over }))

test('case, space and the punctuation around words make no other question, and words do', () => {
  const key = keyOf('What does CORS mean?')
  expect(key).toBeDefined()
  for (const same of ['what does cors mean', '  What   does\nCORS mean ?!', 'What does “CORS” mean…', 'what does cors\u200B mean']) expect(keyOf(same)).toBe(key)
  for (const other of ['What does CORS not mean?', 'What does CSRF mean?', 'What does CORS mean? In German']) expect(keyOf(other)).not.toBe(key)
  expect(keyOf('Is 3.5 more than 35')).not.toBe(keyOf('Is 35 more than 3.5'))
  for (const other of ['C++', 'C#']) expect(keyOf(`How good is ${other}`)).not.toBe(keyOf('How good is C'))
})

test('another channel asks another question, and so does another person who speaks of herself or in a direct message', () => {
  expect(keyOf('What does CORS mean?', { userId: 'U2' })).toBe(keyOf('What does CORS mean?'))
  expect(keyOf('What does CORS mean?', { channelId: 'C2' })).not.toBe(keyOf('What does CORS mean?'))
  expect(keyOf('Plan my garden', { userId: 'U2' })).not.toBe(keyOf('Plan my garden'))
  expect(keyOf('What does CORS mean?', { surface: 'direct', userId: 'U2' })).not.toBe(keyOf('What does CORS mean?', { surface: 'direct' }))
})

test.each(['What is new today?', 'Who is on call now', 'the latest release of Node', 'Wie ist das Wetter heute', 'What changed last week?', 'The status of the launch', 'Sum up https://example.com', 'Explain `[1].sort()`', 'Tell <!here> about it', '', '?!', 'x'.repeat(1_001)])(
  'what is worth nothing later is never the same question: %s',
  (text) => {
    expect(keyOf(text)).toBeUndefined()
  },
)

test('an answer that depends on more than the words is never given again', () => {
  const text = 'What does CORS mean?'
  const others: Partial<Request>[] = [
    { isReply: true }, { files: [{ id: 'F1', name: 'a.txt', mimeType: 'text/plain', sizeBytes: 1 }] }, { isTextKept: true }, { isFresh: true }, { forcedSpecialtyId: 'writer' },
    { needs: ['research'] }, { swarm: {} }, { surface: 'command' }, { scheduled: { scheduleId: 'S1' as ScheduleId, dueAtMs: 1 } },
  ]
  for (const over of others) expect(keyOf(text, over)).toBeUndefined()
})

test('hostile and odd texts are read in linear time', () => {
  for (const text of ['!'.repeat(1_000), 'a '.repeat(500), '\u202E'.repeat(1_000), '\uD800'.repeat(999), '“'.repeat(500) + 'x']) expect(() => keyOf(text)).not.toThrow()
})
