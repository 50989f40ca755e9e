import type { TopologyName } from '../swarms/topology.ts'
import type { Team } from './team.ts'

/** What a seat of a swarm is taken by. */
export interface SeatWish {
  readonly specialtyId: string
  readonly role: string
}

/** A team as a swarm seats it. */
export interface TeamSeats {
  readonly topology: TopologyName
  /** Leads, reviews and judges; the first of the swarm's judges. */
  readonly lead: SeatWish
  /** At least 2, in the order of the team. */
  readonly members: readonly SeatWish[]
  /** For the run's payer: unset when the team may spend all that its goal may. */
  readonly payer?: { readonly name: string; readonly budgetShare: number }
}

/** How a team sits down to work. A swarm has two members at least, so a team of one works with its coordinator. */
export function seatTeam({ name, coordinator, members, topology = 'plan', budgetShare }: Team): TeamSeats {
  const lead = { specialtyId: coordinator, role: `coordinates the team ${name}` }
  const seats = members.map(({ specialty, role }) => ({ specialtyId: specialty, role }))
  return {
    topology,
    lead,
    members: seats.length > 1 ? seats : [...seats, { specialtyId: coordinator, role: 'takes what the other one does not do' }],
    ...(budgetShare === undefined ? {} : { payer: { name, budgetShare } }),
  }
}
