import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Vote } from './evidence.ts'
import type { Meaning } from './meaning.ts'
import { readFeatures } from './request-features.ts'
import { RouteModel, type StoredModel } from './route-model.ts'
import type { Card, Lessons, RatedText } from './teach.ts'
import { highestLeaning } from './telling-words.ts'

/** What somebody, or the outcome, says of who answered a run. */
export type RouteVerdict = 'up' | 'down' | 'done' | { readonly shouldHaveBeen: string }

/** A run as far as it teaches routing. */
export interface RoutedRun {
  readonly runId: string
  readonly text: string
  readonly specialtyId: string
}

/** Where a request should go, by what this workspace has taught. */
export interface LearnedRoute {
  readonly specialtyId: string
  /** How often decisions that look like this one were right, 0 to 1. */
  readonly confidence: number
  /** How often requests that look like this one belong to somebody and not to the generalist, 0 to 1; 1 where there is none. */
  readonly belonging: number
  /** Share of the chosen one among all, 0 to 1. */
  readonly share: number
  readonly explanation: RouteExplanation
}

export interface RouteExplanation {
  /** Words of the request that speak most for the choice; at most three. */
  readonly words: readonly string[]
  /** Rated runs that are alike and say the same, best first. */
  readonly runs: readonly { readonly runId: string; readonly similarity: number }[]
}

/** A model, and the same as bytes for the store. */
export interface Taught {
  readonly model: StoredModel
  readonly bytes: Uint8Array
}

/** Teaches models beside the event loop. */
export interface Teacher {
  teach(lessons: Lessons): Promise<Taught>
}

/** A model from the store, and the number of the last lesson it knows. */
export interface FormerModel {
  readonly model: StoredModel | undefined
  readonly upTo: number
}

export interface LearnedRouterOptions {
  readonly teacher: Teacher
  /** Told of each newly taught model, with the lesson it reaches to. */
  readonly onTaught?: (bytes: Uint8Array, upTo: number) => void
  readonly onError: (error: unknown) => void
}

/** Oldest are forgotten first; texts are cut, so that a workspace's lessons stay below 16 MB. */
const maxRuns = 16_000
const maxObserved = 16_000
const maxTextChars = 500
/**
 * A model is taught anew with half as many rated runs again, and each time the texts have doubled. What is learnt in between counts less, and
 * a restart learns it again, so it is never more than a thousand rated runs.
 */
const firstTeachAt = 25
const teachGrowth = 1.5
const maxBetween = 1_000
/** With fewer new rated runs a night changes nothing that is worth the work. */
const minForNight = 10
const firstTextsAt = 1_000
/** Lessons learnt in one turn of the event loop, about 5 ms, so that nobody waits for them. */
export const lessonsATurn = 10
/** Below this a neighbour is no reason. */
const alikeFrom = 0.6
const shownRuns = 3

interface KnownRun {
  readonly text: string
  readonly about: number
  readonly votes: readonly Vote[]
}

/** What is to be taught, and what was learnt since, to be learnt by the new model as well. */
interface Course {
  readonly lessons: Lessons
  readonly upTo: number
  readonly since: { readonly runId: string; readonly text: string; readonly votes: readonly Vote[]; readonly isFirst: boolean }[]
}

/**
 * Learns for one workspace who should answer what. What it knows is a function of the order in which it was told, whenever a model
 * comes back from its teacher: the same lessons lead to the same router, also after a restart.
 */
export class LearnedRouter {
  readonly #options: LearnedRouterOptions
  readonly #runs = new Map<string, KnownRun>()
  readonly #observed: string[] = []
  #cards: readonly Card[] = []
  #fallback: number | undefined
  #model: RouteModel | undefined
  #rated = 0
  /** Rated runs when it was last taught, or when the model that it began with was. */
  #taughtRated = 0
  #lesson = 0
  #knownUpTo = 0
  #nextRatedAt = firstTeachAt
  #nextTextsAt = firstTextsAt
  #underWay: Course | undefined
  #pending: Course | undefined
  #work: Promise<void> = Promise.resolve()

  constructor(options: LearnedRouterOptions) {
    this.#options = options
  }

  /** Rated runs so far. */
  get ratedRuns(): number {
    return this.#rated
  }

  /** What words mean here; undefined until enough texts have taught that. */
  get meaning(): Meaning | undefined {
    return this.#model?.meaning
  }

  /**
   * The specialists to choose from, in the words of the catalogue; before anything else. Their words are taught first, beside the event loop.
   * With a former model, the lessons up to its last are then only remembered, because it knows them.
   */
  registerCards(cards: readonly Card[], fallbackId?: string, { model, upTo }: FormerModel = { model: undefined, upTo: 0 }): void {
    this.#cards = cards
    this.#knownUpTo = upTo
    const fallback = cards.findIndex(({ id }) => id === fallbackId)
    this.#fallback = fallback < 0 ? undefined : fallback
    this.#model = model && new RouteModel(model)
    if (!model && upTo === 0) this.teachAnew()
  }

