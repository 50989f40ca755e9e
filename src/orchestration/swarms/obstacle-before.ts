import type { ModelProfile } from '../../agents/chat-model.ts'
import { priceMicroUsd } from '../../agents/price.ts'
import { isHeldUp } from '../budget-wait.ts'
import type { RunAttempt } from '../run-attempt.ts'
import type { TurnTaker } from './take-turn.ts'
import type { TurnTally } from './turn-tally.ts'

export interface ObstacleParts extends Pick<RunAttempt, 'journal' | 'meter' | 'signal' | 'endsAtMs'> {
  readonly turns: TurnTaker
  readonly tally: TurnTally
  readonly profile: ModelProfile
  readonly objective: string
  readonly nowMs: () => number
}

type Obstacle = 'budget' | 'time'

/** A turn as it is before one was taken: instructions and what others said, and an answer of medium length. */
const typicalInputTokens = 1_500
const typicalOutputTokens = 400
/** Prompts grow from round to round. */
const growth = 1.25
/** So long is kept for the round that is asked about, or three times the slowest turn so far. */
const leastTimeMs = 60_000

/**
 * What stands in the way of so many more calls. That nothing did is kept for good; what did, until the run begins anew after
 * somebody made room.
 */
export async function obstacleBefore(parts: ObstacleParts, key: string, calls: number): Promise<Obstacle | undefined> {
  const { journal, signal, turns } = parts
  signal.throwIfAborted()
  const goStep = `swarm:go:${key}`
  if (journal.has(goStep)) return undefined
  const stopStep = `swarm:stop:${turns.epoch}:${key}`
  const obstacle = journal.has(stopStep) ? undefined : await find(parts, calls)
  if (!obstacle && !journal.has(stopStep)) {
    await journal.once(goStep, async () => true)
    return undefined
  }
  return journal.once(stopStep, async (): Promise<Obstacle> => obstacle ?? 'budget')
}

async function find(parts: ObstacleParts, calls: number): Promise<Obstacle | undefined> {
  const { endsAtMs, nowMs, tally, meter, turns } = parts
  if (endsAtMs - nowMs() < Math.max(leastTimeMs, 3 * tally.slowestMs)) return 'time'
  const refusal = await meter.foresee(needed(parts, calls))
  // What others hold comes back; each call finds out for itself.
  if (!refusal || isHeldUp(refusal)) return undefined
  turns.noteBudget(refusal)
  return 'budget'
}

/**
 * What so many calls cost by what they cost so far, and for the last one its worst case, as that must be held. Before the first
 * call only what is usual is known: a swarm that might do with its budget is let begin.
 */
function needed({ meter, profile, objective }: ObstacleParts, calls: number): number {
  if (meter.largestHoldMicroUsd === 0) return calls * typicalCallMicroUsd(profile, objective)
  return Math.ceil((calls - 1) * (meter.spentMicroUsd / meter.calls) * growth + meter.largestHoldMicroUsd)
}

/** What one turn costs about; 0 where no price is known, as no call is made there anyway. */
export function typicalCallMicroUsd(profile: ModelProfile, objective: string): number {
  const inputTokens = typicalInputTokens + Math.ceil(Buffer.byteLength(objective) / 3)
  const price = priceMicroUsd(profile, { inputTokens, outputTokens: typicalOutputTokens, cachedInputTokens: 0, isEstimated: true })
  return price === 'unknown' ? 0 : price
}
