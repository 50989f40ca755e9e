import { describe, expect, test } from '@jest/globals'
import { fieldsOfTeam, readTeamFields, type TeamFields } from '../../../src/orchestration/teams/team-fields.ts'
import type { Team } from '../../../src/orchestration/teams/team.ts'

const specialties = [
  { id: 'planner', name: 'Planner', purpose: 'Plans work.' },
  { id: 'writer', name: 'Writer', purpose: 'Writes texts.' },
  { id: 'support', name: 'Support Agent', purpose: 'Helps customers.' },
]
const good: TeamFields = { name: 'newsroom', purpose: 'News', coordinator: 'planner', members: ['writer', 'support'], roles: 'writer: writes', topology: '', share: '' }
const read = (over: Partial<TeamFields> = {}, taken: readonly string[] = []) => readTeamFields({ ...good, ...over }, specialties, taken)
const errorsOf = (over: Partial<TeamFields>, taken: readonly string[] = []) => {
  const result = read(over, taken)
  return 'errors' in result ? result.errors : {}
}

test('members have the roles of their lines, and where there is none the purpose of their specialty', () => {
  expect(read()).toEqual({
    team: { name: 'newsroom', purpose: 'News', coordinator: 'planner', members: [{ specialty: 'writer', role: 'writes' }, { specialty: 'support', role: 'Helps customers.' }] },
  })
})

test('two lines of one specialist are two members, and its name counts as well as its id', () => {
  expect(read({ roles: ' writer: drafts\n\nWriter:  edits: twice \nsupport agent: reads' })).toMatchObject({
    team: { members: [{ specialty: 'writer', role: 'drafts' }, { specialty: 'writer', role: 'edits: twice' }, { specialty: 'support', role: 'reads' }] },
  })
})

test('a share is a percentage, and a topology one that there is', () => {
  expect(read({ share: '12.5 %', topology: 'debate', purpose: '  ' })).toMatchObject({ team: { budgetShare: 0.125, topology: 'debate' } })
})

test('what the form shows, it takes back as it was', () => {
  const team: Team = { name: 'ab', coordinator: 'planner', members: [{ specialty: 'writer', role: 'a' }, { specialty: 'writer', role: 'b' }], topology: 'auto', budgetShare: 0.07 }
  expect(readTeamFields(fieldsOfTeam(team), specialties, [])).toEqual({ team })
})

describe('what is wrong is said at its field', () => {
  test.each<[keyof TeamFields, Partial<TeamFields>, RegExp]>([
    ['name', { name: 'News room!' }, /^Wanted lower-case letters, digits and hyphens/],
    ['name', { name: '<!channel>' }, /^Wanted lower-case/],
    ['coordinator', { coordinator: 'boss' }, /^Wanted a specialty \(planner, writer, support\), found "boss"/],
    ['members', { members: [], roles: '' }, /^Wanted at least 1/],
    ['members', { members: ['poet'], roles: '' }, /found "poet"/],
    ['roles', { roles: 'writer writes' }, /^Expected "specialty: role" on each line, found "writer writes"/],
    ['roles', { roles: 'poet: rhymes' }, /^No specialist is called "poet"/],
    ['roles', { roles: 'planner: plans' }, /^Planner has a role, but is not chosen/],
    ['roles', { roles: `writer: ${'x'.repeat(201)}` }, /^Wanted/],
    ['share', { share: '0' }, /from 1 to 100/],
    ['share', { share: '101' }, /from 1 to 100/],
    ['share', { share: 'half' }, /from 1 to 100/],
  ])('%s', (field, over, message) => {
    expect(errorsOf(over)[field]).toMatch(message)
  })

  test('a name that another team has', () => {
    expect(errorsOf({ name: 'NewsRoom' }, ['newsroom'])).toEqual({ name: 'There is another team of this name.' })
  })

  test('all at once', () => {
    expect(Object.keys(errorsOf({ name: '', share: 'x', roles: 'x' })).toSorted()).toEqual(['name', 'roles', 'share'])
  })
})
