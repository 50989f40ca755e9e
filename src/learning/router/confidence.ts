import { fitLogistic, logisticOf, type LogisticStart } from './logistic.ts'

/** What a decision looks like before anybody has said whether it is right; what confidence is read from. */
export interface Signals {
  /** Logarithm of the odds of the best class. */
  readonly odds: number
  /** Logarithm of the best probability over the second. */
  readonly lead: number
  /** The linear model's and the net's share for the best class. */
  readonly agreement: number
  /** Cosine of the nearest example that says the same; below 0 becomes 0. */
  readonly nearest: number
  /** Share of the text's features that were met before. */
  readonly known: number
  /** Logarithm of the odds that the fallback is meant. */
  readonly fallback: number
}

/** What is learnt about decisions; plain data. */
export interface StoredConfidence {
  readonly weights: readonly number[]
}

/** A decision made without its own run's rating, and what the rating then said. */
export interface SeenDecision {
  readonly signals: Signals
  /** Share of belief, 0 to 1, that the decision was right. */
  readonly isRight: number
  /** Share of belief, 0 to 1, that the request is somebody's at all. */
  readonly isInside: number
}

/** Before anything is learnt: sure only where a rated run is nearly the same and the models agree. */
const confidenceStart: LogisticStart = { weights: [-4.5, 0.35, 0.1, 0.5, 4, 0.5, -0.1], prior: 2 }
/** Before anything is learnt: as the models say, less so where words were never met. */
const belongingStart: LogisticStart = { weights: [-1, -1, 2], prior: 2 }

const confidenceRow = ({ odds, lead, agreement, nearest, known, fallback }: Signals): number[] => [1, clip(odds), clip(lead), agreement, Math.max(0, nearest), known, clip(fallback)]
const belongingRow = ({ known, fallback }: Signals): number[] => [1, clip(fallback), known]
const clip = (value: number): number => Math.max(-8, Math.min(8, value))

/** How often decisions that look like one are right, 0 to 1. */
export const confidenceOf = ({ weights }: StoredConfidence, signals: Signals): number => logisticOf(weights, confidenceRow(signals))

/** How often requests that look like one belong to somebody and not to the fallback, 0 to 1. @param stored undefined in models taught before this was learnt */
export const belongingOf = (stored: StoredConfidence | undefined, signals: Signals): number => logisticOf((stored ?? belongingStart).weights, belongingRow(signals))

export const learnConfidence = (seen: readonly SeenDecision[]): StoredConfidence => ({
  weights: fitLogistic(seen.map(({ signals, isRight }) => ({ row: confidenceRow(signals), target: isRight })), confidenceStart),
})

export const learnBelonging = (seen: readonly SeenDecision[]): StoredConfidence => ({
  weights: fitLogistic(seen.map(({ signals, isInside }) => ({ row: belongingRow(signals), target: isInside })), belongingStart),
})
