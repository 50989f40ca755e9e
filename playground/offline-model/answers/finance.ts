import type { Conversation } from '../read-conversation.ts'
import { answerData } from './data.ts'
import { findSeries } from './series.ts'

interface Formula {
  readonly about: RegExp
  readonly title: string
  readonly formula: string
  readonly example: string
}

const formulas: readonly Formula[] = [
  {
    about: /runway|burn/i,
    title: 'Runway',
    formula: 'months = cash in the bank / (monthly costs - monthly income)',
    example: '600,000 / (90,000 - 40,000) = **12 months**',
  },
  {
    about: /\b(?:loan|mortgage|credit)\b/i,
    title: 'Monthly payment of a loan',
    formula: 'payment = amount * r / (1 - (1 + r)^-n), with r = yearly rate / 12 and n = number of months',
    example: '20,000 at 6 % over 60 months: 20,000 * 0.005 / (1 - 1.005^-60) = **386.66 a month**',
  },
  {
    about: /break-?even/i,
    title: 'Break-even',
    formula: 'units = fixed costs / (price - variable costs a unit)',
    example: '30,000 / (50 - 20) = **1,000 units**',
  },
  {
    about: /forecast|growth/i,
    title: 'Forecast with steady growth',
    formula: 'value after n months = value today * (1 + rate)^n',
    example: '100,000 with 4 % a month: after 12 months 100,000 * 1.04^12 = **160,103**',
  },
  {
    about: /variance|budget|actuals/i,
    title: 'Variance',
    formula: 'variance = actual - budget; in percent of the budget; then split into price and quantity',
    example: '108,000 - 100,000 = **+8,000 (+8 %)**; of it 5,000 because more was bought, 3,000 because it cost more',
  },
]

/** Key figures of given numbers; without numbers the formula for what is asked, with an example. */
export function answerFinance(conversation: Conversation): string {
  const found = formulas.find(({ about }) => about.test(conversation.asked))
  const hasNumbers = findSeries(conversation.asked).length > 0 || findSeries(conversation.background).length > 0
  if (found === undefined || hasNumbers) return answerData(conversation)
  return [
    `**${found.title}**`,
    '',
    `\`${found.formula}\``,
    '',
    `For example: ${found.example}.`,
    '',
    'Give me your numbers, and I put them in.',
  ].join('\n')
}
