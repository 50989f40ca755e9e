import { auto } from './auto.ts'
import { collaborate } from './collaborate.ts'
import { compete } from './compete.ts'
import { debate } from './debate.ts'
import { particle } from './particle.ts'
import { plan } from './plan.ts'
import type { Topology } from './topology.ts'

/** Every form of swarm there is; a new one is a line here. */
export const topologies: readonly Topology[] = [debate, collaborate, compete, plan, particle, auto]
