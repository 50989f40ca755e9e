import type { SparseVector } from './feature-space.ts'

export interface StoredLinear {
  readonly classes: number
  readonly weights: Float32Array
  readonly bias: Float32Array
  readonly seen: Float32Array
  readonly biasSeen: number
}

/** A vector has length 1; its scores are made this much steeper, so that a few passes suffice. */
const steepness = 3
const step = 0.3
const biasStep = 0.1

/** Softmax regression that learns one example at a time; each row's step shrinks as it is used (AdaGrad, Duchi et al. 2011). */
export class LinearModel {
  readonly #classes: number
  #weights: Float32Array
  #seen: Float32Array
  readonly #bias: Float32Array
  #biasSeen: number
  readonly #errors: Float32Array

  constructor(classes: number, rows: number, stored?: StoredLinear) {
    this.#classes = classes
    this.#weights = stored?.weights ?? new Float32Array(rows * classes)
    this.#seen = stored?.seen ?? new Float32Array(rows)
    this.#bias = stored?.bias ?? new Float32Array(classes)
    this.#biasSeen = stored?.biasSeen ?? 1
    this.#errors = new Float32Array(classes)
  }

  predict({ rows, values }: SparseVector, into: Float32Array): Float32Array {
    const classes = this.#classes
    into.set(this.#bias)
    for (let at = 0; at < rows.length; at++) {
      const start = (rows[at] as number) * classes
      if (start >= this.#weights.length) continue
      const value = (values[at] as number) * steepness
      for (let one = 0; one < classes; one++) into[one] = (into[one] as number) + value * (this.#weights[start + one] as number)
    }
    return softmax(into)
  }

  /** What a vector says for one class against the average of all: for telling which words decided. */
  leaningOf({ rows, values }: SparseVector, oneClass: number): number {
    let leaning = 0
    for (let at = 0; at < rows.length; at++) {
      const start = (rows[at] as number) * this.#classes
      if (start >= this.#weights.length) continue
      let all = 0
      for (let one = 0; one < this.#classes; one++) all += this.#weights[start + one] as number
      leaning += (values[at] as number) * ((this.#weights[start + oneClass] as number) - all / this.#classes)
    }
    return leaning
  }

  learn(vector: SparseVector, target: Float32Array, weight: number, rate: number): void {
    const classes = this.#classes
    const errors = this.predict(vector, this.#errors)
    let size = 0
    for (let one = 0; one < classes; one++) {
      const error = weight * ((errors[one] as number) - (target[one] as number))
      errors[one] = error
      size += error * error
    }
    if (size < 1e-8) return
    const { rows, values } = vector
    this.#reserve(rows)
    for (let at = 0; at < rows.length; at++) {
      const row = rows[at] as number
      const value = (values[at] as number) * steepness
      const seen = (this.#seen[row] as number) + value * value * size
      this.#seen[row] = seen
      const move = (rate * step * value) / Math.sqrt(seen + 0.01)
      for (let one = 0, start = row * classes; one < classes; one++) this.#weights[start + one] = (this.#weights[start + one] as number) - move * (errors[one] as number)
    }
    this.#biasSeen += size
    for (let one = 0; one < classes; one++) this.#bias[one] = (this.#bias[one] as number) - ((rate * biasStep) / Math.sqrt(this.#biasSeen)) * (errors[one] as number)
  }

  store(): StoredLinear {
    return { classes: this.#classes, weights: this.#weights, bias: this.#bias, seen: this.#seen, biasSeen: this.#biasSeen }
  }

  /** Rows that came to the space after the model was made. */
  #reserve(rows: Int32Array): void {
    let last = 0
    for (const row of rows) last = Math.max(last, row)
    if (last < this.#seen.length) return
    const size = Math.ceil(last * 1.25) + 256
    const [weights, seen] = [new Float32Array(size * this.#classes), new Float32Array(size)]
    weights.set(this.#weights)
    seen.set(this.#seen)
    this.#weights = weights
    this.#seen = seen
  }
}

/** Scores to probabilities, in place. */
export function softmax(scores: Float32Array): Float32Array {
  let highest = -Infinity
  for (const score of scores) highest = Math.max(highest, score)
  let sum = 0
  for (let at = 0; at < scores.length; at++) {
    const raised = Math.exp((scores[at] as number) - highest)
    scores[at] = raised
    sum += raised
  }
  for (let at = 0; at < scores.length; at++) scores[at] = (scores[at] as number) / sum
  return scores
}
