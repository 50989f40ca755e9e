import { shuffled } from '../../src/learning/router/seeded-random.ts'
import { mean } from '../measure/statistics.ts'
import type { Figure, MeasureOptions } from './figure.ts'
import { openRouter } from './open-router.ts'
import { namesTheRight } from './people.ts'
import { isOutside, judgedOf, readDataSet, type LabelledRequest } from './requests.ts'
import { domainsOf } from './specialists.ts'
import { accuracyOf, runStream } from './stream.ts'

interface Checkpoint {
  readonly runs: number
  readonly aim: number
  readonly floor: number
  readonly naive: number
  readonly best: number
}

const withHistory: readonly Checkpoint[] = [
  { runs: 0, aim: 78, floor: 78, naive: 10, best: 78.2 },
  { runs: 50, aim: 84, floor: 82, naive: 30.7, best: 83.8 },
  { runs: 100, aim: 86, floor: 83, naive: 49.4, best: 84.4 },
  { runs: 300, aim: 89, floor: 85, naive: 69.3, best: 88.2 },
  { runs: 1_000, aim: 93, floor: 90, naive: 87.3, best: 92.3 },
  { runs: 3_000, aim: 95.5, floor: 94, naive: 93.7, best: 95 },
  { runs: 15_000, aim: 97.5, floor: 96, naive: 96.8, best: 97.3 },
]
const cold: readonly Checkpoint[] = [
  { runs: 0, aim: 67, floor: 55, naive: 10, best: 67.5 },
  { runs: 100, aim: 79, floor: 65, naive: 49.4, best: 77.7 },
  { runs: 1_000, aim: 91, floor: 85, naive: 87.3, best: 90.5 },
]
/** Held-out requests may be routed so much worse than those of the validation part. */
const mostBelowValidation = 1.5
const quickRuns = 300

/** The requests of CLINC150 that belong to a domain. */
export interface DomainRequests {
  readonly learn: readonly LabelledRequest[]
  readonly judged: readonly LabelledRequest[]
  /** Judged as well where there is a held-out set, to be compared. */
  readonly validated: readonly LabelledRequest[] | undefined
  readonly history: readonly string[]
}

export function readDomainRequests(folder: string): DomainRequests | undefined {
  const set = readDataSet(folder, 'clinc150')
  if (!set || !domainsOf(folder, 1)) return undefined
  const inside = (requests: readonly LabelledRequest[]) => requests.filter((request) => !isOutside(request))
  const learn = inside(set.learn)
  return { learn, judged: inside(judgedOf(set)), validated: set.heldOut && inside(set.validate), history: learn.map(({ text }) => text) }
}

/** G1 with the messages that nobody rated, and G1b without: the person names the right specialist after each run. */
export async function measureLabels(options: MeasureOptions): Promise<readonly Figure[]> {
  const requests = readDomainRequests(options.data)
  if (!requests) return []
  return [...(await measureCurve('G1', withHistory, requests, options)), ...(await measureCurve('G1b', cold, { ...requests, history: [] }, options))]
}

async function measureCurve(goal: string, points: readonly Checkpoint[], { learn, judged, validated, history }: DomainRequests, { data, seeds, quick }: MeasureOptions): Promise<Figure[]> {
  const used = points.filter(({ runs }) => runs <= Math.min(learn.length, quick ? quickRuns : Infinity))
  const found = new Map(used.map(({ runs }) => [runs, [] as number[]]))
  const below: number[] = []
  for (const seed of seeds) {
    const specialists = domainsOf(data, seed)
    if (!specialists) return []
    const router = await openRouter(specialists, {}, undefined, history)
    const onCheckpoint = (runs: number): void => {
      const accuracy = accuracyOf(router, specialists, judged)
      found.get(runs)?.push(accuracy)
      if (validated) below.push(accuracyOf(router, specialists, validated) - accuracy)
    }
    await runStream({ router, specialists, requests: shuffled(learn, seed).slice(0, used.at(-1)?.runs), person: namesTheRight, checkpoints: [...found.keys()], onCheckpoint })
  }
  const figures = used.map(({ runs, ...bounds }): Figure => ({ goal, name: `right after ${runs} labels`, value: mean(found.get(runs) ?? []), unit: '%', ...bounds }))
  if (below.length === 0) return figures
  return [...figures, { goal, name: 'held-out below validation', value: mean(below), unit: 'points', atLeast: false, aim: mostBelowValidation, floor: mostBelowValidation }]
}
