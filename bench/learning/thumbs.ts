import { mean } from '../measure/statistics.ts'
import { labelledCourses, runCourses, type Course } from './course.ts'
import type { Figure, MeasureOptions } from './figure.ts'
import { givesThumbs, isContent, type Habits } from './people.ts'

const checkpoints = [300, 1_000, 3_000, 15_000]
const quickRuns = 1_000

const pointsOf = ({ quick }: MeasureOptions): readonly number[] => checkpoints.filter((runs) => !quick || runs <= quickRuns)

/** G2, G2b, G2c: thumbs are all there is. The misroutes of a stream with labels stand beside it. */
export async function measureThumbs(options: MeasureOptions): Promise<readonly Figure[]> {
  const coursesOf = async (goal: string, habits: Habits): Promise<readonly Course[]> =>
    options.wants(goal) ? runCourses(options, { personOf: (random) => givesThumbs(habits, random), checkpoints: pointsOf(options), hasHistory: true }) : []
  const thumbs = await coursesOf('G2', {})
  const flipped = await coursesOf('G2b', { flips: 0.2 })
  const rare = await coursesOf('G2c', { rates: 0.3, flips: 0.1, corrects: 0.2 })
  const figures: Figure[] = []
  const add = (goal: string, name: string, value: number, bounds: Omit<Figure, 'goal' | 'name' | 'value' | 'unit'>, unit = 'misroutes'): void => {
    if (!Number.isNaN(value)) figures.push({ goal, name, value, unit, ...bounds })
  }
  const atMost = { atLeast: false } as const
  add('G2', 'thumbs only, 300 runs', misroutesAt(thumbs, 300), { ...atMost, aim: 55, floor: 55, naive: 230, best: 57 })
  add('G2', 'thumbs only, 1,000 runs', misroutesAt(thumbs, 1_000), { ...atMost, aim: 135, floor: 135, naive: 575, best: 144 })
  add('G2', 'thumbs only, 15,000 runs', misroutesAt(thumbs, 15_000), { ...atMost, aim: 700, floor: 820, naive: 1_910, best: 794 })
  if (thumbs.some(({ points }) => points.has(15_000))) {
    add('G2', 'of those with labels, 15,000 runs', misroutesAt(thumbs, 15_000) / misroutesAt(await labelledCourses(options), 15_000), { ...atMost, aim: 1.15, floor: 1.35, best: 1.18 }, 'times')
  }
  add('G2b', '20 % of thumbs flipped, 1,000 runs', misroutesAt(flipped, 1_000), { ...atMost, aim: 185, floor: 185, naive: 765, best: 199 })
  add('G2b', '20 % of thumbs flipped, right at the end', accuracyAt(flipped, 15_000), { aim: 94, floor: 92.8, naive: 67, best: 91.5 }, '%')
  add('G2c', '30 % rated, 10 % flipped, 20 % corrected, right at the end', accuracyAt(rare, 15_000), { aim: 94.5, floor: 92.3, best: 92.5 }, '%')
  return figures
}

const windows = [
  { from: 0, to: 100, aim: 79, floor: 75, best: 77 },
  { from: 300, to: 1_000, aim: 84, floor: 80.5, best: 81 },
  { from: 1_000, to: 3_000, aim: 87, floor: 83.3, best: 84 },
  { from: 3_000, to: 15_000, aim: 90, floor: 86.3, best: 88 },
]

/** G7: how content people are, whether they say so or not. */
export async function measureSatisfaction(options: MeasureOptions): Promise<readonly Figure[]> {
  const heard: boolean[][] = []
  await runCourses(options, {
    personOf: (random) => {
      const own: boolean[] = []
      heard.push(own)
      return isContent({ rates: 0.3, flips: 0.1 }, random, (content) => own.push(content))
    },
    checkpoints: pointsOf(options),
    hasHistory: true,
  })
  return windows.flatMap(({ from, to, ...bounds }) => {
    const window = heard.flatMap((own) => (own.length < to ? [] : own.slice(from, to)))
    return window.length === 0 ? [] : [{ goal: 'G7', name: `content, runs ${from + 1} to ${to}`, value: (100 * window.filter(Boolean).length) / window.length, unit: '%', ...bounds }]
  })
}

const misroutesAt = (courses: readonly Course[], runs: number): number => mean(courses.flatMap(({ points }) => points.get(runs)?.misroutes ?? []))
const accuracyAt = (courses: readonly Course[], runs: number): number => mean(courses.flatMap(({ points }) => points.get(runs)?.accuracy ?? []))
