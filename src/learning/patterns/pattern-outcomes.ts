import type { PatternOutcome, PatternRecord } from '../../storage/records.ts'

/** So many successes make an automation. */
export const successesNeeded = 3
/** An automation is taken back to learning when so many of its last outcomes were failures. */
const lookedBack = 5
const failuresTooMany = 2
const maxOutcomes = 30

/** A run counts once; what is learnt of it later takes the place of what was known before. */
export function putOutcome(outcomes: readonly PatternOutcome[], outcome: PatternOutcome): readonly PatternOutcome[] {
  const at = outcomes.findIndex(({ runId }) => runId === outcome.runId)
  return at === -1 ? [...outcomes, outcome].slice(-maxOutcomes) : outcomes.with(at, outcome)
}

/** Recognised by three successes in a row of the same specialist; lost by failures among the newest. */
export function stateOf(state: PatternRecord['state'], outcomes: readonly PatternOutcome[]): PatternRecord['state'] {
  if (state === 'recognised') return outcomes.slice(-lookedBack).filter(({ isSuccess }) => !isSuccess).length >= failuresTooMany ? 'learning' : 'recognised'
  const newest = outcomes.slice(-successesNeeded)
  const isProven = newest.length === successesNeeded && newest.every(({ isSuccess, specialtyId }) => isSuccess && specialtyId === newest[0]?.specialtyId)
  return isProven ? 'recognised' : 'learning'
}

/** Those of several patterns that become one, in the order of their runs: an id sorts by when its run came. */
export const joinOutcomes = (all: readonly PatternOutcome[]): readonly PatternOutcome[] => all.toSorted((a, b) => (a.runId < b.runId ? -1 : Number(a.runId !== b.runId))).reduce(putOutcome, [] as readonly PatternOutcome[])

/** Why an automation goes back to learning. */
export const failedReason = `${failuresTooMany} of the last ${lookedBack} of its runs failed or were rejected.`
