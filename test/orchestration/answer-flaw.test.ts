import { describe, expect, test } from '@jest/globals'
import { findFlaw } from '../../src/orchestration/answer-flaw.ts'

const flawOf = (request: string, answer: string, mayBeTooShort = true) => findFlaw({ request, answer, mayBeTooShort })
const asked = 'What do we know about the outage of last week?'

describe('what is no answer', () => {
  test.each(['', ' \n\t', '...', '…', '---', '**', '- '])('%j has no words', (answer) => {
    expect(flawOf(asked, answer)).toBe('empty')
  })

  test.each([
    "I'm sorry, but I can't help with that.",
    'I’m sorry, but I can’t assist with that request.',
    'Sorry, I cannot answer this question.',
    "I can't help with that.",
    'I am unable to assist you with this request at the moment.',
    "Unfortunately, I'm not able to help you with that. Is there anything else I can do for you?",
    'As an AI language model, I cannot answer that.',
    "I apologize, but I won't be able to complete your request.",
    "I can't do that. Sorry!",
    'Sorry.',
    "I'm sorry!",
    'My apologies for the confusion.',
    "I'm sorry,\nbut I cannot comply.",
  ])('%j is nothing but a refusal', (answer) => {
    expect(flawOf(asked, answer)).toBe('refusal')
  })

  test.each([
    ['Write a report on the outage of last week', 'Here it is:'],
    ['Draft an email to customers about the price change', 'Sure!'],
    ['please prepare a proposal for the new office', 'Certainly.'],
    ['Explain deferred revenue to a non-accountant', 'No problem!'],
    ['Could you elaborate on the second point', 'Of course.'],
  ])('%j is not answered by %j', (request, answer) => {
    expect(flawOf(request, answer)).toBe('too_short')
    expect(flawOf(request, answer, false)).toBeUndefined()
  })
})

describe('what is an answer', () => {
  test.each([
    ['Is the build green?', 'yes'],
    ['Is the build green?', 'No.'],
    ['How many of them were late?', '42'],
    ['What is the capital of France?', 'Paris'],
    ['What does `[].sort()` give?', '[]'],
    ['Are you there?', 'Here.'],
    ['Did it work?', '👍'],
    ['Which sign is missing?', '?'],
    ['Explain in one word what failed', 'DNS.'],
    ['Explain whether it is safe', 'It is.'],
    ['Explain this error briefly', 'Out of memory.'],
    ['Explain the flag', '`--force` overwrites'],
    ['Write the title of the report', 'Quarterly figures'],
    ['Write a subject for an email to customers', 'New prices'],
    ['Draft an email of at most three words', 'See you Friday'],
    ['Write a script that lists files', 'ls -la'],
    ['Write a poem', 'Roses are red'],
    ['Summarise this thread', 'Nothing was decided.'],
    ['Schreib einen Bericht', 'Gern!'],
    ['Write a report on the outage', 'See `reports/outage.md`.'],
    ['Draft an announcement that Jo is leaving', 'Jo leaves on Friday.'],
    ['Write a report on the outage', 'Done.'],
    ['Write a report on the outage', 'No outage.'],
    ['Explain deferred revenue', 'Deferred revenue.'],
  ])('%j may be answered by %j', (request, answer) => {
    expect(flawOf(request, answer)).toBeUndefined()
  })

  test.each([
    "I'm sorry, I can't see the file you mean; please attach it.",
    "I can't help with that because the export has no dates. Which month do you mean?",
    'Sorry, the figures of March are missing in the thread.',
    "I can't answer that without the contract. Could you share it?",
    "Sorry to hear that! Try to restart the router.",
    "We can't do that before Friday.",
    "I'm afraid so.",
    'Sorry for the delay: the meeting is at 10:00.',
    'I cannot recommend this product, as its battery lasts two hours.',
    "I won't do that: it would send mail to all customers.",
  ])('%j says something', (answer) => {
    expect(flawOf(asked, answer)).toBeUndefined()
  })
})
