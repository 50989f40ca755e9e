import { describe, expect, test } from '@jest/globals'
import { isLargeObjective } from '../../../src/orchestration/swarms/large-objective.ts'
import { heldOutRequests, otherLanguages, smallTalk, tuningRequests } from '../../fixtures/routing/requests.ts'

const launch = `We launch the mobile app in Spain on 1 March and need everything ready two weeks before. Please hand over:
- Research the three largest competitors in Spain with their prices
- Estimate the cost of the launch for the first three months, with what it depends on
- Write the announcement for the press and one for existing customers
- Design the onboarding for people who come from a competitor
- Plan the week of the launch day by day, with who has to be there`
const inline = `For the board meeting in June we have to decide whether the warehouse in Graz is worth its money, and I want a proposal that stands on its own. Deliver (1) compare the costs of the last three years by month; (2) forecast the next two years with and without it; (3) interview guide: write ten questions for the staff; (4) recommend what to do, with the risks`

describe('a large objective', () => {
  test.each([
    ['a list of things to hand over', launch],
    ['numbered', launch.replaceAll('\n- ', '\n1. ')],
    ['in bold', launch.replaceAll(/\n- (\w+)/g, '\n* *$1*')],
  ])('%s', (_how, text) => {
    expect(isLargeObjective(text)).toBe(true)
  })

  test('in one paragraph', () => {
    expect(isLargeObjective(inline.replace('interview guide: write', 'write'))).toBe(true)
  })
})

describe('what one agent answers', () => {
  test('every ordinary request of the routing set', () => {
    const texts = [...tuningRequests.map(({ text }) => text), ...heldOutRequests.map(({ text }) => text), ...smallTalk, ...otherLanguages]
    expect(texts.length).toBeGreaterThan(100)
    expect(texts.filter(isLargeObjective)).toEqual([])
  })

  test.each([
    ['notes to sum up', launch.replace('Please hand over:', 'Please sum up these points for the team:')],
    ['a list to be translated', launch.replace('Please hand over:', 'Translate this list into Spanish:')],
    ['action items of a meeting', `Here are the action items of yesterday:\n${launch.split('\n').slice(1).join('\n')}\nWho should do what?`],
    ['the list in a code block', launch.replace('- Research', '```\n- Research').concat('\n```')],
    ['the list quoted', launch.replaceAll('\n- ', '\n> - ')],
    ['a list without a wish', launch.split('\n').slice(1).join('\n')],
    ['three things', launch.split('\n').slice(0, 4).join('\n').padEnd(400, '.')],
    ['facts and no work', `Our office has grown and we have to decide where to go.\n${['Graz has 20 desks', 'Vienna has 40 desks', 'Linz is cheap and close to the station', 'Salzburg has the best light', 'Everybody wants a kitchen'].map((line) => `- ${line}, as far as we know today from the agent`).join('\n')}`],
    ['a short list', 'Please:\n- write a mail\n- plan a day\n- compare prices\n- design a flyer'],
    ['a long text', 'Write about the history of the bicycle. '.repeat(200)],
    ['nothing', ''],
  ])('%s', (_what, text) => {
    expect(isLargeObjective(text)).toBe(false)
  })

  test('a huge text is read in a bounded time', () => {
    for (const piece of ['- ', '(1) ', '1) a ', '```', '\n- write a\n', ' 1) ; ', 'a) a, ']) expect(typeof isLargeObjective(piece.repeat(200_000))).toBe('boolean')
  })
})
