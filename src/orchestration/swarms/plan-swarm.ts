import { MurmurError } from '../../errors.ts'
import type { RunRecord, SwarmWish } from '../../storage/records.ts'
import type { RunAttempt, RunDeps } from '../run-attempt.ts'
import { seatTeam, type SeatWish } from '../teams/seat-team.ts'
import type { Team } from '../teams/team.ts'
import { chooseTopology, type TopologyChoice } from './choose-topology.ts'
import { pickSpecialties } from './pick-specialties.ts'
import type { SwarmPlan } from './swarm-plan.ts'
import { topologies } from './topologies.ts'
import type { Topology } from './topology.ts'

/**
 * Decides the form of a swarm and who shall sit in it: by what the person asked for, else by the team, else by one decision of
 * the router's model, which is kept.
 * @throws {MurmurError} MUR_USAGE for a topology or a team that is not there
 */
export async function planSwarm(deps: RunDeps, attempt: RunAttempt, wish: SwarmWish): Promise<SwarmPlan> {
  const team = wish.team === undefined ? undefined : seatTeam(findTeam(deps, wish.team))
  const name = wish.topology ?? team?.topology
  const choice = name === undefined ? await chooseOnce(deps, attempt, objectiveOf(attempt.run)) : undefined
  const topology = findTopology(name ?? choice?.topology ?? '')
  const members = team?.members ?? (await pickSeats(deps, attempt, wish.agents ?? topology.defaultMembers, choice?.specialtyIds))
  const { layer, confidence, reason } = choice ?? wished(wish)
  return { topology, layer, confidence, reason, members, lead: topology.lead && (team?.lead ?? topology.lead), rounds: wish.rounds ?? topology.defaultRounds }
}

/** Why it is this form, where nothing had to be decided. */
function wished({ topology, team, why }: SwarmWish): Pick<SwarmPlan, 'layer' | 'confidence' | 'reason'> {
  if (why !== undefined) return { layer: 'keywords', confidence: 1, reason: why }
  return { layer: 'forced', confidence: 1, reason: topology === undefined ? `The team ${team} works in this form.` : 'This form was asked for.' }
}

/** What a swarm works on. */
export const objectiveOf = ({ request }: Pick<RunRecord, 'request'>): string => request.swarm?.objective ?? request.text

function chooseOnce({ catalogue, router }: RunDeps, { journal, meter, signal }: RunAttempt, objective: string): Promise<TopologyChoice> {
  return journal.once('topology', () => chooseTopology({ objective, specialties: catalogue.list(), router: router && meter.metered('topology', router), signal }))
}

function findTeam({ teams }: RunDeps, name: string): Team {
  const found = teams.find((team) => team.name === name)
  if (found) return found
  throw new MurmurError('MUR_USAGE', { wanted: 'the name of a team after `--team`', found: `\`${name.slice(0, 60)}\``, hint: '`/swarm teams` lists them.' })
}

function findTopology(name: string): Topology {
  const found = topologies.find((topology) => topology.name === name)
  if (found) return found
  throw new MurmurError('MUR_USAGE', { wanted: `one of ${topologies.map((topology) => topology.name).join(', ')}`, found: name.slice(0, 40) })
}

async function pickSeats({ catalogue, scoreKeywords, standings }: RunDeps, { run }: RunAttempt, count: number, chosen: readonly string[] = []): Promise<readonly SeatWish[]> {
  const standingOf = await standings.of(run.workspaceId, run.request.userId)
  const ids = pickSpecialties({ chosen, scores: scoreKeywords(objectiveOf(run)), specialtyIds: catalogue.list().map(({ id }) => id), generalistId: catalogue.generalistId, successOf: (id) => standingOf(id).success, count })
  return ids.map((specialtyId) => ({ specialtyId, role: '' }))
}
