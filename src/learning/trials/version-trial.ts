import type { Tally } from '../../storage/trial-record.ts'

/** A run that ended since a trial began. */
export interface TrialRun {
  /** Of the version on trial, else of the one it is held against. */
  readonly isCandidate: boolean
  readonly isGood: boolean
}

/** What is known of a version on trial and of the one it is held against. */
export interface TrialEvidence {
  /** Runs of the other version before the trial. */
  readonly before: Tally
  /** Oldest first. */
  readonly since: readonly TrialRun[]
}

/** `worse`: to be rolled back. `asGood`: a canary may serve everybody; it stays on trial. `kept`: the trial is over. */
export type TrialVerdict = 'open' | 'worse' | 'asGood' | 'kept'

/** A trial ends after so many runs. */
export const trialRuns = 1_000
/** With fewer runs of the other version there is nothing to hold it against. */
export const leastControl = 3
/** What is believed of a version of which little is known; every run takes its place, and of so many runs on nothing is left of it. */
const prior: Tally = { good: 4, bad: 1 }
const priorUpTo = 10

/**
 * Where the evidence is weighed against a lower bound: at these numbers of runs, and at the end. Each look costs chance alarms, so
 * few of them are cheap. Found by simulation, aiming at 2 false alarms in 100 trials; `npm run bench:learning -- --only G6,G6b` measures them.
 */
const looks: readonly (readonly [atRuns: number, bound: number])[] = [
  [12, 2.9],
  [25, 2.39],
  [30, 2.4],
  [100, 2.8],
  [150, 2.8],
]
const boundAtEnd = 2.58
/** Between them only what nobody would doubt counts; of the first runs a little less, because few are enough when all fail. */
const boundAnytime = 4.2
const boundEarly = 3.6
const earlyRuns = 12
const leastRuns = 4

/** A canary needs so many runs, and at nine to one not to be more than ten points worse. */
const canaryRuns = 20
const toleratedLoss = 0.1
const nineInTen = 1.2816

/**
 * A sequential test of a version against the one it replaced, to be asked after every run. It says `worse` of a little more than 2 in
 * 100 versions that are as good (ARCHITECTURE.md has the figures). Depends on nothing but the outcomes, so it can be asked again after a restart or a change of heart.
 */
export function judgeTrial(evidence: TrialEvidence): TrialVerdict {
  const { candidate, control } = talliesOf(evidence)
  const isOver = evidence.since.length >= trialRuns
  if (sizeOf(control) < leastControl) return isOver ? 'kept' : 'open'
  const runs = sizeOf(candidate)
  if (runs >= leastRuns && evidenceAgainst(candidate, control) >= (runs < earlyRuns ? boundEarly : boundAnytime)) return 'worse'
  const look = looks.findLast(([atRuns]) => atRuns <= runs)
  if (look && isWorseAt(look, evidence)) return 'worse'
  if (isOver) return evidenceAgainst(candidate, control) >= boundAtEnd ? 'worse' : 'kept'
  return runs >= canaryRuns && isAsGood(candidate, control) ? 'asGood' : 'open'
}

/**
 * The runs before the trial and those beside it count for the other version.
 * @param upTo counts until the version on trial has had so many runs
 */
export function talliesOf({ before, since }: TrialEvidence, upTo = Number.POSITIVE_INFINITY): { readonly candidate: Tally; readonly control: Tally } {
  let [good, bad, otherGood, otherBad] = [0, 0, before.good, before.bad]
  for (const { isCandidate, isGood } of since) {
    if (isCandidate && isGood) good++
    else if (isCandidate) bad++
    else if (isGood) otherGood++
    else otherBad++
    if (good + bad >= upTo) break
  }
  return { candidate: { good, bad }, control: { good: otherGood, bad: otherBad } }
}

/** A look weighs what was known then: later runs of the other version would make one look into many. */
function isWorseAt([atRuns, bound]: (typeof looks)[number], evidence: TrialEvidence): boolean {
  const { candidate, control } = talliesOf(evidence, atRuns)
  return evidenceAgainst(candidate, control) >= bound
}

/**
 * The signed root of the likelihood ratio of "two shares" against "one share": about a standard normal where both are as good, and
 * positive where the candidate did worse; 0 where it did not.
 */
export function evidenceAgainst(candidate: Tally, known: Tally): number {
  const belief = Math.max(0, 1 - sizeOf(known) / priorUpTo)
  const control = { good: known.good + belief * prior.good, bad: known.bad + belief * prior.bad }
  if (shareOf(candidate) >= shareOf(control)) return 0
  const pooled = { good: candidate.good + control.good, bad: candidate.bad + control.bad }
  return Math.sqrt(2 * Math.max(0, logLikelihood(candidate) + logLikelihood(control) - logLikelihood(pooled)))
}

const sizeOf = ({ good, bad }: Tally): number => good + bad

/** The interval of Agresti and Caffo (2000) for the difference of two shares, at one side. */
function isAsGood(candidate: Tally, control: Tally): boolean {
  const [a, b] = [candidate, control].map(({ good, bad }) => ({ n: good + bad + 2, share: (good + 1) / (good + bad + 2) })) as [Smoothed, Smoothed]
  const error = Math.sqrt((a.share * (1 - a.share)) / a.n + (b.share * (1 - b.share)) / b.n)
  return a.share - b.share - nineInTen * error >= -toleratedLoss
}

interface Smoothed {
  readonly n: number
  readonly share: number
}

const shareOf = ({ good, bad }: Tally): number => (good + bad === 0 ? 0 : good / (good + bad))

const logLikelihood = ({ good, bad }: Tally): number => part(good, good + bad) + part(bad, good + bad)
const part = (count: number, of: number): number => (count === 0 ? 0 : count * Math.log(count / of))
