import { readFileSync } from 'node:fs'
import { createHash } from 'node:crypto'
import { describe, expect, test } from '@jest/globals'
import { countTokens as trueCount } from 'gpt-tokenizer/encoding/o200k_base'
import { countTokens, estimateTokens } from '../../src/agents/count-tokens.ts'
import { workOf } from '../support/work-of.ts'

const hash = (seed: number): string => createHash('sha256').update(String(seed)).digest('hex')
const many = (count: number, make: (index: number) => string, between = ''): string =>
  Array.from({ length: count }, (_, index) => make(index)).join(between)

const natural: Record<string, string> = {
  English:
    'The committee met on Tuesday to discuss the proposed changes, and although several members raised concerns about the timetable, nobody objected to the plan.',
  'a short question': 'What is our refund policy?',
  German:
    'Die Geschwindigkeitsbegrenzung auf der Umgehungsstraße wurde nach langwierigen Verhandlungen aufgehoben, was überraschenderweise kaum jemanden störte.',
  French:
    "L'assemblée générale a décidé, après de longues délibérations, d'élever le budget alloué à l'éducation préscolaire dès l'été prochain.",
  Russian: 'Комитет собрался во вторник, чтобы обсудить предложенные изменения, и никто не возразил против сути плана.',
  Chinese: '委员会星期二开会讨论了拟议的修改，虽然几位成员对时间表表示担忧，但没有人反对该计划的实质内容。',
  Japanese: '委員会は火曜日に会議を開き、提案された変更について議論しました。',
  Arabic: 'اجتمعت اللجنة يوم الثلاثاء لمناقشة التغييرات المقترحة',
  Hindi: 'समिति ने मंगलवार को प्रस्तावित परिवर्तनों पर चर्चा करने के लिए बैठक की',
  code: readFileSync('src/agents/count-tokens.ts', 'utf8'),
  JSON: readFileSync('config/models.json', 'utf8'),
  'a shouted line': 'THIS IS AN ALL CAPS MESSAGE ABOUT THE QUARTERLY REVENUE REPORT',
}

const dense: Record<string, string> = {
  hashes: many(40, hash),
  base64: Buffer.from(many(40, hash), 'hex').toString('base64'),
  emoji: '🎉🔥👩‍👩‍👧‍👦🇩🇪✅🚀'.repeat(20),
  punctuation: '!?#$%^&*()_+{}|:"<>~`-=[];\',./'.repeat(20),
  'rare signs': many(300, (index) => String.fromCharCode(0x3400 + index * 13)),
  'single letters': 'x q z '.repeat(200),
  'a table of numbers': many(100, (index) => `${index},0.${(index * 7919) % 10_000}`, '\n'),
}

describe('the estimate', () => {
  test.each(Object.entries(natural))(
    'is not below the truth, and at most two and a half times it, for %s',
    (_, text) => {
      const truth = trueCount(text)
      expect(estimateTokens(text)).toBeGreaterThanOrEqual(truth)
      expect(estimateTokens(text)).toBeLessThanOrEqual(2.6 * truth)
    },
  )

  test.each(Object.entries(dense))('is at most a tenth below the truth for %s', (_, text) => {
    expect(estimateTokens(text)).toBeGreaterThanOrEqual(0.9 * trueCount(text))
  })

  test('is at least half of the truth for random short words', () => {
    const text = many(200, (index) => Number.parseInt(hash(index).slice(0, 8), 16).toString(36), ' ')
    expect(estimateTokens(text)).toBeGreaterThanOrEqual(0.5 * trueCount(text))
  })

  test('is nothing for nothing', () => {
    expect(estimateTokens('')).toBe(0)
  })
})

describe('the count', () => {
  test('is true for long texts', async () => {
    const text = (natural['English'] ?? '').repeat(40)
    const count = await countTokens(text)
    expect(Math.abs(count - trueCount(text))).toBeLessThanOrEqual(3)
  })

  test('is the estimate for short texts', async () => {
    expect(await countTokens('What is our refund policy?')).toBe(estimateTokens('What is our refund policy?'))
  })

  test('takes names of special tokens for text', async () => {
    expect(await countTokens('<|endoftext|> '.repeat(300))).toBeGreaterThan(300)
  })

  test('stays linear for a run without any break', async () => {
    expect(await workOf(() => countTokens('a'.repeat(200_000)))).toBeLessThan(10_000)
  })
})
