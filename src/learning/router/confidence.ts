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

export interface StoredConfidence {
  readonly weights: readonly number[]
}

const size = 7
/** Before anything is learnt: sure only where a rated run is nearly the same and the models agree. */
const startWeights = [-4.5, 0.35, 0.1, 0.5, 4, 0.5, -0.1] as const
/** The start counts as much as so much curvature; a few hundred examples outweigh it. */
const prior = 2
const newtonRounds = 12

const asRow = ({ odds, lead, agreement, nearest, known, fallback }: Signals): number[] => [1, clip(odds), clip(lead), agreement, Math.max(0, nearest), known, clip(fallback)]
const clip = (value: number): number => Math.max(-8, Math.min(8, value))
const squash = (value: number): number => 1 / (1 + Math.exp(-value))

/** Says how often decisions that look like one are right: logistic regression over the signals, learnt from decisions made without their own run. */
export class Confidence {
  readonly #weights: readonly number[]

  constructor(stored?: StoredConfidence) {
    this.#weights = stored?.weights ?? startWeights
  }

  of(signals: Signals): number {
    return squash(asRow(signals).reduce((sum, value, at) => sum + value * (this.#weights[at] as number), 0))
  }

  store(): StoredConfidence {
    return { weights: this.#weights }
  }
}

/** @param seen signals, and the share of belief (0 to 1) that the decision was right; `weight` counts it so many times */
export function learnConfidence(seen: readonly { readonly signals: Signals; readonly isRight: number; readonly weight: number }[]): Confidence {
  const rows = seen.map(({ signals }) => asRow(signals))
  let weights: number[] = [...startWeights]
  for (let round = 0; round < newtonRounds; round++) {
    const slope = weights.map((weight, at) => prior * (weight - (startWeights[at] as number)))
    const curve = Array.from({ length: size }, (_, a) => Array.from({ length: size }, (_, b) => (a === b ? prior : 0)))
    rows.forEach((row, at) => {
      const { isRight, weight } = seen[at] as (typeof seen)[number]
      const said = squash(row.reduce((sum, value, i) => sum + value * (weights[i] as number), 0))
      const bend = weight * Math.max(1e-4, said * (1 - said))
      for (let a = 0; a < size; a++) {
        slope[a] = (slope[a] as number) + weight * (said - isRight) * (row[a] as number)
        for (let b = 0; b < size; b++) (curve[a] as number[])[b] = ((curve[a] as number[])[b] as number) + bend * (row[a] as number) * (row[b] as number)
      }
    })
    const move = solve(curve, slope)
    weights = weights.map((weight, at) => weight - (move[at] as number))
  }
  return new Confidence({ weights })
}

/** Gauss with the largest pivot. The matrix is positive definite, as the prior stands on its diagonal. */
function solve(matrix: number[][], right: readonly number[]): number[] {
  const rows = matrix.map((row, at) => [...row, right[at] as number])
  for (let at = 0; at < rows.length; at++) {
    const pivot = rows.slice(at).reduce((best, row, offset) => (Math.abs(row[at] as number) > Math.abs((rows[best] as number[])[at] as number) ? at + offset : best), at)
    ;[rows[at], rows[pivot]] = [rows[pivot] as number[], rows[at] as number[]]
    const own = rows[at] as number[]
    rows.forEach((row, other) => {
      if (other === at) return
      const share = (row[at] as number) / (own[at] as number)
      for (let column = at; column <= rows.length; column++) row[column] = (row[column] as number) - share * (own[column] as number)
    })
  }
  return rows.map((row, at) => (row[rows.length] as number) / (row[at] as number))
}
