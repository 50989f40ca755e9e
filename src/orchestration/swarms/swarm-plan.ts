import type { SeatWish } from '../teams/seat-team.ts'
import type { Topology } from './topology.ts'

/** What a swarm is going to do, before anybody sits in it. */
export interface SwarmPlan {
  readonly topology: Topology
  /** How that was decided. */
  readonly layer: 'forced' | 'model' | 'keywords'
  /** 0 to 1. */
  readonly confidence: number
  readonly reason: string
  /** At least 2. */
  readonly members: readonly SeatWish[]
  /** Who leads, where somebody does. */
  readonly lead?: SeatWish | undefined
  readonly rounds: number
}
