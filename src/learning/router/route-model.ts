import { belongingOf, confidenceOf, type Signals, type StoredConfidence } from './confidence.ts'
import { RaterBook, weighUp, type StoredRaters, type Vote } from './evidence.ts'
import { denseSize, encodeForModels, encodeWith, type Encoded } from './encode-request.ts'
import { FeatureSpace, type StoredSpace } from './feature-space.ts'
import { LinearModel, type StoredLinear } from './linear-model.ts'
import { NearRuns, type Nearest } from './near-runs.ts'
import { meaningWith, type Meaning } from './meaning.ts'
import type { OwnVectors } from './own-vectors.ts'
import { highest, poolOf } from './pool-opinions.ts'
import type { RequestFeatures } from './request-features.ts'
import { SmallNet, type StoredNet } from './small-net.ts'

/** Everything that {@link RouteModel} is made of; plain data, so that it can cross a thread and lie in the store. */
export interface StoredModel {
  readonly classes: number
  /** The class that answers what belongs to nobody. */
  readonly fallback: number | undefined
  /** Rated runs it was taught from. */
  readonly ratedRuns: number
  readonly space: StoredSpace
  readonly linear: StoredLinear
  readonly net: StoredNet | undefined
  readonly vectors: OwnVectors | undefined
  readonly raters: StoredRaters
  readonly confidence: StoredConfidence
  /** Undefined where there is no fallback, and in models taught before this was learnt. */
  readonly belonging?: StoredConfidence | undefined
  readonly near: readonly { readonly runId: string | undefined; readonly target: Float32Array; readonly vector: Float32Array }[]
}

export interface Prediction {
  /** By class; all together 1. */
  readonly shares: Float32Array
  readonly best: number
  readonly confidence: number
  /** How likely the request is somebody's at all; 1 without a fallback. */
  readonly belonging: number
  readonly signals: Signals
  /** Rated runs most alike, best first. */
  readonly nearest: readonly Nearest[]
}

/** Rated runs that are compared one by one; more would take longer than a decision may. */
export const maxNearRuns = 640
/** Examples count this much in the beginning, and less with every run the models have learnt from. */
const nearWeight = 0.3
const nearFadesAt = 300
/** From here on a rated run counts as the same request. */
const sameFrom = 0.9
/** What the net counts beside the linear model, which has the rest. */
export const netWeight = 0.65
/** A new rated run is learnt this often at once; the rest comes when all is taught anew. */
const stepsAtOnce = 3
/** The net has gone through all runs in ever smaller steps; one of the first steps would undo much of it. */
const netRateAtOnce = 0.3
const maxNewRows = 20_000

/** Routes by what was taught and what came after: examples alike, a linear model and, with enough runs, a small net, in one pool. */
export class RouteModel {
  readonly classes: number
  readonly fallback: number | undefined
  readonly #stored: StoredModel
  readonly meaning: Meaning
  readonly #space: FeatureSpace
  readonly #maxRows: number
  readonly #linear: LinearModel
  readonly #net: SmallNet | undefined
  readonly #near: NearRuns
  readonly #raters: RaterBook
  #ratedRuns: number

  constructor(stored: StoredModel) {
    this.#stored = stored
    this.classes = stored.classes
    this.fallback = stored.fallback
    this.meaning = meaningWith(stored.vectors)
    this.#space = new FeatureSpace(stored.space)
    this.#maxRows = this.#space.size + maxNewRows
    this.#linear = new LinearModel(stored.classes, 0, stored.linear)
    this.#net = stored.net && new SmallNet(stored.net, 1)
    this.#raters = new RaterBook(stored.raters.flips, stored.raters.all)
    this.#ratedRuns = stored.ratedRuns
    this.#near = new NearRuns(stored.classes, denseSize(this.meaning), maxNearRuns)
    for (const { runId, target, vector } of stored.near) this.#near.add({ runId, target }, vector)
  }

  encode(features: RequestFeatures): Encoded {
    return encodeWith(this.#space, this.meaning, features)
  }

  predict(encoded: Encoded): Prediction {
    const linear = this.#linear.predict(encoded.sparse, new Float32Array(this.classes))
    const net = this.#net?.predict(encoded.sparse, new Float32Array(this.classes))
    const near = new Float32Array(this.classes)
    const nearest = this.#near.compare(encoded.dense, near)
    const sameness = Math.max(0, ((nearest[0]?.similarity ?? 0) - sameFrom) / (1 - sameFrom))
    const shares = poolOf([
      [near, Math.max(nearWeight * Math.min(1, nearFadesAt / (this.#ratedRuns + 1)), sameness)],
      [linear, net ? 1 - netWeight : 1],
      ...(net ? [[net, netWeight] as const] : []),
    ])
    const best = highest(shares)
    const signals = signalsOf({ shares, best, linear, net, nearest, known: encoded.sparse.known, fallback: this.fallback })
    return {
      shares,
      best,
      signals,
      nearest,
      confidence: confidenceOf(this.#stored.confidence, signals),
      belonging: this.fallback === undefined ? 1 : belongingOf(this.#stored.belonging, signals),
    }
  }

  /** Learns one rated run at once. @param isFirst false when it was rated before */
  learn(runId: string, features: RequestFeatures, votes: readonly Vote[], isFirst: boolean): void {
    this.#space.add(features, this.#maxRows)
    const encoded = this.encode(features)
    const { shares } = this.predict(encoded)
    const target = weighUp(this.#raters.likelihoodOf(votes, this.classes), shares, new Float32Array(this.classes))
    if (votes.some(({ kind }) => kind !== 'done')) {
      this.#near.add({ runId, target }, encoded.dense)
    }
    if (isFirst) this.#ratedRuns++
    for (let time = 0; time < stepsAtOnce; time++) this.#linear.learn(encoded.sparse, target, 1, 1)
    this.#net?.learn(encoded.sparse, target, 1, netRateAtOnce)
  }

  /** How much the linear model holds these features to say for a class against the average of the others. */
  leaningOf(features: RequestFeatures, oneClass: number): number {
    return this.#linear.leaningOf(encodeForModels(this.#space, this.meaning, features), oneClass)
  }
}

interface Seen {
  readonly shares: Float32Array
  readonly best: number
  readonly linear: Float32Array
  readonly net: Float32Array | undefined
  readonly nearest: readonly Nearest[]
  readonly known: number
  readonly fallback: number | undefined
}

export function signalsOf({ shares, best, linear, net, nearest, known, fallback }: Seen): Signals {
  const share = shares[best] as number
  let second = 0
  for (let one = 0; one < shares.length; one++) if (one !== best) second = Math.max(second, shares[one] as number)
  const alike = nearest.find(({ item }) => highest(item.target) === best)
  const out = fallback === undefined ? 0 : (shares[fallback] as number)
  return {
    odds: logOdds(share),
    lead: Math.log((share + 1e-4) / (second + 1e-4)),
    agreement: Math.min(linear[best] as number, net?.[best] ?? 1),
    nearest: alike?.similarity ?? 0,
    known,
    fallback: logOdds(out),
  }
}

const logOdds = (share: number): number => Math.log((share + 1e-4) / (1 - share + 1e-4))
