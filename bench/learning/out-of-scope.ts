import { shuffled } from '../../src/learning/router/seeded-random.ts'
import type { LearnedRouter } from '../../src/learning/router/learned-router.ts'
import { mean, quantile } from '../measure/statistics.ts'
import type { Figure, MeasureOptions } from './figure.ts'
import { openRouter } from './open-router.ts'
import { isOutside, judgedOf, readDataSet, type LabelledRequest } from './requests.ts'
import { domainsOf, intentsOf, type Specialists } from './specialists.ts'
import { tellAtOnce } from './stream.ts'

/** A routed request: whose it seemed to be, whether that is so, and how far it seemed to be somebody's at all. */
interface Sighting {
  readonly isOutside: boolean
  readonly isRight: boolean
  /** How likely it seemed to be somebody's, 0 to 1. */
  readonly belonging: number
}

const falseFallbacks = 0.05
const quickRuns = 1_000

/** G3 and G3b: what belongs to nobody must reach the generalist. Thresholds are chosen on the validation part, then frozen. */
export async function measureOutOfScope({ data, seeds, quick }: MeasureOptions): Promise<readonly Figure[]> {
  const set = readDataSet(data, 'clinc150')
  const found = { intents: [] as Found[], domains: [] as Found[] }
  for (const seed of seeds) {
    for (const [kind, specialists] of [['intents', intentsOf(data, seed, true)], ['domains', domainsOf(data, seed, true)]] as const) {
      if (!set || !specialists) return []
      const learn = shuffled(set.learn, seed).slice(0, quick ? quickRuns : undefined)
      const router = await openRouter(specialists, {}, undefined, learn.map(({ text }) => text))
      await tellAtOnce(router, specialists, learn)
      found[kind].push(judge(look(router, specialists, set.validate), look(router, specialists, judgedOf(set))))
    }
  }
  const average = (kind: 'intents' | 'domains', what: keyof Found): number => 100 * mean(found[kind].map((one) => one[what]))
  return [
    { goal: 'G3', name: 'outside recognised at 5 % false fallbacks, intents', value: average('intents', 'recall'), unit: '%', aim: 88, floor: 88, naive: 82.2, best: 83.2 },
    { goal: 'G3', name: 'outside recognised at 5 % false fallbacks, domains', value: average('domains', 'recall'), unit: '%', aim: 84, floor: 86, naive: 74, best: 79.9 },
    { goal: 'G3', name: 'AUROC, intents', value: average('intents', 'auroc'), unit: '%', aim: 97.5, floor: 97, naive: 96.1, best: 96.4 },
    { goal: 'G3b', name: 'inside right, rule of the paper', value: average('intents', 'insideRight'), unit: '%', aim: 92.5, floor: 91.5, naive: 91, best: 91.2 },
    { goal: 'G3b', name: 'outside recognised, rule of the paper', value: average('intents', 'outsideRight'), unit: '%', aim: 70, floor: 65, naive: 14.5, best: 66.7 },
  ]
}

interface Found {
  readonly recall: number
  readonly auroc: number
  readonly insideRight: number
  readonly outsideRight: number
}

function look(router: LearnedRouter, specialists: Specialists, requests: readonly LabelledRequest[]): Sighting[] {
  return requests.map((request) => {
    const route = router.route(request.text)
    return { isOutside: isOutside(request), isRight: route?.specialtyId === specialists.idOf(request), belonging: route?.belonging ?? 0 }
  })
}

function judge(validated: readonly Sighting[], judged: readonly Sighting[]): Found {
  const ofKind = (seen: readonly Sighting[], outside: boolean) => seen.filter((one) => one.isOutside === outside)
  const strict = quantile(ofKind(validated, false).map(({ belonging }) => belonging), falseFallbacks)
  const paper = bestThreshold(validated)
  const [inside, outside] = [ofKind(judged, false), ofKind(judged, true)]
  const share = (seen: readonly Sighting[], holds: (one: Sighting) => boolean) => seen.filter(holds).length / seen.length
  return {
    recall: share(outside, ({ belonging }) => belonging < strict),
    auroc: chanceOfOrder(outside.map(({ belonging }) => belonging), inside.map(({ belonging }) => belonging)),
    insideRight: share(inside, ({ belonging, isRight }) => belonging >= paper && isRight),
    outsideRight: share(outside, ({ belonging }) => belonging < paper),
  }
}

/** Larson et al. 2019: most right on the whole validation part, inside or outside. */
function bestThreshold(seen: readonly Sighting[]): number {
  const sorted = seen.toSorted((a, b) => a.belonging - b.belonging)
  let right = seen.filter((one) => !one.isOutside && one.isRight).length
  let best = { right, threshold: -Infinity }
  for (const [at, one] of sorted.entries()) {
    right += one.isOutside ? 1 : one.isRight ? -1 : 0
    if (right > best.right) best = { right, threshold: ((sorted[at + 1]?.belonging ?? Infinity) + one.belonging) / 2 }
  }
  return best.threshold
}

/** How often one of the first is below one of the second; a tie counts half. */
function chanceOfOrder(lower: readonly number[], higher: readonly number[]): number {
  const sorted = [...lower.map((value) => ({ value, isLow: true })), ...higher.map((value) => ({ value, isLow: false }))].toSorted((a, b) => a.value - b.value)
  let [lows, ordered] = [0, 0]
  for (let at = 0; at < sorted.length; ) {
    let end = at
    while (end < sorted.length && sorted[end]?.value === sorted[at]?.value) end++
    const same = sorted.slice(at, end)
    const sameLows = same.filter(({ isLow }) => isLow).length
    ordered += (same.length - sameLows) * (lows + sameLows / 2)
    lows += sameLows
    at = end
  }
  return ordered / (lower.length * higher.length)
}
