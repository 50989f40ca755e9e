import { expect, test } from '@jest/globals'
import { readChatRequest } from '../../../playground/offline-model/chat-request.ts'
import { composeAnswer } from '../../../playground/offline-model/compose-answer.ts'
import { fieldOf } from '../../../playground/offline-model/fields.ts'
import { inlineCodeIn } from '../../../playground/offline-model/inline-code.ts'
import { readConversation } from '../../../playground/offline-model/read-conversation.ts'
import { subjectOf } from '../../../playground/offline-model/subject.ts'

const nowMs = Date.parse('2026-11-20T09:00:00Z')

function textFor(who: string, asked: string): string {
  const messages = [
    { role: 'system', content: `You are the ${who} of this team.` },
    { role: 'user', content: asked },
  ]
  const request = readChatRequest({ model: 'm', messages })
  return composeAnswer(request, readConversation(request, nowMs)).text ?? ''
}

const numbers = 'Which of these grew fastest, and by how much? Q1: 120, 95, 210. Q2: 138, 97, 260.'
const code = 'What can go wrong here? const total = items.reduce((sum, item) => sum + item.price)'
const announcement = 'Write a short, friendly announcement: the office is closed on Friday for maintenance.'
const move = 'Plan the move of a ten-person team to a new issue tracker in three weeks.'

test.each(['generalist', 'data analyst', 'finance analyst'])(
  'tells as the %s what grew fastest and by how much',
  (who) => {
    const text = textFor(who, numbers)
    expect(text).toMatch(/^\*\*The 3rd one grew fastest: \+23\.8 %\*\*, from 210 to 260 \(\+50\)\./)
    expect(text).toContain('| 1st | 120 | 138 | +18 | +15 % |')
    expect(text).toContain('| 2nd | 95 | 97 | +2 | +2.1 % |')
  },
)

test.each([
  [
    'Which grew fastest?\nproduct,Q1,Q2\nTea,100,150\nRum,400,480\nGin,10,9',
    '**Tea grew fastest: +50 %**',
    'Rum gained most (+80)',
  ],
  [
    'Which fell most?\nproduct,Q1,Q2\nTea,100,150\nRum,400,480\nGin,10,9',
    '**Gin fell most: -10 %**',
    '| Gin | 10 | 9 | -1 | -10 % |',
  ],
  [
    'Which channel grew fastest? Search: 10, 12, 15. Mail: 20, 21, 22.',
    '**Search grew fastest: +50 %**',
    '| Mail | 20 | 22 |',
  ],
  ['Compare growth. 2024: 0, 10. 2025: 5, 11.', '**The 2nd one grew fastest: +10 %**', '| 1st | 0 | 5 | +5 | from 0 |'],
])('compares by name or by place: %s', (asked, lead, more) => {
  expect(textFor('data analyst', asked)).toContain(lead)
  expect(textFor('data analyst', asked)).toContain(more)
})

test.each(['generalist', 'data analyst', 'software engineer'])(
  'reviews as the %s code that stands in a sentence',
  (who) => {
    const text = textFor(who, code)
    expect(text).toContain('Reduce of empty array with no initial value')
    expect(text).toContain('`NaN`')
    expect(text).toContain('joins strings')
    expect(text).toContain('const total = items.reduce((sum, item) => sum + item.price, 0)')
  },
)

test('leaves a reduce with a start alone', () => {
  expect(textFor('software engineer', 'Is this right? `items.reduce((sum, item) => sum + item.price, 0)`')).toContain(
    'Nothing in it looks wrong',
  )
})

test.each<[string, string | undefined]>([
  ['Any bug? let a = 1', 'let a = 1'],
  ['Look: for (const x of y) z(x)', 'for (const x of y) z(x)'],
  ['Let us decide (today) what to do', undefined],
  ['The import from China is late', undefined],
  ['return the form to me', undefined],
  ['What is class (social)?', undefined],
  ['If we (both) agree, what then?', undefined],
])('finds code in: %s', (text, found) => {
  expect(inlineCodeIn(text)).toBe(found)
})

