import { expect, test } from '@jest/globals'
import { chooseToolCalls } from '../../../playground/offline-model/choose-tool-call.ts'
import { readChatRequest } from '../../../playground/offline-model/chat-request.ts'
import { composeAnswer } from '../../../playground/offline-model/compose-answer.ts'
import { readConversation } from '../../../playground/offline-model/read-conversation.ts'
import type { ToolCall } from '../../../playground/offline-model/reply.ts'

const text = { type: 'string' }
const tools = Object.entries<Record<string, object>>({
  calculator: { expression: text },
  date_time: {
    operation: { type: 'string', enum: ['now', 'difference', 'add'] },
    date: text,
    until: text,
    weeks: { type: 'integer' },
    timeZone: text,
  },
  fetch_url: { url: text, offset: { type: 'integer' } },
  read_thread: { last: { type: 'integer' } },
  request_assistance: { specialty: { type: 'string', enum: ['writer', 'software_engineer'] }, question: text },
  remember: { fact: text },
  recall: { query: text },
  search_file: { query: text },
}).map(([name, properties]) => ({
  type: 'function',
  function: {
    name,
    parameters: {
      type: 'object',
      properties,
      required: Object.keys(properties).filter(
        (key) => !['date', 'until', 'weeks', 'timeZone', 'offset', 'last'].includes(key),
      ),
    },
  },
}))

function callsFor(asked: string, extra: object = {}, more: object[] = []): ToolCall[] {
  const request = readChatRequest({
    model: 'm',
    messages: [{ role: 'user', content: asked }, ...more],
    tools,
    ...extra,
  })
  return chooseToolCalls(request, readConversation(request, 0))
}

test.each<[string, string, object]>([
  ['What is (3 + 4) * 12.5?', 'calculator', { expression: '(3 + 4) * 12.5' }],
  ['what is 15% of 200', 'calculator', { expression: '15 / 100 * 200' }],
  ['What is the date today?', 'date_time', { operation: 'now' }],
  ['What time is it in Tokyo right now?', 'date_time', { operation: 'now', timeZone: 'Asia/Tokyo' }],
  ['How many days until 2026-12-24?', 'date_time', { operation: 'difference', date: 'today', until: '2026-12-24' }],
  ['Which date is in three weeks?', 'date_time', { operation: 'add', date: 'today', weeks: 3 }],
  ['Summarise https://example.org/a?b=1.', 'fetch_url', { url: 'https://example.org/a?b=1' }],
  ['Summarise this thread', 'read_thread', {}],
  [
    'Ask the software engineer whether it compiles',
    'request_assistance',
    { specialty: 'software_engineer', question: 'Ask the software engineer whether it compiles' },
  ],
  ['Remember that the office opens at 9', 'remember', { fact: 'the office opens at 9' }],
  ['Do you remember the opening hours?', 'recall', { query: 'remember opening hours' }],
  ['What does the attached document say about holidays?', 'search_file', { query: 'attached document say holidays' }],
])('for "%s" calls %s', (asked, name, wanted) => {
  expect(callsFor(asked)).toEqual([{ name, arguments: wanted }])
})

test.each(['hello', 'Write a poem', 'We meet 3-5 people on 2026-11-20', 'version 1.2.3 is out', 'open 24/7'])(
  'calls nothing for "%s"',
  (asked) => {
    expect(callsFor(asked)).toEqual([])
  },
)

test('calls several tools at once, one at a time when told so', () => {
  const asked = 'Summarise https://example.org/ and calculate 12 * 12'
  expect(callsFor(asked).map(({ name }) => name)).toEqual(['calculator', 'fetch_url'])
  expect(callsFor(asked, { parallel_tool_calls: false }).map(({ name }) => name)).toEqual(['calculator'])
})

test('calls the calculator once for each calculation', () => {
  expect(callsFor('What is 17.5% of 200, and 3^12?').map((call) => call.arguments)).toEqual([
    { expression: '17.5 / 100 * 200' },
    { expression: '3^12' },
  ])
})

test('goes on to the plan after it has asked for the date', () => {
  const asked = 'Plan the launch of our newsletter in two weeks'
  const request = readChatRequest({
    model: 'm',
    messages: [
      { role: 'system', content: 'You are the planner of this team.' },
      { role: 'user', content: asked },
      {
        role: 'assistant',
        content: null,
        tool_calls: [{ id: 'c', type: 'function', function: { name: 'date_time', arguments: '{}' } }],
      },
      { role: 'tool', tool_call_id: 'c', content: 'Friday 2026-11-20, week 47\nplus 2 weeks is Friday 2026-12-04, week 49' },
    ],
  })
  // The server's own clock is elsewhere: the days are the tool's.
  const text = composeAnswer(request, readConversation(request, 0)).text
  expect(text).toMatch(/^\*\*Plan for the launch of your newsletter\*\*, Fri 20 Nov to Fri 4 Dec\n/)
  expect(text).toContain('| Fri 4 Dec | Launch |')
  expect(text).not.toContain('week 49')
})

test('calls no tool a second time', () => {
  const done = [
    {
      role: 'assistant',
      content: null,
      tool_calls: [{ id: 'c', type: 'function', function: { name: 'calculator', arguments: '{"expression":"1+1"}' } }],
    },
    { role: 'tool', tool_call_id: 'c', content: 'Error: not now' },
  ]
  expect(callsFor('calculate 1+1', {}, done)).toEqual([])
})

test.each<[string, string, string, string, string]>([
  ['calculator', '{"expression":"2 * 21"}', '2 * 21 = 42', 'calculate 2 * 21', '**2 * 21 = 42**'],
  ['calculator', '{"expression":"1 / 3"}', '{"result":0.3333333333}', 'calculate 1 / 3', '0.333333'],
  ['date_time', '{}', 'Now it is Friday 2026-11-20', 'What is the date today?', 'Friday 2026-11-20'],
  [
    'read_thread',
    '{}',
    '2 of 2 messages:\n[1] 20 Nov, 10:02 alice: We ship on Monday.\n[2] 20 Nov, 10:03 bob: Who tests?',
    'summarise this thread',
    '- bob: Who tests?',
  ],
  [
    'fetch_url',
    '{"url":"https://example.org/"}',
    'Birds sing. Birds fly south in winter.',
    'Summarise https://example.org/',
    'What https://example.org/ says',
  ],
  [
    'fetch_url',
    '{"url":"https://example.org/"}',
    'Error: The page could not be fetched.',
    'Summarise https://example.org/',
    'it did not work',
  ],
  ['request_assistance', '{}', 'It compiles.', 'ask the engineer', '> It compiles.'],
  ['remember', '{"fact":"we open at 9"}', 'ok', 'Remember that we open at 9', 'Noted: we open at 9'],
  ['recall', '{"query":"hours"}', 'The office opens at 9.', 'Do you remember the hours?', 'The office opens at 9.'],
  ['other_tool', '{}', '{"a":1}', 'use it', 'a: 1'],
])('uses the result of %s %s in its answer', (name, given, content, asked, wanted) => {
  const request = readChatRequest({
    model: 'm',
    messages: [
      { role: 'user', content: asked },
      {
        role: 'assistant',
        content: null,
        tool_calls: [{ id: 'c', type: 'function', function: { name, arguments: given } }],
      },
      { role: 'tool', tool_call_id: 'c', content },
    ],
  })
  expect(composeAnswer(request, readConversation(request, 0)).text).toContain(wanted)
})
