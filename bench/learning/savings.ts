import { createHitAuditor } from '../../src/learning/hits/hit-auditor.ts'
import { isTooOftenWrong } from '../../src/learning/hits/hit-evidence.ts'
import { addExample } from '../../src/learning/patterns/pattern-examples.ts'
import { PatternIndex, type PatternIndexOptions } from '../../src/learning/patterns/pattern-index.ts'
import { successesNeeded } from '../../src/learning/patterns/pattern-outcomes.ts'
import { meaningWith } from '../../src/learning/router/meaning.ts'
import { learnVectors } from '../../src/learning/router/own-vectors.ts'
import { readFeatures } from '../../src/learning/router/request-features.ts'
import { seededRandom, shuffled } from '../../src/learning/router/seeded-random.ts'
import { maxPatterns } from '../../src/storage/pattern-store.ts'
import type { PatternExample, RunId, WorkflowId } from '../../src/storage/records.ts'
import { mean } from '../measure/statistics.ts'
import type { Figure, MeasureOptions } from './figure.ts'
import { isOutside, readDataSet, type DataSet, type LabelledRequest } from './requests.ts'

const streamLength = 10_000
const quickLength = 800
const outsideShare = 0.05
/** A run by a model costs 1; by an automation so much. */
const automationCost = 0.05
const auditShare = 0.05
/** Vectors are learnt from so many texts on and at each doubling, as by the teacher of the router. */
const firstTextsAt = 1_000

/** G5: a stream in which kinds of requests recur with weight 1/rank. A run by a model says by its trace which workflow it was. */
export async function measureSavings({ data, seeds, quick }: MeasureOptions): Promise<readonly Figure[]> {
  const set = readDataSet(data, 'clinc150')
  if (!set) return []
  const found: Saved[] = []
  for (const seed of seeds) found.push(await new Saver(seed, {}).run(streamOf(set, seed, quick ? quickLength : streamLength)))
  const figure = (name: string, read: (one: Saved) => number, rest: Pick<Figure, 'aim' | 'floor'> & Partial<Figure>): Figure => ({ goal: 'G5', name, value: mean(found.map(read)), unit: '%', ...rest })
  return [
    figure('cost saved, all requests', ({ saved }) => saved, { aim: 68, floor: quick ? 0 : 56, naive: 25, best: 61 }),
    figure('cost saved, second half', ({ savedLate }) => savedLate, { aim: 80, floor: quick ? 0 : 62, naive: 34, best: 74 }),
    figure('wrong among what automations took', ({ wrong }) => wrong, { aim: 1, floor: quick ? 100 : 1.5, atLeast: false, best: 1 }),
    figure('right answers, all by models 100', ({ quality }) => quality, { aim: 99, floor: quick ? 0 : 98.7 }),
    figure('automations taken back by audits', ({ takenBack }) => takenBack, { aim: 5, floor: 10, atLeast: false, unit: '' }),
  ]
}

export interface Saved {
  readonly saved: number
  readonly savedLate: number
  readonly wrong: number
  readonly quality: number
  readonly takenBack: number
}

/** The same texts of an intent come again when all have come. */
export function streamOf({ learn }: DataSet, seed: number, length: number): readonly LabelledRequest[] {
  const random = seededRandom(seed)
  const outside = shuffled(learn.filter(isOutside), seed)
  const kinds = shuffled([...Map.groupBy(shuffled(learn.filter((request) => !isOutside(request)), seed), ({ intent }) => intent).values()], seed)
  const weights = kinds.map((_, at) => 1 / (at + 1))
  const all = weights.reduce((sum, weight) => sum + weight, 0)
  const taken = new Map<readonly LabelledRequest[], number>()
  const takeOf = (texts: readonly LabelledRequest[]): LabelledRequest => {
    const at = taken.get(texts) ?? 0
    taken.set(texts, at + 1)
    return texts[at % texts.length] as LabelledRequest
  }
  return Array.from({ length }, () => {
    if (random() < outsideShare) return takeOf(outside)
    let left = random() * all
    const kind = weights.findIndex((weight) => (left -= weight) < 0)
    return takeOf(kinds.at(kind) as LabelledRequest[])
  })
}

interface Automation {
  /** Since it was last taken back. */
  sightings: number
  hits: number
  looked: number
  wrong: number
}

