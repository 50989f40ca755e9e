/** An automation may take so large a share of its requests for its own that are not; what does worse goes back to learning. */
export const toleratedWrong = 0.05
/** At most so many of 100 automations that are no worse than that are ever taken back by {@link isTooOftenWrong}, however long they are watched. */
const alarmShare = 0.05
/** Before anything is known, a wrong hit is held for one in six: Beta(1/2, 5/2). */
const prior = { wrong: 0.5, right: 2.5 }
const bisections = 40

/** Hits that somebody has looked at. */
export interface HitTally {
  readonly looked: number
  readonly wrong: number
}

/**
 * How much better the tally is explained by some other share of wrong hits, weighed by the prior, than by this one: an e-value (Ville; Robbins
 * 1970). For the true share it exceeds 1/a in at most a share `a` of all cases, over any number of looks.
 */
function evidenceAgainst(share: number, { looked, wrong }: HitTally): number {
  const right = looked - wrong
  return Math.exp(logBeta(wrong + prior.wrong, right + prior.right) - logBeta(prior.wrong, prior.right) - wrong * Math.log(share) - right * Math.log(1 - share))
}

/** True when more hits are wrong than is tolerated, by an e-process: it may be asked after every look. */
export function isTooOftenWrong(tally: HitTally): boolean {
  return tally.wrong > toleratedWrong * tally.looked && evidenceAgainst(toleratedWrong, tally) >= 1 / alarmShare
}

/** The share of wrong hits is at most this, 0 to 1, with 95 % confidence that holds at all looks at once. */
export function errorBound(tally: HitTally): number {
  let [low, high] = [tally.looked === 0 ? 0 : tally.wrong / tally.looked, 1]
  for (let step = 0; step < bisections; step++) {
    const middle = (low + high) / 2
    if (middle < 1 && evidenceAgainst(middle, tally) < 1 / alarmShare) low = middle
    else high = middle
  }
  return high
}

const logBeta = (a: number, b: number): number => logGamma(a) + logGamma(b) - logGamma(a + b)

/** Stirling's series (Abramowitz and Stegun 6.1.41), after steps up to where five digits and more are right. */
function logGamma(x: number): number {
  let [shift, at] = [0, x]
  for (; at < 8; at++) shift -= Math.log(at)
  return shift + (at - 0.5) * Math.log(at) - at + Math.log(2 * Math.PI) / 2 + 1 / (12 * at) - 1 / (360 * at ** 3) + 1 / (1_260 * at ** 5)
}
