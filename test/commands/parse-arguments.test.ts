import { describe, expect, test } from '@jest/globals'
import { choiceFlag, parseArguments, textFlag, usdFlag, wholeFlag } from '../../src/commands/parse-arguments.ts'
import { pickNumber, seededRandom } from '../fakes/seeded-random.ts'

const flags = {
  priority: choiceFlag(['critical', 'high', 'medium', 'low']),
  agents: wholeFlag(2, 7),
  budget: usdFlag(100),
  team: textFlag('the name of a team', 'research'),
}
const parse = (text: string) => parseArguments(text, flags)

describe('flags are taken out of the text', () => {
  test.each([
    ['--priority high Compare them', { priority: 'high' }, 'Compare them'],
    ['Compare them --priority=HIGH', { priority: 'high' }, 'Compare them'],
    ['Compare --agents 3 all of them --budget $0.50', { agents: 3, budget: 500_000 }, 'Compare all of them'],
    ['--team "product people" Go', { team: 'product people' }, 'Go'],
    ['--team=“product people” Go', { team: 'product people' }, 'Go'],
    ['Go —priority low', { priority: 'low' }, 'Go'],
    ['one\n--priority low\ntwo', { priority: 'low' }, 'one\n\ntwo'],
  ])('%j', (text, values, rest) => {
    expect(parse(text)).toEqual({ text: rest, values })
  })
})

describe('what is no flag stays as it is', () => {
  test.each([
    'Explain "git log --oneline" to me',
    'Explain `npm run x -- --priority low`',
    'Explain ```\n--agents 900\n``` please',
    'He said — and I agree — that it is fine',
    'well—known and range 3–5',
    'a--priority low',
    'An odd " quote stays',
    '',
  ])('%j', (text) => {
    expect(parse(text)).toEqual({ text, values: {} })
  })

  test('a lone -- ends the flags', () => {
    expect(parse('--agents 2 Explain -- git rebase --onto main')).toEqual({ text: 'Explain git rebase --onto main', values: { agents: 2 } })
  })
})

describe('what can not be read is refused, saying what would do', () => {
  test.each([
    ['--prioriti high x', 'Did you mean `--priority`?'],
    ['--colour red x', 'Expected one of `--priority`, `--agents`, `--budget`, `--team`, got `--colour`'],
    ['--priority urgent x', 'Expected one of `critical`, `high`, `medium`, `low` after `--priority`, got `urgent`'],
    ['--agents 12 x', 'Expected a whole number from 2 to 7 after `--agents`, got `12`'],
    ['--agents -1 x', 'got `-1`'],
    ['--budget 1000000 x', 'Expected dollars from 0 to 100'],
    ['x --priority', 'got nothing'],
    ['--priority --agents 3 x', 'after `--priority`, got nothing'],
    ['--team= Go', 'after `--team`, got nothing'],
    ['--team "" Go', 'after `--team`, got nothing'],
    ['--agents 2 --agents 3 x', 'Expected `--agents` once'],
    ['--constructor 1', 'got `--constructor`'],
  ])('%j', (text, message) => {
    expect(() => parse(text)).toThrow(message)
  })
})

test('wherever the flags stand, each is read and the words stay in their order', () => {
  const random = seededRandom(7)
  const given = { priority: ['--priority low', '--priority=low', '—priority "low"'], agents: ['--agents 3', '--agents=3', '--AGENTS “3”'], team: ['--team "a b"', '--team=“a b”'] }
  for (let round = 0; round < 500; round++) {
    const words = Array.from({ length: pickNumber(random, 6) }, (_, index) => `w${index}`)
    const pieces = [...words]
    for (const ways of Object.values(given)) pieces.splice(pickNumber(random, pieces.length + 1), 0, ways[pickNumber(random, ways.length)] ?? '')
    expect(parse(pieces.join(' '))).toEqual({ text: words.join(' '), values: { priority: 'low', agents: 3, team: 'a b' } })
  }
})
