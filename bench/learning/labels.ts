import { mean } from '../measure/statistics.ts'
import { labelledCourses, runCourses, type Course } from './course.ts'
import type { Figure, MeasureOptions } from './figure.ts'
import { namesTheRight } from './people.ts'

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
  { runs: 100, aim: 86, floor: 84, naive: 49.4, best: 84.4 },
  { runs: 300, aim: 89, floor: 86, naive: 69.3, best: 88.2 },
  { runs: 1_000, aim: 93, floor: 91, naive: 87.3, best: 92.3 },
  { runs: 3_000, aim: 95.5, floor: 94, naive: 93.7, best: 95 },
  { runs: 15_000, aim: 97.5, floor: 96.5, naive: 96.8, best: 97.3 },
]
const cold: readonly Checkpoint[] = [
  { runs: 0, aim: 67, floor: 66, naive: 10, best: 67.5 },
  { runs: 100, aim: 79, floor: 76, naive: 49.4, best: 77.7 },
  { runs: 1_000, aim: 91, floor: 87, naive: 87.3, best: 90.5 },
]
/** Held-out requests may be routed so much worse than those of the validation part. */
const mostBelowValidation = 1.5
const quickRuns = 300

/** G1 with the messages that nobody rated, and G1b without: the person names the right specialist after each run. */
export async function measureLabels(options: MeasureOptions): Promise<readonly Figure[]> {
  const warmCourses = options.wants('G1') ? await labelledCourses(options) : []
  const checkpoints = cold.map(({ runs }) => runs).filter((runs) => !options.quick || runs <= quickRuns)
  const coldCourses = options.wants('G1b') ? await runCourses(options, { personOf: () => namesTheRight, checkpoints, hasHistory: false }) : []
  return [...curveOf('G1', withHistory, warmCourses), ...curveOf('G1b', cold, coldCourses)]
}

function curveOf(goal: string, checkpoints: readonly Checkpoint[], courses: readonly Course[]): Figure[] {
  const figures = checkpoints.flatMap(({ runs, ...bounds }): Figure[] => {
    const found = courses.flatMap(({ points }) => points.get(runs)?.accuracy ?? [])
    return found.length === 0 ? [] : [{ goal, name: `right after ${runs} labels`, value: mean(found), unit: '%', ...bounds }]
  })
  const below = courses.flatMap(({ points }) => points.values().toArray().flatMap(({ belowValidation }) => belowValidation ?? []))
  if (below.length === 0) return figures
  return [...figures, { goal, name: 'held-out below validation', value: mean(below), unit: 'points', atLeast: false, aim: mostBelowValidation, floor: mostBelowValidation }]
}
