import { describe, expect, test } from '@jest/globals'
import { createSpecialtyCatalogue } from '../../src/agents/specialty-catalogue.ts'
import { readBatch } from '../../src/commands/read-batch.ts'
import { readDeadline, readTaskWish } from '../../src/commands/task-flags.ts'
import { pickNumber, seededRandom } from '../fakes/seeded-random.ts'

const catalogue = createSpecialtyCatalogue()
const nowMs = Date.parse('2026-11-28T11:00:00Z')
const place = { catalogue, timeZone: 'Europe/Berlin', nowMs }
const iso = (ms: number) => new Date(ms).toISOString().slice(0, 16)

describe('a deadline', () => {
  test.each([
    ['2h', '2026-11-28T13:00'],
    ['30m', '2026-11-28T11:30'],
    ['1d', '2026-11-29T11:00'],
    ['17:00', '2026-11-28T16:00'],
    ['9:00', '2026-11-29T08:00'],
    ['2026-12-01T09:00', '2026-12-01T08:00'],
    ['2026-12-01 9:00', '2026-12-01T08:00'],
  ])('%s is %s', (typed, at) => {
    expect(iso(readDeadline(typed, 'Europe/Berlin', nowMs))).toBe(at)
  })

  test.each(['soon', '0h', '25:00', '2026-02-30T09:00', '2020-01-01T09:00', '2099-01-01T09:00', '99999d', ''])('%j is refused', (typed) => {
    expect(() => readDeadline(typed, 'Europe/Berlin', nowMs)).toThrow('Expected a time to come within a year after `--deadline`')
  })
})

describe('who shall do it', () => {
  const someone = catalogue.list()[0]
  const [need = ''] = someone?.capabilities ?? []

  test('is named by id or name, and by what they can do', () => {
    expect(readTaskWish({ role: someone?.name.toUpperCase() ?? '' }, place)).toEqual({ request: { forcedSpecialtyId: someone?.id } })
    expect(readTaskWish({ needs: ` ${need.toUpperCase()}, ${need}` }, place)).toEqual({ request: { needs: [need] } })
  })

  test('is refused where nobody is meant, saying who there is', () => {
    expect(() => readTaskWish({ role: 'writr' }, place)).toThrow('Did you mean `writer`?')
    expect(() => readTaskWish({ needs: 'levitation' }, place)).toThrow(`\`${need}\``)
    expect(() => readTaskWish({ role: 'translator', needs: need }, place)).toThrow('Expected capabilities that `translator` has')
  })
})

describe('the tasks of a batch', () => {
  test('are one a line', () => {
    expect(readBatch(' Plan the launch \n\nWrite, in short, a report\r\n', place)).toEqual([{ text: 'Plan the launch' }, { text: 'Write, in short, a report' }])
  })

  test('are rows of a table with a head', () => {
    const csv = '\uFEFFobjective,priority,deadline,role\r\n"Plan, then do ""it""",high,2h,planner\n\n"Two\nlines",,,\nlast'
    expect(readBatch(csv, place)).toEqual([
      { text: 'Plan, then do "it"', priority: 'high', deadlineMs: nowMs + 7_200_000, specialtyId: 'planner' },
      { text: 'Two\nlines' },
      { text: 'last' },
    ])
  })

  test('may be separated by semicolons, with the columns in any order', () => {
    expect(readBatch('priority;objective\nlow;one, two', { ...place })).toEqual([{ text: 'priority;objective' }, { text: 'low;one, two' }])
    expect(readBatch('objective;priority\none, two;LOW', place)).toEqual([{ text: 'one, two', priority: 'low' }])
  })

  test.each([
    ['', '1 to 100 objectives'],
    ['objective,priority\n', '1 to 100 objectives'],
    [Array.from({ length: 101 }, () => 'x').join('\n'), 'got 101'],
    ['objective,colour\na,red', 'columns out of objective, priority, deadline, needs, role'],
    ['objective,priority\na,high\nb,urgent\n"c\nd",x', 'Line 3: Expected one of `critical`, `high`, `medium`, `low` after `--priority`, got `urgent`.'],
    ['objective,priority\n"a\nb",high\nc,x', 'Line 4: '],
    ['objective,priority\n,high', 'an objective in line 2'],
    ['objective,priority\na,high,b', '2 cells in line 2, got 3'],
    ['objective\n"open', 'a double quote that ends'],
    [`ok\n${'x'.repeat(2_001)}`, 'Line 2: Expected at most 2000 characters'],
    ['objective,deadline\na,yesterday', 'Line 2: Expected a time to come'],
    ['objective,role\na,wizard', 'Line 2: '],
  ])('that can not be read are named by their line (%#)', (text, message) => {
    expect(() => readBatch(text, place)).toThrow(message)
  })

  test('any table that is written is read back', () => {
    const random = seededRandom(3)
    for (let round = 0; round < 200; round++) {
      const texts = Array.from({ length: 1 + pickNumber(random, 8) }, () => Array.from({ length: 1 + pickNumber(random, 6) }, () => ['a', '"', ',', '\n', ';', 'ü', ' b'][pickNumber(random, 7)]).join('').trim() || 'x')
      const csv = ['objective,priority', ...texts.map((text) => `"${text.replaceAll('"', '""')}",low`)].join('\n')
      expect(readBatch(csv, place).map(({ text }) => text)).toEqual(texts)
    }
  })
})
