import { expect, test } from '@jest/globals'
import { readChatRequest } from '../../../playground/offline-model/chat-request.ts'
import { composeAnswer, offlineNote } from '../../../playground/offline-model/compose-answer.ts'
import { readConversation } from '../../../playground/offline-model/read-conversation.ts'
import { workOf } from '../../support/work-of.ts'

const nowMs = Date.parse('2026-11-20T09:00:00Z')

function textFor(system: string, ...said: (string | { role: string; content: string })[]): string {
  const messages = [
    { role: 'system', content: system },
    ...said.map((one) => (typeof one === 'string' ? { role: 'user', content: one } : one)),
  ]
  const request = readChatRequest({ model: 'm', messages })
  return composeAnswer(request, readConversation(request, nowMs)).text ?? ''
}

test.each<[string, string, string | RegExp]>([
  ['the generalist', 'hello', 'I can take a request'],
  ['the generalist', 'What is 18% of 2,450?', '18 % of 2450 = 441'],
  ['the generalist', 'What is idempotency?', 'doing something twice'],
  ['the generalist', 'three ideas for team lunches', /^1\. .*team lunches/],
  ['the generalist', 'Should we move to Oslo?', 'In favour of moving to Oslo'],
  ['the generalist', 'What day is it?', 'Friday'],
  ['the generalist', 'Translate hello into French', 'I do not translate'],
  ['the data analyst', 'Average of 3, 5, 9 and 20', '| 4 | 37 | 9.25 | 7 | 3 | 20 |'],
  ['the data analyst', 'month,revenue\nJan,100\nFeb,300\nMar,200', '| revenue | 3 | 600 | 200 | 200 | 100 | 300 |'],
  ['the data analyst', 'How do we measure churn?', 'measuring churn'],
  ['the software engineer', 'Write a function that retries a promise', '```ts\nexport async function retry'],
  ['the software engineer', 'A Python function for prime numbers', '```python\ndef primes_up_to'],
  [
    'the software engineer',
    'TypeError: Cannot read properties of undefined at src/app.ts:42',
    'Start at `src/app.ts`, line 42',
  ],
  ['the software engineer', 'Review:\n```js\nvar x = y == 1\n```', 'Line 1: `==` converts types'],
  ['the software engineer', 'Implement a parser for our config', 'parserConfig'],
  ['the software engineer', 'Why does `[1, 10, 2].sort()` give 1, 10, 2?', '**as text**'],
  ['the planner', 'and what do we do if the printer is late?', '**If the printer is late**'],
  ['the generalist', 'What is 17.5% of 200, and 3^12?', '17.5 % of 200 = 35**\n**3^12 = 531,441'],
  ['the designer', 'Any feedback on this layout?', '- [ ] One aim a screen'],
  ['the legal reviewer', 'Check this clause', 'Liability'],
  ['the translator', 'Say this in French', 'I do not translate'],
  ['the writer', 'Rewrite this paragraph', 'no text to work on'],
  ['the researcher', 'Compare Kafka and RabbitMQ for events', '| | Kafka | RabbitMQ |'],
  ['the writer', 'Write an email to customers about the price change', '**Subject**: The price change'],
  ['the writer', 'five slogans for a coffee shop', /^1\. Coffee/],
  [
    'the writer',
    'Shorten: "The office is open. It is really very nice to see that it has a kitchen. The office is on Main Street."',
    '**Shorter**',
  ],
  ['the planner', 'Plan the launch of our newsletter in three weeks', 'Fri 20 Nov to Fri 11 Dec'],
  ['the planner', 'Migrate our wiki by Friday', 'with the way back ready'],
  ['the support specialist', 'I cannot log in', '- [ ] Try in a private window'],
])('answers as %s: %s', (who, request, wanted) => {
  const text = textFor(`You are ${who} of the team.`, request)
  expect(text).toMatch(wanted instanceof RegExp ? wanted : new RegExp(wanted.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')))
  expect(text.endsWith(`\n\n${offlineNote}`)).toBe(true)
})

test('plans nothing for a weekend', () => {
  const days = textFor('You are the planner.', 'Plan the launch in six weeks').match(
    /^\| (Mon|Tue|Wed|Thu|Fri|Sat|Sun) /gm,
  )
  expect(days).toHaveLength(6)
  expect(days?.join()).not.toMatch(/Sat|Sun/)
})

const thread = [
  'alice: The checkout is slow since Monday.',
  'bob: The tax call is not cached.',
  'carol: Should we roll back?',
  "alice: Let's cache the rates, bob does it by Friday.",
]

test('summarises the thread from its own sentences, by whom, with decisions and questions', () => {
  const text = textFor('You are the generalist.', ...thread, 'summarise this thread')
  expect(text).toContain('4 messages by alice, bob and carol')
  expect(text).toContain('- bob: The tax call is not cached.')
  expect(text).toMatch(/Decided or promised\*\*\n- alice: Let's cache/)
  expect(text).toMatch(/Open questions\*\*\n- carol: Should we roll back\?/)
})

test('finds the thread inside of the message, too', () => {
  expect(
    textFor('You are the generalist.', `<thread>\n${thread.join('\n')}\n</thread>\n\n<request>recap please</request>`),
  ).toContain('by alice, bob and carol')
})

test('speaks with different voices in a debate and answers the other side', () => {
  const motion = 'Should we move to a four-day week?'
  const ada = textFor('You are Ada in a debate. Your side: for.', motion)
  const bob = textFor(
    'You are Bob in a debate. Your side: against.',
    `<thread>\nAda: Yes, focus grows.\n</thread>\n${motion}`,
  )
  expect(ada).toMatch(/^\*\*Yes: moving to a four-day week/)
  expect(bob).toMatch(/^\*\*No: moving to a four-day week/)
  expect(bob).toContain('To Ada, who says "Yes, focus grows."')
})

test('lets the members of a swarm look from different angles', () => {
  const names = ['Ann', 'Ben', 'Cleo', 'Dan', 'Eve', 'Fred']
  const texts = names.map((name) => textFor(`You are ${name}, one of several agents of a swarm.`, 'Name our product'))
  expect(new Set(texts).size).toBeGreaterThan(2)
  expect(texts[0]).toContain('My angle')
})

test('follows learned guidance in the system prompt', () => {
  const plain = textFor('You are the planner.', 'Plan an offsite')
  const guided = textFor(
    'You are the planner.\n\nLearned guidance:\n- Start with a one-line summary (TL;DR).\n- Mention the weather.',
    'Plan an offsite',
  )
  expect(guided).toMatch(/^\*\*TL;DR\*\*/)
  expect(guided).toContain('With your guidance in mind: Mention the weather.')
  expect(plain).not.toContain('TL;DR')
  const short = textFor('You are the support specialist.\n\nGuidance: Keep answers short.', 'My VPN is down')
  expect(short.length).toBeLessThan(textFor('You are the support specialist.', 'My VPN is down').length)
})

test('answers in bullets when the request says so', () => {
  expect(textFor('You are the writer.', 'Write an announcement for our app, in bullet points')).toMatch(/^- /m)
})

test('takes no long time over long and hostile texts', async () => {
  const texts = [
    '(',
    '<a>',
    '```',
    '#',
    '\n',
    ' ',
    '- ',
    '1+',
    '"',
    'request:\n\n',
    '<request>',
    'alice: hi\n',
    'a@',
    'http://',
  ]
  for (const piece of texts) {
    const text = `x${piece.repeat(40_000)}x`
    const work = await workOf(() => {
      for (const who of ['data analyst', 'software engineer', 'writer', 'planner', 'generalist']) textFor(`You are the ${who}.`, text)
    })
    expect({ piece, isQuick: work < 10_000 }).toEqual({ piece, isQuick: true })
  }
})

test('answers anything at all', () => {
  for (const odd of [
    ' ',
    '?',
    '😀',
    '```',
    '<x>',
    '{',
    '{"a":1}',
    'x'.repeat(50_000),
    '- \n- \n',
    '((((((',
    '1/0',
    '\u0000',
  ]) {
    for (const who of [
      'data analyst',
      'software engineer',
      'researcher',
      'writer',
      'planner',
      'support',
      'generalist',
    ]) {
      expect(textFor(`You are the ${who}.`, odd)).toContain(offlineNote)
    }
  }
})