const unknown: Automation = { sightings: 0, hits: 0, looked: 0, wrong: 0 }

/** Serves a stream by automations where they are sure, audits some of that, and learns from what models did. */
export class Saver {
  readonly #options: PatternIndexOptions
  readonly #auditor = createHitAuditor({
    share: auditShare,
    workflows: { find: async () => undefined },
    patterns: { find: async () => undefined },
    audits: { put: async () => {}, count: async ({ workflowId }) => ({ audits: 0, ...(this.#automations.get(workflowId) ?? unknown) }) },
  })
  readonly #random: () => number
  readonly #examples = new Map<string, readonly PatternExample[]>()
  readonly #automations = new Map<string, Automation>()
  readonly #words: (readonly string[])[] = []
  #index: PatternIndex
  #nextVectorsAt = firstTextsAt
  #takenBack = 0

  constructor(seed: number, options: PatternIndexOptions) {
    this.#options = options
    this.#random = seededRandom(seed + 10_000)
    this.#index = new PatternIndex([], { ...options, meaning: meaningWith(undefined), groupsByMeaning: false })
  }

  async run(stream: readonly LabelledRequest[]): Promise<Saved> {
    let [cost, costLate, hits, wrong] = [0, 0, 0, 0]
    for (const [at, request] of stream.entries()) {
      const served = await this.#serve(request)
      cost += served.cost
      if (at >= stream.length / 2) costLate += served.cost
      if (served.isHit) hits++
      if (served.isWrong) wrong++
    }
    const share = (part: number, whole: number): number => (100 * part) / Math.max(1, whole)
    return { saved: 100 - share(cost, stream.length), savedLate: 100 - share(costLate, stream.length / 2), wrong: share(wrong, hits), quality: 100 - share(wrong, stream.length), takenBack: this.#takenBack }
  }

  async #serve({ text, intent, ...request }: LabelledRequest): Promise<{ readonly cost: number; readonly isHit: boolean; readonly isWrong: boolean }> {
    this.#learnWords(text)
    const runId = Math.floor(this.#random() * 2 ** 32).toString(16).padStart(8, '0') as RunId
    const kind = isOutside({ text, intent, ...request }) ? `outside ${runId}` : intent
    const match = this.#index.recognise(text)
    const automation = match && this.#automations.get(match.patternId)
    if (!match || !automation || automation.sightings < successesNeeded) {
      this.#learn(kind, { runId, text })
      return { cost: 1, isHit: false, isWrong: false }
    }
    const isRight = match.patternId === kind
    const isAudited = await this.#auditor.isDue(runId, { workflowId: match.patternId as WorkflowId, version: 1 })
    automation.hits++
    if (isAudited) {
      this.#look(automation, isRight)
      this.#learn(kind, { runId, text })
    }
    return { cost: automationCost + (isAudited ? 1 : 0) + (isRight ? 0 : 1), isHit: true, isWrong: !isRight }
  }

  #look(automation: Automation, isRight: boolean): void {
    automation.looked++
    if (!isRight) automation.wrong++
    if (!isTooOftenWrong(automation)) return
    Object.assign(automation, unknown)
    this.#takenBack++
  }

  /** A run of which it is known what it was becomes an example; of too many patterns the one seen longest ago is forgotten. */
  #learn(kind: string, example: PatternExample): void {
    const automation = this.#automations.get(kind) ?? { ...unknown }
    automation.sightings++
    this.#automations.set(kind, automation)
    const examples = addExample(this.#examples.get(kind) ?? [], example)
    this.#examples.delete(kind)
    this.#examples.set(kind, examples)
    this.#index.put({ patternId: kind, examples })
    const [oldest] = this.#examples.keys()
    if (this.#examples.size <= maxPatterns || oldest === undefined) return
    this.#examples.delete(oldest)
    this.#automations.delete(oldest)
    this.#index.put({ patternId: oldest, examples: [] })
  }

  #learnWords(text: string): void {
    this.#words.push(readFeatures(text).words)
    if (this.#words.length < this.#nextVectorsAt) return
    this.#nextVectorsAt *= 2
    const patterns = [...this.#examples].map(([patternId, examples]) => ({ patternId, examples }))
    this.#index = new PatternIndex(patterns, { ...this.#options, meaning: meaningWith(learnVectors(this.#words)), groupsByMeaning: false })
    this.#index.review()
  }
}
