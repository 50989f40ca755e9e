import { seededRandom } from '../../src/learning/router/seeded-random.ts'
import { judgeTrial, talliesOf, type TrialRun, trialRuns } from '../../src/learning/trials/version-trial.ts'
import type { Tally } from '../../src/storage/trial-record.ts'
import type { Figure, MeasureOptions } from './figure.ts'

const currentSuccess = 0.8
const earlierRuns = 200
const repetitions = 4_000
const quickRepetitions = 200
interface Split {
  /** How many requests of the trial the version on trial gets. */
  readonly share: number
  /** What seeds change from what was measured with three of them: `median` and `p95` of runs at 20 points, `found` in hundredths at 10. */
  readonly floors: { readonly median: number; readonly p95: number; readonly found: number }
}

const splits: readonly Split[] = [
  { share: 0.5, floors: { median: 35, p95: 170, found: 91 } },
  { share: 0.8, floors: { median: 60, p95: 310, found: 88 } },
]

interface Played {
  readonly isRolledBack: boolean
  /** Runs that the version on trial had until then. */
  readonly served: number
}

/** G6 and G6b: how often a version is rolled back that is as good, better or worse, and after how many of its runs. */
export async function measureRollback({ seeds, quick }: MeasureOptions): Promise<readonly Figure[]> {
  const random = seededRandom(seeds[0] ?? 1)
  const count = quick ? quickRepetitions : repetitions
  return splits.flatMap(({ share, floors }) => {
    const play = (points: number): readonly Played[] => Array.from({ length: count }, () => playTrial(random, share, currentSuccess + points / 100))
    const [equal, better, ten, twenty, forty] = [play(0), play(8), play(-10), play(-20), play(-40)]
    const at = `${share * 100}:${Math.round((1 - share) * 100)}`
    return [
      { goal: 'G6', name: `rolled back though as good, ${at}`, value: percent(equal), unit: '%', atLeast: false, aim: 2, floor: 2.6, naive: 32.6, best: 2.1 },
      { goal: 'G6', name: `kept, 8 points better, ${at}`, value: 100 - percent(better), unit: '%', aim: 99.5, floor: 99.5, naive: 97.4, best: 100 },
      ...served(forty, { name: `40 points worse, ${at}`, median: [12, 13], p95: [25, 30], best: [15, 30] }),
      ...served(twenty, { name: `20 points worse, ${at}`, median: [30, floors.median], p95: [100, floors.p95], best: [41, 132] }),
      { goal: 'G6b', name: `10 points worse: rolled back, ${at}`, value: percent(ten), unit: '%', aim: 92, floor: floors.found, best: 85.4 },
    ]
  })
}

function playTrial(random: () => number, share: number, success: number): Played {
  let good = 0
  for (let nth = 0; nth < earlierRuns; nth++) if (random() < currentSuccess) good++
  const before: Tally = { good, bad: earlierRuns - good }
  const since: TrialRun[] = []
  while (since.length < trialRuns) {
    const isCandidate = random() < share
    since.push({ isCandidate, isGood: random() < (isCandidate ? success : currentSuccess) })
    const verdict = judgeTrial({ before, since })
    if (verdict === 'worse') return { isRolledBack: true, served: servedBy({ before, since }) }
  }
  return { isRolledBack: false, served: Number.POSITIVE_INFINITY }
}

function servedBy(evidence: Parameters<typeof talliesOf>[0]): number {
  const { candidate } = talliesOf(evidence)
  return candidate.good + candidate.bad
}

const percent = (played: readonly Played[]): number => (100 * played.filter(({ isRolledBack }) => isRolledBack).length) / played.length

interface ServedBounds {
  readonly name: string
  /** Aim and floor, as below. */
  readonly median: readonly [number, number]
  readonly p95: readonly [number, number]
  readonly best: readonly [median: number, p95: number]
}

function served(played: readonly Played[], { name, median, p95, best }: ServedBounds): readonly Figure[] {
  const sorted = played.map((one) => one.served).toSorted((a, b) => a - b)
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.POSITIVE_INFINITY
  const atMost = { goal: 'G6b', unit: 'runs', atLeast: false } as const
  return [
    { ...atMost, name: `${name}: its runs until rollback, median`, value: at(0.5), aim: median[0], floor: median[1], best: best[0] },
    { ...atMost, name: `${name}: its runs until rollback, p95`, value: at(0.95), aim: p95[0], floor: p95[1], best: best[1] },
  ]
}
