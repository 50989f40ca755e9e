import { shuffled } from '../../src/learning/router/seeded-random.ts'
import { mean } from '../measure/statistics.ts'
import type { Figure, MeasureOptions } from './figure.ts'
import { readDomainRequests } from './course.ts'
import { openRouter } from './open-router.ts'
import type { LabelledRequest } from './requests.ts'
import { intentsOf } from './specialists.ts'
import { accuracyOf, tellAtOnce } from './stream.ts'

const points = [
  { name: '5 examples each', shots: 5, aim: 80, floor: 78, naive: 67.1, best: 76.9 },
  { name: '10 examples each', shots: 10, aim: 86, floor: 84, naive: 74, best: 84 },
  { name: 'all examples', shots: Infinity, aim: 93.5, floor: 91.5, naive: 91.8, best: 92.3 },
]

const quickShots = 5

/** G1c: 150 workflows, each known by its name and so many examples; the other messages are there without labels. */
export async function measureIntents({ data, seeds, quick }: MeasureOptions): Promise<readonly Figure[]> {
  const requests = readDomainRequests(data)
  const figures: Figure[] = []
  for (const { name, shots, ...bounds } of points) {
    const found: number[] = []
    if (quick && shots > quickShots) continue
    for (const seed of seeds) {
      const specialists = intentsOf(data, seed)
      if (!requests || !specialists) return []
      const router = await openRouter(specialists, {}, undefined, requests.history)
      const examples = someOfEach(shuffled(requests.learn, seed), shots)
      await tellAtOnce(router, specialists, examples)
      found.push(accuracyOf(router, specialists, requests.judged))
    }
    figures.push({ goal: 'G1c', name, value: mean(found), unit: '%', ...bounds })
  }
  return figures
}

/** The first so many of each intent. */
export function someOfEach(requests: readonly LabelledRequest[], shots: number): LabelledRequest[] {
  const taken = new Map<string, number>()
  return requests.filter(({ intent }) => {
    const count = (taken.get(intent) ?? 0) + 1
    taken.set(intent, count)
    return count <= shots
  })
}
