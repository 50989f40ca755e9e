import { learnBelonging, learnConfidence, type SeenDecision } from './confidence.ts'
import { judgeRaters, RaterBook, weighUp, type Vote } from './evidence.ts'
import { spaceOf, type SparseVector } from './feature-space.ts'
import { LinearModel } from './linear-model.ts'
import { NearRuns } from './near-runs.ts'
import { meaningWith } from './meaning.ts'
import { learnVectors } from './own-vectors.ts'
import { readFeatures } from './request-features.ts'
import { denseSize, encodeWith, meaningRows } from './encode-request.ts'
import { highest, poolOf } from './pool-opinions.ts'
import { maxNearRuns, netWeight, signalsOf, type StoredModel } from './route-model.ts'
import { freshNet, SmallNet, type StoredNet } from './small-net.ts'
import { shuffled } from './seeded-random.ts'

/** What one specialist's card says, as short texts. */
export interface Card {
  readonly id: string
  readonly texts: readonly string[]
}

export interface RatedText {
  readonly runId: string
  readonly text: string
  readonly votes: readonly Vote[]
}

/** All that a workspace has to learn from. The same lessons give the same model, bit by bit. */
export interface Lessons {
  readonly cards: readonly Card[]
  /** Who answers what belongs to nobody; its position among the cards. */
  readonly fallback: number | undefined
  /** Oldest first. */
  readonly rated: readonly RatedText[]
  /** Requests that nobody rated. */
  readonly unrated: readonly string[]
}

/** Below so many texts the company that words keep says nothing yet: vectors from fewer made routing worse. */
const minTextsForVectors = 1_000
const minRunsForNet = 800
const minRunsForHalves = 500
/** In small workspaces words met once count too. */
const keepsRareUpTo = 300
const maxRows = 50_000
/** Bounds the weights of many classes to about 24 MB. */
const maxWeights = 6_000_000
const guessRounds = 3
const passes = 3
const netPasses = 6
/** Of a net that is asked for its opinion only. */
const opinionNetPasses = 4
const ratedRepeats = 3
const unratedWeight = 0.2
const sharpening = 1.5
/** Unrated texts teach the models until so many rated ones say it better. */
const unratedUntil = 8_000
const leftShare = 0.1

interface Text {
  readonly sparse: SparseVector
  readonly dense: Float32Array
  /** Learns in one half, is guessed by the model of the other. */
  readonly half: 0 | 1
}

/** Says what it thinks of a text. */
interface Guesser {
  predict(vector: SparseVector, into: Float32Array): Float32Array
}

interface Example {
  readonly sparse: SparseVector
  readonly target: Float32Array
  readonly weight: number
}

/**
 * Teaches a model from the beginning: what cards and rated runs say is carried over to the requests nobody rated, which are guessed, learnt from
 * and guessed again (self-training). Each guess of a rated run comes from a model that has not seen its rating, so a wrong thumb meets
 * an honest opinion. Seconds of work for thousands of runs: belongs into a worker thread.
 */
export function teach(lessons: Lessons): StoredModel {
  const { cards, rated, fallback } = lessons
  // The same words rated and not: guessed by who has seen the rating, they would carry it to who must not.
  const known = new Set(rated.map(({ text }) => text))
  const unrated = lessons.unrated.filter((text) => !known.has(text))
  const classes = cards.length
  const cardFeatures = cards.flatMap(({ texts }, owner) => texts.map((text) => ({ owner, features: readFeatures(text) })))
  const ratedFeatures = rated.map(({ text }) => readFeatures(text))
  const unratedFeatures = unrated.map((text) => readFeatures(text))
  const all = [...ratedFeatures, ...unratedFeatures]
  const kept = [...cardFeatures.map(({ features }) => features), ...(rated.length <= keepsRareUpTo ? ratedFeatures : [])]
  const space = spaceOf(all, kept, Math.min(maxRows, Math.floor(maxWeights / Math.max(1, classes))))
  const vectors = all.length >= minTextsForVectors ? learnVectors(all.map(({ words }) => words)) : undefined
  const meaning = meaningWith(vectors)
  const encode = (features: (typeof all)[number]) => encodeWith(space, meaning, features)

  const cardExamples = cardFeatures.map(({ owner, features }) => ({ ...encode(features), target: oneHot(owner, classes) }))
  const texts: Text[] = [
    ...ratedFeatures.map((features, at) => ({ ...encode(features), half: (at % 2) as 0 | 1 })),
    ...unratedFeatures.map((features, at) => ({ ...encode(features), half: (at % 2) as 0 | 1 })),
  ]
  const study = new Study({ classes, rows: meaningRows(meaning) + space.size, cards: cardExamples, texts, rated, dimension: denseSize(meaning) })
  study.guessByCards()
  for (let round = 0; round < guessRounds; round++) study.guessByModels(round)
  const linear = study.fitLinear()
  const decisions = study.decisions(fallback)
  return {
    classes,
    fallback,
    ratedRuns: rated.length,
    space: space.store(),
    linear: linear.store(),
    net: rated.length < minRunsForNet ? undefined : study.fitNet(),
    vectors,
    raters: study.raters.store(),
    confidence: learnConfidence(decisions),
    belonging: fallback === undefined ? undefined : learnBelonging(decisions),
    near: study.nearItems(),
  }
}

