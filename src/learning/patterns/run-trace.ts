/** What a run did, in a form that can be compared: who answered and which tools were called, each once, sorted. */
export type RunTrace = readonly string[]

/** Runs that did the same belong together a little more, runs that had nothing in common hardly: what they were asked may only look alike. */
const sameBonus = 0.1
const otherMalus = 0.5
const maxSteps = 40
const maxStepChars = 60

/** What speaks for or against two runs being of one kind, to be added to the likeness of their texts. A run that did nothing says nothing. */
export function traceBias(a: RunTrace, b: RunTrace | undefined): number {
  if (!b || a.length === 0 || b.length === 0) return 0
  const common = a.filter((step) => b.includes(step)).length
  if (common === 0) return -otherMalus
  return common === a.length && common === b.length ? sameBonus : -sameBonus
}

/** Bounded, and in one order, however often and in whichever order the steps were made. */
export const normaliseTrace = (steps: readonly string[]): RunTrace => [...new Set(steps.map((step) => step.slice(0, maxStepChars)))].toSorted().slice(0, maxSteps)
