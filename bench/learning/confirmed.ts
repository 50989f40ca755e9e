import { PatternIndex } from '../../src/learning/patterns/pattern-index.ts'
import { meaningWith } from '../../src/learning/router/meaning.ts'
import { learnVectors } from '../../src/learning/router/own-vectors.ts'
import { readFeatures } from '../../src/learning/router/request-features.ts'
import { shuffled } from '../../src/learning/router/seeded-random.ts'
import type { RunId } from '../../src/storage/records.ts'
import { mean } from '../measure/statistics.ts'
import type { Figure, MeasureOptions } from './figure.ts'
import { someOfEach } from './intents.ts'
import { isOutside, readDataSet, type LabelledRequest } from './requests.ts'

const points = [
  { examples: 3, precision: 95, aim: 45, floor: 25, naive: 16, best: 40 },
  { examples: 10, precision: 95, aim: 70, floor: 63, naive: 38, best: 65 },
  { examples: 10, precision: 99, aim: 45, floor: 25, naive: 10, best: 37 },
]

/** What the classifier took a request for. */
interface Taken {
  readonly odds: number
  readonly isRight: boolean
  readonly isInside: boolean
}

/**
 * G4c: automations that a person has confirmed, each known by so many examples; requests of their kinds and of none. The odds from which on
 * they are taken are chosen on one half of the validation part and measured on the other, and the other way round.
 */
export async function measureConfirmed({ data, seeds, quick }: MeasureOptions): Promise<readonly Figure[]> {
  const set = readDataSet(data, 'clinc150')
  if (!set) return []
  const history = set.learn.filter((request) => !isOutside(request))
  const meaning = meaningWith(learnVectors(history.map(({ text }) => readFeatures(text).words)))
  const figures: Figure[] = []
  for (const examples of quick ? [3] : [3, 10]) {
    const found = seeds.map((seed) => {
      const index = new PatternIndex(patternsOf(someOfEach(shuffled(history, seed), examples)), { meaning })
      for (let time = 0; time < 2; time++) index.review()
      const take = ({ text, intent, ...request }: LabelledRequest): Taken => {
        const classified = index.classify(text)
        const isInside = !isOutside({ text, intent, ...request })
        return { odds: classified?.odds ?? Number.NEGATIVE_INFINITY, isRight: isInside && classified?.patternId === intent, isInside }
      }
      const validated = shuffled(set.validate, seed).map(take)
      const half = Math.floor(validated.length / 2)
      const halves = [validated.slice(0, half), validated.slice(half)] as const
      return set.heldOut ? [{ choose: validated, judge: set.heldOut.map(take) }] : [{ choose: halves[0], judge: halves[1] }, { choose: halves[1], judge: halves[0] }]
    })
    for (const { precision, ...bounds } of points.filter((point) => point.examples === examples)) {
      const reached = found.flat().map(({ choose, judge }) => recallFrom(judge, chooseOdds(choose, precision)))
      const name = `confirmed by ${examples} examples: recognised, at >= ${precision} % right`
      figures.push(
        { goal: 'G4c', name, value: mean(reached.map(({ recall }) => recall)), unit: '%', aim: bounds.aim, floor: quick ? 0 : bounds.floor, naive: bounds.naive, best: bounds.best },
        { goal: 'G4c', name: 'right among them', value: mean(reached.map((one) => one.precision)), unit: '%', aim: precision, floor: quick ? 0 : precision - 2 },
      )
    }
  }
  return figures
}

function patternsOf(examples: readonly LabelledRequest[]) {
  const byIntent = Map.groupBy(examples, ({ intent }) => intent)
  return [...byIntent].map(([patternId, own]) => ({ patternId, examples: own.map(({ text }, at) => ({ runId: `${patternId} ${at}` as RunId, text })) }))
}

/** The lowest odds from which on so many percent are right. */
function chooseOdds(taken: readonly Taken[], precision: number): number {
  let [chosen, right] = [Number.POSITIVE_INFINITY, 0]
  taken.toSorted((a, b) => b.odds - a.odds).forEach(({ odds, isRight }, at) => {
    if (isRight) right++
    if ((100 * right) / (at + 1) >= precision) chosen = odds
  })
  return chosen
}

function recallFrom(taken: readonly Taken[], odds: number): { readonly recall: number; readonly precision: number } {
  const hits = taken.filter((one) => one.odds >= odds)
  const right = hits.filter(({ isRight }) => isRight).length
  return { recall: (100 * right) / Math.max(1, taken.filter(({ isInside }) => isInside).length), precision: (100 * right) / Math.max(1, hits.length) }
}
