import type { SparseVector } from './feature-space.ts'
import { softmax } from './linear-model.ts'
import { seededRandom } from './seeded-random.ts'

export interface StoredNet {
  readonly classes: number
  readonly hidden: number
  /** One row of `hidden` numbers per feature. */
  readonly inner: Float32Array
  readonly innerSeen: Float32Array
  readonly innerBias: Float32Array
  /** One row of `classes` numbers per hidden unit. */
  readonly outer: Float32Array
  readonly outerSeen: Float32Array
  readonly outerBias: Float32Array
}

const steepness = 3
const step = 0.3
const biasStep = 0.02
/** A unit that is off still lets a tenth through, so that it can come back. */
const leak = 0.1
/** Shares of features and of hidden units left out while learning (dropout, Srivastava et al. 2014): half a point on CLINC150. */
const dropFeatures = 0.5
const dropHidden = 0.2

/** One hidden layer over the features: better than a linear model once there are about a thousand rated runs. */
export class SmallNet {
  readonly #net: StoredNet
  readonly #random: () => number
  readonly #unit: Float32Array
  readonly #unitError: Float32Array
  readonly #error: Float32Array
  #isUsed = new Uint8Array(1_024)

  constructor(net: StoredNet, seed: number) {
    this.#net = net
    this.#random = seededRandom(seed)
    this.#unit = new Float32Array(net.hidden)
    this.#unitError = new Float32Array(net.hidden)
    this.#error = new Float32Array(net.classes)
  }

  predict(vector: SparseVector, into: Float32Array): Float32Array {
    return this.#forward(vector, into, false)
  }

  learn(vector: SparseVector, target: Float32Array, weight: number, rate: number): void {
    const { classes, outerBias, innerBias } = this.#net
    const error = this.#forward(vector, this.#error, true)
    let size = 0
    for (let one = 0; one < classes; one++) {
      const own = weight * ((error[one] as number) - (target[one] as number))
      error[one] = own
      size += own * own
    }
    if (size < 1e-7) return
    const unitSize = this.#learnOuter(size, rate)
    for (let one = 0; one < classes; one++) outerBias[one] = (outerBias[one] as number) - rate * biasStep * (error[one] as number)
    for (let at = 0; at < innerBias.length; at++) innerBias[at] = (innerBias[at] as number) - rate * biasStep * (this.#unitError[at] as number)
    this.#learnInner(vector, unitSize, rate)
  }

  store(): StoredNet {
    return this.#net
  }

  #forward({ rows, values }: SparseVector, into: Float32Array, isLearning: boolean): Float32Array {
    const { hidden, classes, inner, innerBias, outer, outerBias } = this.#net
    const unit = this.#unit
    if (this.#isUsed.length < rows.length) this.#isUsed = new Uint8Array(rows.length * 2)
    unit.set(innerBias)
    const kept = isLearning ? 1 - dropFeatures : 1
    for (let at = 0; at < rows.length; at++) {
      const start = (rows[at] as number) * hidden
      const isUsed = start < inner.length && (!isLearning || this.#random() < kept)
      this.#isUsed[at] = isUsed ? 1 : 0
      if (!isUsed) continue
      const value = ((values[at] as number) * steepness) / kept
      for (let one = 0; one < hidden; one++) unit[one] = (unit[one] as number) + value * (inner[start + one] as number)
    }
    into.set(outerBias)
    for (let at = 0; at < hidden; at++) {
      const raw = unit[at] as number
      const on = isLearning ? (this.#random() < dropHidden ? 0 : 1 / (1 - dropHidden)) : 1
      const value = (raw > 0 ? raw : leak * raw) * on
      unit[at] = value
      if (value === 0) continue
      for (let one = 0, start = at * classes; one < classes; one++) into[one] = (into[one] as number) + value * (outer[start + one] as number)
    }
    return softmax(into)
  }

  /** @returns the squared length of the error that reaches the hidden units */
  #learnOuter(size: number, rate: number): number {
    const { hidden, classes, outer, outerSeen } = this.#net
    let unitSize = 0
    for (let at = 0; at < hidden; at++) {
      const value = this.#unit[at] as number
      let back = 0
      for (let one = 0, start = at * classes; one < classes; one++) back += (this.#error[one] as number) * (outer[start + one] as number)
      const own = value === 0 ? 0 : back * (value > 0 ? 1 : leak) / (1 - dropHidden)
      this.#unitError[at] = own
      unitSize += own * own
      if (value === 0) continue
      const seen = (outerSeen[at] as number) + value * value * size
      outerSeen[at] = seen
      const move = (rate * step * value) / Math.sqrt(seen)
      for (let one = 0, start = at * classes; one < classes; one++) outer[start + one] = (outer[start + one] as number) - move * (this.#error[one] as number)
    }
    return unitSize
  }

  #learnInner({ rows, values }: SparseVector, unitSize: number, rate: number): void {
    const { hidden, inner, innerSeen } = this.#net
    for (let at = 0; at < rows.length; at++) {
      if (this.#isUsed[at] !== 1) continue
      const row = rows[at] as number
      const value = (values[at] as number) * steepness
      const seen = (innerSeen[row] as number) + value * value * unitSize
      innerSeen[row] = seen
      const move = (rate * step * value) / Math.sqrt(seen)
      for (let one = 0, start = row * hidden; one < hidden; one++) inner[start + one] = (inner[start + one] as number) - move * (this.#unitError[one] as number)
    }
  }
}

/** A net that knows nothing yet. */
export function freshNet(rows: number, hidden: number, classes: number, seed: number): StoredNet {
  const random = seededRandom(seed)
  return {
    classes,
    hidden,
    inner: Float32Array.from({ length: rows * hidden }, () => (random() - 0.5) * 0.1),
    innerSeen: new Float32Array(rows).fill(0.001),
    innerBias: new Float32Array(hidden),
    outer: Float32Array.from({ length: hidden * classes }, () => ((random() - 0.5) * 2) / Math.sqrt(hidden)),
    outerSeen: new Float32Array(hidden).fill(0.1),
    outerBias: new Float32Array(classes),
  }
}
