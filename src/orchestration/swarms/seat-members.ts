import type { Specialty } from '../../agents/specialty.ts'
import type { AgentId, RouteDecision } from '../../storage/records.ts'
import type { KnownAgent } from '../agent-registry.ts'
import type { Assignment } from '../assign-agent.ts'
import type { RunAttempt, RunDeps } from '../run-attempt.ts'
import { isSpawnRefusal } from '../spawn-specialist.ts'
import type { SeatWish } from '../teams/seat-team.ts'
import type { SwarmPlan } from './swarm-plan.ts'
import type { Member } from './topology.ts'

/** Who sits in a swarm, and which agents speak from the seats. */
export interface Seats {
  readonly members: readonly Member[]
  readonly judges: readonly Member[]
  /** By specialty; where none could be had, the specialty speaks for itself. */
  readonly agents: ReadonlyMap<string, KnownAgent>
  /** The agents are free for other runs again. */
  release(): void
}

/** What a later attempt needs to find the same seats. */
interface StoredSeats {
  readonly members: readonly Member[]
  readonly judges: readonly Member[]
  /** By specialty. */
  readonly agentIds: Readonly<Record<string, AgentId>>
}

const neutralJudges = 3
const judgeIcon = ':scales:'
/** For those whose specialty's own icon is taken already. */
const icons = [
  'owl', 'fox_face', 'bear', 'panda_face', 'koala', 'tiger', 'lion_face', 'frog', 'octopus', 'turtle', 'whale', 'dolphin', 'penguin', 'bird', 'eagle', 'wolf',
  'horse', 'unicorn_face', 'bee', 'bug', 'snail', 'crab', 'shark', 'elephant', 'camel', 'goat', 'ram', 'rabbit', 'squirrel', 'hedgehog', 'bat', 'dragon',
  'cactus', 'evergreen_tree', 'maple_leaf', 'mushroom', 'tulip', 'sunflower', 'rainbow', 'snowflake',
]

/** Gives every seat somebody, once over restarts: a seat has a specialty, and the goal's agents of that specialty speak from it. */
export async function seatMembers(deps: RunDeps, attempt: RunAttempt, plan: SwarmPlan): Promise<Seats> {
  const { run, journal, work } = attempt
  const held: Assignment[] = []
  const agents = new Map<string, KnownAgent>()
  const take = (specialtyId: string, assignment: Assignment | undefined): void => {
    if (!assignment) return
    if (held.length === 0) work.take(assignment)
    held.push(assignment)
    agents.set(specialtyId, assignment.agent)
  }
  const isAgain = journal.has('seats')
  let route: RouteDecision | undefined
  const seat = async (): Promise<StoredSeats> => {
    const wishes = plan.lead ? [...plan.members, plan.lead] : plan.members
    for (const specialtyId of new Set(wishes.map((wish) => wish.specialtyId))) take(specialtyId, await tryAssign(deps, attempt, specialtyId))
    // Nobody is free: as every run, the swarm waits for one.
    if (held.length === 0) take(firstSpecialty(plan), await assignFirst(deps, attempt, firstSpecialty(plan)))
    const members = nameSeats(deps, shareOut(plan.members, agents), await recordsOf(deps, attempt))
    route = routeOf(plan, members)
    return { members, judges: judgesOf(deps, plan), agentIds: Object.fromEntries([...agents].map(([specialtyId, { agentId }]) => [specialtyId, agentId])) }
  }
  try {
    const { members, judges, agentIds } = await journal.once('seats', seat, {
      alongside: async (trx) => {
        if (route) await deps.runs.setRoute(trx, run.runId, route, work.agentId)
      },
    })
    if (isAgain) for (const [specialtyId, agentId] of Object.entries(agentIds)) take(specialtyId, await tryAssign(deps, attempt, specialtyId, agentId))
    return { members, judges, agents, release: () => held.forEach((assignment) => assignment.release()) }
  } catch (error) {
    held.forEach((assignment) => assignment.release())
    throw error
  }
}