test.each(['writer', 'marketer', 'generalist'])('announces as the %s what is said after the colon', (who) => {
  const text = textFor(who, announcement)
  expect(text).toMatch(/^\*\*The office is closed on Friday\*\*\n\nHi everyone!/)
  expect(text).toContain('the office is closed on Friday for maintenance. Please plan around it')
})

test('leaves a place for news that nobody told', () => {
  expect(textFor('writer', 'Draft an announcement for our app')).toContain(
    '[what is new about our app, in one sentence]',
  )
})

test('names a plan after its subject and keeps its days within the time given', () => {
  const text = textFor('planner', move)
  expect(text).toMatch(/^\*\*Plan for the move to a new issue tracker\*\*, Fri 20 Nov to Fri 11 Dec\n/)
  const days = [...text.matchAll(/^\| \w{3} (\d{1,2} \w{3}) \|/gm)].map((match) => Date.parse(`${match[1]} 2026 UTC`))
  expect(days).toHaveLength(6)
  expect(days).toEqual(days.toSorted((one, other) => one - other))
  expect(days.every((day) => day > nowMs && day <= Date.parse('2026-12-11'))).toBe(true)
})

test('shows the year of a day in another one', () => {
  expect(textFor('planner', 'Plan the launch in eight weeks')).toContain('Fri 20 Nov to Fri 15 Jan 2027')
})

test.each(['software engineer', 'researcher', 'generalist'])(
  'compares as the %s what it is asked to compare',
  (who) => {
    const text = textFor(who, 'compare Postgres and SQLite')
    expect(text).toMatch(/^\| \| PostgreSQL \| SQLite \|/)
    expect(text).toContain('one writer at a time')
    expect(text).not.toContain('```')
  },
)

test.each(['product manager', 'planner', 'generalist'])('weighs as the %s, and plans nothing', (who) => {
  const text = textFor(who, 'Summarise the trade-offs of a four-day week')
  expect(text).toMatch(/^\*\*Trade-offs of a four-day week\*\*\n\n\*\*What you gain\*\*\n- /)
  expect(text).toContain('**What it costs**\n- ')
  expect(text).not.toContain('Plan for')
})

test.each([
  ['generalist', 'What is the capital of Australia?', '**Canberra**'],
  ['generalist', 'Who are you and what can you do?', 'I am Murmur'],
  ['generalist', 'Thank you for your help', 'You are welcome'],
  ['generalist', 'Remind me to call Bob tomorrow', '`/remind me to call Bob tomorrow`'],
  ['generalist', 'Suggest a name for our new app', '1. Bright App'],
  ['data analyst', 'Write a SQL query for weekly active users', 'count(DISTINCT user_id)'],
  ['finance analyst', 'What is our runway at this burn?', 'cash in the bank'],
  ['marketer', 'Give me five subject lines for the Black Friday campaign', '1. Black Friday: it starts here'],
  ['planner', 'Put together an agenda for the offsite', '**Agenda for the offsite**'],
  ['researcher', 'Summarise the pros and cons of Kafka vs RabbitMQ', '| | Kafka | RabbitMQ |'],
  ['planner', 'Plan a team offsite next month with a budget of 5000', '**Plan for a team offsite**'],
  ['planner', 'Migrate our wiki by Friday', '**Plan for migrating your wiki**'],
  ['product manager', 'Write user stories for the export feature', '**User stories for the export feature**'],
  ['product manager', 'Draft a PRD for dark mode', '## Dark mode: requirements'],
  ['researcher', 'Find out what our competitors charge, with sources', 'about what your competitors charge'],
  ['software engineer', 'Write a job ad for a backend engineer', '## Backend engineer'],
  ['writer', 'Draft an email to the team', '**Subject**: [what it is about]'],
  ['writer', 'Write a haiku about Friday', 'Friday is waiting for us'],
])('answers as the %s: %s', (who, asked, wanted) => {
  expect(textFor(who, asked)).toContain(wanted)
})

test('hears the field in each first prompt', () => {
  expect([numbers, code, announcement, move].map(fieldOf)).toEqual(['data', 'code', 'writing', 'planning'])
  expect(subjectOf(move)).toBe('the move to a new issue tracker')
})
