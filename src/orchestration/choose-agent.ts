import { fitOf } from '../agents/performance-profile.ts'
import type { Profile } from '../storage/records.ts'

/** An agent as far as choosing it goes. */
export interface Choosable {
  /** Runs it has under way. */
  readonly load: number
  readonly profile: Profile
  /** Counts up with each assignment of its process; 0 when it had none yet. */
  readonly lastTurn: number
}

export interface ChooseRules {
  /** Runs one agent may have at once. */
  readonly maxLoad: number
  /** False when no further agent may begin to work: then only those at work are looked at. */
  readonly mayWake: boolean
  /** What is known of the specialty as a whole. */
  readonly specialty: Profile
  readonly nowMs: number
}

/** Records that differ by less are equals: a thumb more is no reason to give one agent everything. */
const fitBand = 0.05

/**
 * The agent that gets the next run, or undefined when none may. More load, less choice; better record, more choice;
 * among equals whoever waited longest for a turn.
 */
export function chooseAgent<Agent extends Choosable>(agents: Iterable<Agent>, rules: ChooseRules): Agent | undefined {
  let best: { readonly agent: Agent; readonly score: number } | undefined
  for (const agent of agents) {
    if (agent.load >= rules.maxLoad || (agent.load === 0 && !rules.mayWake)) continue
    const score = scoreAgent(agent, rules)
    if (!best || score > best.score || (score === best.score && agent.lastTurn < best.agent.lastTurn)) best = { agent, score }
  }
  return best?.agent
}

/** Fit shared out over what the agent has to do already; 0 to 1. */
export function scoreAgent({ load, profile }: Choosable, { maxLoad, specialty, nowMs }: Pick<ChooseRules, 'maxLoad' | 'specialty' | 'nowMs'>): number {
  const fit = Math.round(fitOf(profile, specialty, nowMs) / fitBand) * fitBand
  return fit * (1 - load / maxLoad)
}
