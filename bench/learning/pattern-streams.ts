import { readPatternFeatures } from '../../src/learning/patterns/pattern-space.ts'
import { groupRuns, maxUnits } from '../../src/learning/regrouping/group-runs.ts'
import { meaningWith } from '../../src/learning/router/meaning.ts'
import { learnVectors } from '../../src/learning/router/own-vectors.ts'
import { shuffled } from '../../src/learning/router/seeded-random.ts'
import { mean } from '../measure/statistics.ts'
import { adjustedRand } from './cluster-scores.ts'
import type { Figure, MeasureOptions } from './figure.ts'
import { chooseLead, recallAt, recallTaken, runPatternStream, type PatternStreamOptions, type Sighting } from './pattern-stream.ts'
import { isOutside, judgedOf, readDataSet, type LabelledRequest } from './requests.ts'

/** Chosen on the validation part of CLINC150, and the same for the held-out set. */
const minSimilarities = { streaming: 0.36, nightly: 0.3 }
/** Leads are chosen on the development part in orders that are not measured. */
const choosingSeeds = [1_001, 1_002, 1_003]
const quickRequests = 200

/** G4: tasks of an office by template. A new request has its text only; the runs before it have said what they did. */
export async function measureTemplates({ data, seeds, quick }: MeasureOptions): Promise<readonly Figure[]> {
  const set = readDataSet(data, 'workbench')
  if (!set) return []
  const stream = (requests: readonly LabelledRequest[], seed: number, over: Partial<PatternStreamOptions> = {}): readonly Sighting[] =>
    runPatternStream({ requests: shuffled(requests, seed).slice(0, quick ? quickRequests : undefined), index: {}, withTraces: true, isWatched: true, regrouping: {}, ...over }).sightings
  const all = [...set.learn, ...set.validate]
  const judged = set.heldOut ?? all
  const choosing = choosingSeeds.slice(0, quick ? 1 : undefined).flatMap((seed) => stream(all, seed))
  const measured = seeds.flatMap((seed) => stream(judged, seed))
  const keeping = seeds.flatMap((seed) => stream(judged, seed, { automates: true }))
  const once = seeds.flatMap((seed) => stream(judged, seed, { regrouping: undefined }))
  const textOnly = seeds.flatMap((seed) => stream(judged, seed, { withTraces: false }))
  const [at5, at1] = [5, 1].map((mostWrong) => chooseLead(choosing, mostWrong)) as [number, number]
  const figure = (name: string, value: number, rest: Pick<Figure, 'aim' | 'floor'> & Partial<Figure>): Figure => ({ goal: 'G4', name, value, unit: '%', ...rest })
  const asProduct = (sightings: readonly Sighting[], name: string, floor: number, mostWrong: number): readonly Figure[] => [
    figure(`as the application recognises, ${name}`, recallTaken(sightings).recall, { aim: 45, floor: quick ? 0 : floor }),
    figure('wrong among them', recallTaken(sightings).wrong, { aim: 1, floor: quick ? 100 : mostWrong, atLeast: false }),
  ]
  return [
    figure('repeats recognised, lead for <= 5 % wrong', recallAt(measured, at5).recall, { aim: 70, floor: quick ? 0 : 62, naive: 3, best: 35 }),
    figure('wrong among them', recallAt(measured, at5).wrong, { aim: 5, floor: quick ? 100 : 9, atLeast: false }),
    figure('repeats recognised, lead for <= 1 % wrong', recallAt(measured, at1).recall, { aim: 45, floor: quick ? 0 : 36, best: 35 }),
    figure('wrong among them, at that lead', recallAt(measured, at1).wrong, { aim: 1, floor: quick ? 100 : 3.5, atLeast: false }),
    ...asProduct(measured, 'grouped anew', 46, 5),
    ...asProduct(keeping, 'grouped anew, every third success an automation', 45, 6.5),
    ...asProduct(once, 'each run put into its group once', 40, 5),
    figure('no traces, grouped anew, lead for <= 5 % wrong', recallAt(textOnly, at5).recall, { aim: 70, floor: quick ? 0 : 50 }),
  ]
}

/** G4b: paraphrases, by their texts alone; what words mean was learnt from texts without labels. */
export async function measureParaphrases({ data, seeds, quick }: MeasureOptions): Promise<readonly Figure[]> {
  const set = readDataSet(data, 'clinc150')
  if (!set) return []
  const inside = judgedOf(set).filter((request) => !isOutside(request))
  const history = set.learn.filter((request) => !isOutside(request))
  const meaning = meaningWith(learnVectors([...history, ...inside].map(({ text }) => readPatternFeatures(text).words)))
  const scores = seeds.map((seed) => {
    const requests = shuffled(inside, seed).slice(0, quick ? quickRequests : maxUnits)
    const labels = requests.map(({ intent }) => intent)
    const { groups } = runPatternStream({ requests, index: { minSimilarity: minSimilarities.streaming, meaning }, withTraces: false, isWatched: false })
    const units = requests.map((request) => ({ runs: [{ text: request.text }] }))
    const nightly = [...(groupRuns(units, { minSimilarity: minSimilarities.nightly, meaning }) ?? [])].map(String)
    return { streaming: adjustedRand(labels, groups), nightly: adjustedRand(labels, nightly) }
  })
  return [
    { goal: 'G4b', name: 'agreement with the true kinds, one by one', value: mean(scores.map(({ streaming }) => streaming)), unit: 'ARI', aim: 52, floor: quick ? 0 : 45, naive: 1, best: 47.6 },
    { goal: 'G4b', name: 'the same, all at once', value: mean(scores.map(({ nightly }) => nightly)), unit: 'ARI', aim: 60, floor: quick ? 0 : 53, best: 54.1 },
  ]
}