  /** A request of which nobody knows who should answer: it teaches what words mean here. */
  observe(text: string): void {
    this.#observed.push(text.slice(0, maxTextChars))
    if (this.#observed.length > maxObserved) this.#observed.shift()
    this.#considerTeaching()
  }

  /** Undefined until the cards are taught. */
  route(text: string): LearnedRoute | undefined {
    const features = readFeatures(text)
    const model = this.#model
    if (!model || features.words.length === 0) return undefined
    const { best, shares, confidence, belonging, nearest } = model.predict(model.encode(features))
    const alike = nearest.filter(({ item, similarity }) => similarity >= alikeFrom && (item.target[best] as number) > 0.5)
    return {
      specialtyId: (this.#cards[best] as Card).id,
      confidence,
      belonging,
      share: shares[best] as number,
      explanation: {
        words: highestLeaning(features.words, (word) => model.leaningOf(readFeatures(word), best)),
        runs: alike.slice(0, shownRuns).map(({ item, similarity }) => ({ runId: item.runId as string, similarity })),
      },
    }
  }

  /** A run that has ended; feedback can follow. Telling it again changes nothing. @param lesson its number, rising; default: the next */
  noteRun({ runId, text, specialtyId }: RoutedRun, lesson = this.#lesson + 1): void {
    this.#lesson = lesson
    if (this.#runs.has(runId)) return
    this.#runs.set(runId, { text: text.slice(0, maxTextChars), about: this.#positionOf(specialtyId), votes: [] })
    if (this.#runs.size > maxRuns) this.#forgetOldest()
    this.#considerTeaching()
  }

  /** The last word of each rater about a run counts. Of a run that is not known, nothing is learnt. */
  feedback(runId: string, verdict: RouteVerdict, raterId?: string, lesson = this.#lesson + 1): void {
    this.#lesson = lesson
    const run = this.#runs.get(runId)
    const vote = run && this.#voteOf(run, verdict, raterId)
    if (!run || !vote) return
    const votes = [...run.votes.filter((other) => other.raterId !== raterId || other.kind === 'done'), vote]
    const isFirst = vote.kind !== 'done' && !isRated(run.votes)
    this.#runs.set(runId, { ...run, votes })
    if (isFirst) this.#rated++
    const learnt = { runId, text: run.text, votes, isFirst }
    for (const course of [this.#underWay, this.#pending]) course?.since.push(learnt)
    if (lesson <= this.#knownUpTo) this.#taughtRated = this.#rated
    else this.#model?.learn(runId, readFeatures(run.text), votes, isFirst)
    this.#considerTeaching()
  }

  /** Resolves when nothing is being taught. */
  async settled(): Promise<void> {
    for (let work: Promise<void> | undefined; work !== this.#work; await work) work = this.#work
  }

  #voteOf({ about }: KnownRun, verdict: RouteVerdict, raterId: string | undefined): Vote | undefined {
    if (typeof verdict === 'string') return about < 0 ? undefined : { kind: verdict, about, raterId }
    const named = this.#positionOf(verdict.shouldHaveBeen)
    return named < 0 ? undefined : { kind: 'named', about: named, raterId }
  }

  #positionOf(specialtyId: string): number {
    return this.#cards.findIndex(({ id }) => id === specialtyId)
  }

  /** Among the oldest, those that nobody rated go first. */
  #forgetOldest(): void {
    const oldest = this.#runs.entries().take(200).toArray()
    const [runId, run] = oldest.find(([, { votes }]) => votes.length === 0) ?? oldest[0] ?? []
    if (runId === undefined || !run) return
    this.#runs.delete(runId)
    if (isRated(run.votes)) this.#rated--
  }

  #considerTeaching(): void {
    const texts = this.#runs.size + this.#observed.length
    if (this.#rated < this.#nextRatedAt && texts < this.#nextTextsAt) return
    while (this.#nextRatedAt <= this.#rated) this.#nextRatedAt = Math.min(Math.ceil(this.#nextRatedAt * teachGrowth), this.#nextRatedAt + maxBetween)
    while (this.#nextTextsAt <= texts) this.#nextTextsAt *= 2
    if (this.#lesson > this.#knownUpTo || this.#lesson === 0) this.teachAnew()
  }

  /** Teaches anew what the day has brought, if it is more than a few rated runs. */
  teachTheDay(): void {
    if (this.#rated - this.#taughtRated >= minForNight) this.teachAnew()
  }

  /** Teaches from the beginning, beside the event loop; what is learnt meanwhile is not lost. */
  teachAnew(): void {
    this.#pending = { lessons: this.#lessons(), upTo: this.#lesson, since: [] }
    this.#taughtRated = this.#rated
    this.#work = this.#work.then(() => this.#teachPending())
  }

  #lessons(): Lessons {
    const rated: RatedText[] = []
    const unrated: string[] = []
    // Once through, because it is one piece of work on the event loop.
    for (const [runId, { text, votes }] of this.#runs) {
      if (isRated(votes)) rated.push({ runId, text, votes })
      else unrated.push(text)
    }
    return { cards: this.#cards, fallback: this.#fallback, rated, unrated: unrated.concat(this.#observed).slice(-maxObserved) }
  }

  async #teachPending(): Promise<void> {
    const course = this.#pending
    if (!course) return
    this.#pending = undefined
    this.#underWay = course
    try {
      const { model: stored, bytes } = await this.#options.teacher.teach(course.lessons)
      // The cards changed meanwhile: what was taught speaks of others.
      if (course.lessons.cards !== this.#cards) return
      // Reading the model from its thread, building it and learning are pieces of their own.
      await nextTurn()
      const model = new RouteModel(stored)
      await nextTurn()
      for (let at = 0; at < course.since.length; at++) {
        const { runId, text, votes, isFirst } = course.since[at] as Course['since'][number]
        model.learn(runId, readFeatures(text), votes, isFirst)
        if (at % lessonsATurn === lessonsATurn - 1) await nextTurn()
      }
      if (course.lessons.cards !== this.#cards) return
      this.#model = model
      this.#options.onTaught?.(bytes, course.upTo)
    } catch (error) {
      this.#options.onError(error)
    } finally {
      this.#underWay = undefined
    }
  }
}

const isRated = (votes: readonly Vote[]): boolean => votes.some(({ kind }) => kind !== 'done')
