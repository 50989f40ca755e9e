import { expect, test } from '@jest/globals'
import { parseTeams } from '../../../src/orchestration/teams/team.ts'

const known = ['planner', 'writer']
const team = { name: 'newsroom', coordinator: 'planner', members: [{ specialty: 'writer', role: 'writes' }] }
const parse = (...teams: object[]) => parseTeams(JSON.stringify({ teams }), 'teams.json', known)

test('a team has a coordinator and members with roles', () => {
  expect(parse(team)).toEqual([team])
})

test('a team of nobody, of strangers or with a name that is taken is refused, each by path', () => {
  const strangers = { ...team, coordinator: 'boss', members: [{ specialty: 'poet', role: 'rhymes' }] }
  expect(() => parse(team, strangers)).toThrow(
    expect.objectContaining({
      details: {
        problems: [
          'teams.json: teams[1].name: wanted a name of its own, found "newsroom" again',
          'teams.json: teams[1].coordinator: wanted a specialty (planner, writer), found "boss"',
          'teams.json: teams[1].members[0].specialty: wanted a specialty (planner, writer), found "poet"',
        ].join('\n'),
      },
    }),
  )
  expect(() => parse({ ...team, members: [] })).toThrow('teams.json: teams[0].members: wanted at least 1 entries, found []')
})