interface StudyParts {
  readonly classes: number
  /** Of the models. */
  readonly rows: number
  readonly cards: readonly { readonly sparse: SparseVector; readonly dense: Float32Array; readonly target: Float32Array }[]
  readonly texts: readonly Text[]
  readonly rated: readonly RatedText[]
  readonly dimension: number
}

/** The state of a lesson: what is thought of each text so far. */
class Study {
  readonly #parts: StudyParts
  /** What is thought of each text without its own rating, and with it. */
  readonly #opinions: Float32Array[]
  readonly #targets: Float32Array[]
  /** What each half by itself thinks of the unrated texts: through them too no rating reaches the model that judges it. */
  readonly #halfTargets: readonly [Float32Array[], Float32Array[]]
  readonly #isHalved: boolean
  readonly #learnsUnrated: boolean
  raters = new RaterBook()

  constructor(parts: StudyParts) {
    this.#parts = parts
    this.#opinions = parts.texts.map(() => new Float32Array(parts.classes).fill(1 / parts.classes))
    this.#targets = parts.texts.map(() => new Float32Array(parts.classes))
    this.#isHalved = parts.rated.length >= minRunsForHalves
    this.#learnsUnrated = parts.rated.length < unratedUntil
    const fresh = () => (this.#isHalved ? parts.texts.map(() => new Float32Array(parts.classes)) : [])
    this.#halfTargets = [fresh(), fresh()]
  }

  /** The first opinion: which card's words are nearest. */
  guessByCards(): void {
    const near = this.#nearTo(0)
    this.#parts.texts.forEach(({ dense }, at) => near.compare(dense, this.#opinions[at] as Float32Array))
    this.#weighAll()
  }

  /**
   * The first model learns from cards and ratings alone, and its opinion of an unrated text is joined with the neighbours'. A rated text is
   * judged by a model of the other half of ratings, in the last round with a net beside it.
   */
  guessByModels(round: number): void {
    const { texts, rated, classes } = this.#parts
    const halves = this.#isHalved ? ([this.#guesser(0, round), this.#guesser(1, round)] as const) : undefined
    // Halves judge the rated texts, and where unrated ones teach nothing nobody asks what is thought of them: half of the work.
    const model = halves && !this.#learnsUnrated ? undefined : this.#guesser(undefined, round)
    const near = rated.length < (round === 0 ? 2 : 0.33) * nearUntil ? this.#nearTo(nearUntil) : undefined
    const nearShare = (round === 0 ? 0.5 : 0.3) * Math.min(1, nearUntil / (rated.length + 1))
    const modelShare = round === 0 ? 0.5 + 0.5 * Math.min(1, rated.length / nearUntil) : 1
    const [opinion, nearest] = [new Float32Array(classes), new Float32Array(classes)]
    texts.forEach(({ sparse, dense, half }, at) => {
      const isRated = at < rated.length
      const own = this.#opinions[at] as Float32Array
      if (isRated) {
        ;(halves?.[half === 0 ? 1 : 0] ?? model)?.predict(sparse, own)
        return
      }
      if (!model) return
      // A rated text would find itself among its neighbours.
      if (near) near.compare(dense, nearest, 0)
      const joined = (said: Float32Array) => (near ? poolOf([[said, modelShare], [nearest, nearShare]]) : said)
      own.set(joined(model.predict(sparse, opinion)))
      halves?.forEach((guesser, of) => sharpen(joined(guesser.predict(sparse, opinion)), this.#halfTargets[of]?.[at] as Float32Array))
    })
    if (halves) this.#judge()
    this.#weighAll()
  }

  fitLinear(): LinearModel {
    return this.#fit(undefined, guessRounds)
  }

  fitNet(half?: 0 | 1, times = netPasses): StoredNet {
    const { rows, classes } = this.#parts
    const hidden = classes <= 32 ? 64 : 96
    const net = new SmallNet(freshNet(rows, hidden, classes, 7), 11)
    learnAll(net, this.#examples(half, true), times, 100)
    return net.store()
  }

  nearItems(): StoredModel['near'] {
    const { cards, texts, rated } = this.#parts
    const first = Math.max(0, rated.length - maxNearRuns)
    return [
      ...cards.map(({ target, dense }) => ({ runId: undefined, target, vector: dense })),
      ...rated.slice(first).map(({ runId }, at) => ({ runId, target: this.#targets[first + at] as Float32Array, vector: (texts[first + at] as Text).dense })),
    ]
  }

  /** Opinions formed without the rating, and what the rating then said. */
  decisions(fallback: number | undefined): readonly SeenDecision[] {
    const { rated, texts } = this.#parts
    const near = this.#isHalved ? this.#nearTo(maxNearRuns / 2) : undefined
    return rated.slice(this.#isHalved ? 0 : rated.length).map((_, at) => {
      const shares = this.#opinions[at] as Float32Array
      const best = highest(shares)
      const text = texts[at] as Text
      const nearest = near && at >= maxNearRuns / 2 ? near.compare(text.dense, new Float32Array(shares.length)) : []
      const signals = signalsOf({ shares, best, linear: shares, net: undefined, nearest, known: text.sparse.known, fallback })
      const target = this.#targets[at] as Float32Array
      return { signals, isRight: target[best] as number, isInside: fallback === undefined ? 1 : 1 - (target[fallback] as number) }
    })
  }

  #likelihood(at: number): Float32Array | undefined {
    const run = this.#parts.rated[at]
    return run && this.raters.likelihoodOf(run.votes, this.#parts.classes)
  }

  #judge(): void {
    const runs = this.#parts.rated.map(({ votes }, at) => ({ votes, opinion: this.#opinions[at] as Float32Array }))
    this.raters = judgeRaters(runs, this.raters)
  }

  #weighAll(): void {
    const { texts } = this.#parts
    texts.forEach((_, at) => {
      const opinion = this.#opinions[at] as Float32Array
      const target = this.#targets[at] as Float32Array
      const likelihood = this.#likelihood(at)
      if (likelihood) weighUp(likelihood, opinion, target)
      else sharpen(opinion, target)
    })
  }

  #nearTo(maxRated: number): NearRuns {
    const { classes, dimension, cards, texts, rated } = this.#parts
    const near = new NearRuns(classes, dimension, Math.max(1, maxRated))
    for (const { target, dense } of cards) near.add({ runId: undefined, target }, dense)
    rated.slice(0, maxRated).forEach(({ runId }, at) => near.add({ runId, target: this.#targets[at] as Float32Array }, (texts[at] as Text).dense))
    return near
  }

  #fit(half: 0 | 1 | undefined, round: number): LinearModel {
    const { classes, rows } = this.#parts
    const model = new LinearModel(classes, rows)
    const examples = this.#examples(half, round > 0)
    learnAll(model, examples, examples.length < 2_000 ? passes * 2 : passes, round)
    return model
  }

  #guesser(half: 0 | 1 | undefined, round: number): Guesser {
    const linear = this.#fit(half, round)
    if (round < guessRounds - 1 || this.#parts.rated.length < minRunsForNet) return linear
    const net = new SmallNet(this.fitNet(half, opinionNetPasses), 1)
    const [a, b] = [new Float32Array(this.#parts.classes), new Float32Array(this.#parts.classes)]
    return { predict: (sparse, into) => (into.set(poolOf([[linear.predict(sparse, a), 1 - netWeight], [net.predict(sparse, b), netWeight]])), into) }
  }

  /** @param half the half whose ratings may be learnt from; undefined: all */
  #examples(half: 0 | 1 | undefined, withUnrated: boolean): Example[] {
    const { cards, texts, rated } = this.#parts
    const repeats = this.#learnsUnrated ? ratedRepeats : 1
    const examples: Example[] = cards.flatMap(({ sparse, target }) => repeat({ sparse, target, weight: 1 }, repeats))
    texts.forEach(({ sparse, half: own }, at) => {
      const isRated = at < rated.length
      const target = (half === undefined || isRated ? this.#targets[at] : this.#halfTargets[half][at]) as Float32Array
      if (isRated) {
        if (half === undefined || own === half) examples.push(...repeat({ sparse, target, weight: 1 }, repeats))
      } else if (withUnrated && this.#learnsUnrated) {
        const weight = unratedWeight * (target[highest(target)] as number)
        if (weight > unratedWeight * leftShare) examples.push({ sparse, target, weight })
      }
    })
    return examples
  }
}

/** Neighbours help until the models know better. */
const nearUntil = 300

function learnAll(model: LinearModel | SmallNet, examples: readonly Example[], times: number, seed: number): void {
  for (let time = 0; time < times; time++) {
    for (const { sparse, target, weight } of shuffled(examples, seed * 31 + time)) model.learn(sparse, target, weight, 1 - (0.9 * time) / times)
  }
}

const repeat = <T>(item: T, times: number): T[] => Array.from({ length: times }, () => item)

function oneHot(at: number, size: number): Float32Array {
  const target = new Float32Array(size)
  target[at] = 1
  return target
}

function sharpen(shares: Float32Array, into: Float32Array): void {
  let sum = 0
  for (let one = 0; one < shares.length; one++) {
    const share = (shares[one] as number) ** sharpening
    into[one] = share
    sum += share
  }
  for (let one = 0; one < shares.length; one++) into[one] = (into[one] as number) / sum
}
