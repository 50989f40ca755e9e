import { z } from 'zod'
import type { Slate } from './judge.ts'
import type { Member } from './topology.ts'

export const criteria = ['correctness', 'completeness', 'usefulness', 'clarity'] as const
const highestPoints = 10

const points = z.number().describe(`0 to ${highestPoints}`)

export const sheetSchema = z.strictObject({
  scores: z
    .array(
      z.strictObject({
        candidate: z.string().describe('Its letter'),
        correctness: points,
        completeness: points,
        usefulness: points,
        clarity: points,
        remark: z.string().describe('Its best point and its worst fault, in one sentence'),
      }),
    )
    .describe('One entry for each candidate'),
})
export type SheetAnswer = z.infer<typeof sheetSchema>

/** What one judge says of one candidate. */
export interface Score<T> {
  readonly judge: Member
  readonly candidate: T
  /** In the order of the criteria, 0 to 10 each. */
  readonly points: readonly number[]
  readonly remark: string
}

export interface Placed<T> {
  readonly candidate: T
  /** Median over the judges by criterion; empty where no judge has scored it. */
  readonly points: readonly number[]
  /** Mean over the criteria, 0 to 10. */
  readonly score?: number
  readonly remarks: readonly string[]
}

/** What is said of no candidate is left out, and so is what is said of one again; points are cut to their range. */
export function readSheet<T>(judge: Member, { scores }: SheetAnswer, { find }: Slate<T>): readonly Score<T>[] {
  const seen = new Set<T>()
  return scores.flatMap(({ candidate: label, remark, ...given }) => {
    const candidate = find(label)
    if (candidate === undefined || seen.has(candidate)) return []
    seen.add(candidate)
    return [{ judge, candidate, points: criteria.map((criterion) => Math.min(highestPoints, Math.max(0, given[criterion]))), remark }]
  })
}

/**
 * Joins what the judges say: by criterion the median, which one judge with a grudge or a favourite can't move far, then the
 * mean of the criteria. A judge that gives all the same points has decided nothing and would only blur what the others say,
 * so it is left out unless all judges are like that.
 * @param candidates in the order that decides between equals
 * @returns the best first; who was scored by no judge stands last
 */
export function joinScores<T>(candidates: readonly T[], scores: readonly Score<T>[]): readonly Placed<T>[] {
  const telling = scores.filter(({ judge }) => isTelling(scores.filter((score) => score.judge.id === judge.id)))
  const counted = telling.length > 0 ? telling : scores
  const placed = candidates.map((candidate) => {
    const own = counted.filter((score) => score.candidate === candidate)
    const remarks = scores.filter((score) => score.candidate === candidate && score.remark.trim() !== '').map(({ remark }) => remark.trim())
    if (own.length === 0) return { candidate, points: [], remarks }
    const medians = criteria.map((_, at) => median(own.map((score) => score.points[at] ?? 0)))
    return { candidate, points: medians, score: mean(medians), remarks }
  })
  return placed.toSorted((a, b) => (b.score ?? -1) - (a.score ?? -1))
}

/** Whom this judge holds best; undefined where two are equal. */
export function favouriteOf<T>(scores: readonly Score<T>[]): Score<T> | undefined {
  const [first, second] = scores.toSorted((a, b) => mean(b.points) - mean(a.points))
  return first && (!second || mean(first.points) > mean(second.points)) ? first : undefined
}

const isTelling = (scores: readonly Score<unknown>[]): boolean => new Set(scores.map((score) => mean(score.points))).size > 1

const mean = (numbers: readonly number[]): number => numbers.reduce((sum, number) => sum + number, 0) / numbers.length

function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b)
  const middle = sorted.slice(Math.floor((sorted.length - 1) / 2), Math.floor(sorted.length / 2) + 1)
  return mean(middle)
}
