/** What a person may ask for. */
export const memberBounds = { least: 2, most: 40 } as const
export const roundBounds = { least: 1, most: 10 } as const

/** A run of a swarm may take so long, and for each call that it may need so much longer, up to the most. */
const leastRunMs = 10 * 60_000
const perCallMs = 5_000
const mostRunMs = 30 * 60_000

/** How long a swarm may be at work, by what was asked for. */
export function swarmLimitMs({ agents = 6, rounds = 3 }: { readonly agents?: number; readonly rounds?: number }): number {
  return Math.min(mostRunMs, leastRunMs + agents * rounds * perCallMs)
}
