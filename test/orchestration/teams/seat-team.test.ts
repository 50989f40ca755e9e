import { expect, test } from '@jest/globals'
import { seatTeam } from '../../../src/orchestration/teams/seat-team.ts'

const writer = { specialty: 'writer', role: 'writes' }
const team = { name: 'newsroom', coordinator: 'planner', members: [{ specialty: 'researcher', role: 'finds facts' }, writer] }

test('the members sit in their order, and the coordinator leads', () => {
  expect(seatTeam(team)).toEqual({
    topology: 'plan',
    lead: { specialtyId: 'planner', role: 'coordinates the team newsroom' },
    members: [{ specialtyId: 'researcher', role: 'finds facts' }, { specialtyId: 'writer', role: 'writes' }],
  })
})

test('a team of one works with its coordinator', () => {
  expect(seatTeam({ ...team, members: [writer] }).members.map(({ specialtyId }) => specialtyId)).toEqual(['writer', 'planner'])
})

test('a team has its own way of working and its own share where it says so', () => {
  expect(seatTeam({ ...team, topology: 'debate', budgetShare: 0.25 })).toMatchObject({ topology: 'debate', payer: { name: 'newsroom', budgetShare: 0.25 } })
})
