/** How often something happened at a cue, faded to now. */
export interface CueCount {
  readonly cue: string
  /** Empty: how often there was the cue itself. */
  readonly specialtyId: string
  readonly weight: number
}

/** What is thought to come next. */
export interface Guess {
  readonly specialtyId: string
  /** 0 to 1. */
  readonly chance: number
  readonly cue: string
}

/** So likely something has to be before it is made ready for. */
const leastChance = 0.5
/** A cue says something when it was there three times: in the last three weeks, at its weekday. Faded until today that is a bit more than this. */
const leastSeen = 2.1
const guesses = 2

const weekMs = 7 * 24 * 3_600_000
/** What is so old counts half. */
const halfLifeMs = 4 * weekMs

/** What an observation of then still counts now. */
export const fade = (weight: number, elapsedMs: number): number => weight * 0.5 ** (Math.max(0, elapsedMs) / halfLifeMs)

/**
 * The specialties that most likely come next, at most two, from what was seen at the cues.
 * @param seenAt how often each cue was there; of an hour that is how often the goal was at work on such a weekday
 */
export function guessNext(counts: readonly CueCount[], seenAt: ReadonlyMap<string, number>): Guess[] {
  const best = new Map<string, Guess>()
  for (const { cue, specialtyId, weight } of counts) {
    const seen = seenAt.get(cue) ?? 0
    if (specialtyId === '' || seen < leastSeen) continue
    const chance = Math.min(1, weight / seen)
    const known = best.get(specialtyId)
    if (chance >= leastChance && (!known || known.chance < chance)) best.set(specialtyId, { specialtyId, chance, cue })
  }
  return [...best.values()].toSorted((left, right) => right.chance - left.chance || (left.specialtyId < right.specialtyId ? -1 : 1)).slice(0, guesses)
}