const firstSpecialty = ({ members }: SwarmPlan): string => members[0]?.specialtyId ?? ''

/** Never waits and never fails for a limit of agents: others take the seat then. */
async function tryAssign(deps: RunDeps, attempt: RunAttempt, specialtyId: string, preferredAgentId?: string): Promise<Assignment | undefined> {
  const wish = assignWish(deps, attempt, specialtyId)
  if (!wish) return undefined
  try {
    return await deps.staff.assigner.tryAssign({ ...wish, preferredAgentId })
  } catch (error) {
    if (isSpawnRefusal(error)) return undefined
    throw error
  }
}

async function assignFirst(deps: RunDeps, attempt: RunAttempt, specialtyId: string): Promise<Assignment | undefined> {
  const wish = assignWish(deps, attempt, specialtyId)
  return wish && deps.staff.assigner.assign(wish)
}

function assignWish({ catalogue }: RunDeps, { run, goalId, signal }: RunAttempt, specialtyId: string) {
  if (!catalogue.has(specialtyId)) return undefined
  return { workspaceId: run.workspaceId, goalId, specialty: catalogue.get(specialtyId), runId: run.runId, signal }
}

/** Where a specialty got no agent, those there are share the work, in turn. */
function shareOut(wishes: readonly SeatWish[], agents: ReadonlyMap<string, KnownAgent>): readonly SeatWish[] {
  const there = [...agents.keys()]
  let next = 0
  return wishes.map((wish) => (agents.has(wish.specialtyId) || there.length === 0 ? wish : { ...wish, specialtyId: there[next++ % there.length] ?? wish.specialtyId }))
}

/** What is known of each specialty's past work in this workspace. */
async function recordsOf({ standings }: RunDeps, { run }: RunAttempt): Promise<(specialtyId: string) => number> {
  const standingOf = await standings.of(run.workspaceId, run.request.userId)
  return (specialtyId) => standingOf(specialtyId).success
}

/** Names and icons that nobody else of the swarm has. */
function nameSeats({ catalogue }: RunDeps, wishes: readonly SeatWish[], recordOf: (specialtyId: string) => number): readonly Member[] {
  const seen = new Map<string, number>()
  const taken = new Set<string>()
  return wishes.map(({ specialtyId, role }, at) => {
    const { name, icon } = specialtyOf(catalogue, specialtyId)
    const count = (seen.get(name) ?? 0) + 1
    seen.set(name, count)
    const own = taken.has(icon) ? (icons.map((code) => `:${code}:`).find((code) => !taken.has(code)) ?? icon) : icon
    taken.add(own)
    return { id: `m${at + 1}`, name: count === 1 ? name : `${name} ${count}`, icon: own, specialtyId, role, record: recordOf(specialtyId) }
  })
}

/** Neutral voices; the first is the one who leads, where somebody does. */
function judgesOf({ catalogue }: RunDeps, { lead }: SwarmPlan): readonly Member[] {
  return Array.from({ length: neutralJudges }, (_, at): Member => {
    const judge = { id: `j${at + 1}`, name: at === 0 ? 'Judge' : `Judge ${at + 1}`, icon: judgeIcon, specialtyId: catalogue.generalistId, role: '', record: 0.5 }
    if (at > 0 || !lead) return judge
    return { ...judge, name: `${specialtyOf(catalogue, lead.specialtyId).name} (lead)`, icon: ':compass:', specialtyId: lead.specialtyId, role: lead.role }
  })
}

/** A run that waited may come back to a configuration that no longer has one of its specialists. */
export const specialtyOf = (catalogue: RunDeps['catalogue'], id: string): Specialty => catalogue.get(catalogue.has(id) ? id : catalogue.generalistId)

function routeOf({ topology, layer, confidence, reason }: SwarmPlan, members: readonly Member[]): RouteDecision {
  return {
    specialtyId: members[0]?.specialtyId ?? '',
    layer,
    confidence,
    reason,
    candidates: [],
    swarm: { topology: topology.name, members: members.map(({ name, specialtyId, role }) => ({ name, specialtyId, role })) },
  }
}
