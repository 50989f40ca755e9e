import { z } from 'zod'
import { slateOf, type Candidate, type Slate } from './judge.ts'
import type { Answered, Member } from './topology.ts'

export const mostContenders = 3

export const comparisonSchema = z.strictObject({
  better: z.string().describe('A or B; none where neither is better'),
  reason: z.string().describe('What decided it, in one sentence'),
})
type Comparison = z.infer<typeof comparisonSchema>

/** Two contenders before one judge, in one of the two orders. */
export interface Match<T> {
  readonly judge: Member
  readonly pair: readonly [T, T]
  readonly slate: Slate<T>
}

/**
 * Every pair once in each order before the same judge, because a judge that favours a place is thereby held back to "none"
 * (Zheng et al. 2023, arxiv.org/abs/2306.05685, section 3.4). Two contenders meet before all judges; three make three pairs, one for
 * each judge in turn. At most two matches for each of three judges.
 */
export function drawMatches<T extends Candidate>(contenders: readonly T[], judges: readonly Member[]): readonly Match<T>[] {
  const pairs = contenders.slice(0, mostContenders).flatMap((one, at, all) => all.slice(at + 1).map((other) => [one, other] as const))
  const seated = pairs.length === 1 ? judges.map((judge) => ({ judge, pair: pairs[0] })) : pairs.map((pair, at) => ({ judge: judges[at % judges.length], pair }))
  return seated.flatMap(({ judge, pair }) => {
    if (!judge || !pair) return []
    const [one, other] = pair
    return [[one, other] as const, [other, one] as const].map((order) => ({ judge, pair, slate: slateOf(order) }))
  })
}

/** One point for each match that was won, half a point each where none was better or the judge named neither. */
export function pointsOf<T>(matches: readonly Match<T>[], answers: readonly Answered<Comparison>[]): (contender: T) => number {
  const points = new Map<T, number>()
  matches.forEach(({ pair, slate }, at) => {
    const answered = answers[at]
    if (!answered?.isThere) return
    const winner = slate.find(answered.value.better)
    for (const contender of pair) points.set(contender, (points.get(contender) ?? 0) + (winner === undefined ? 0.5 : Number(winner === contender)))
  })
  return (contender) => points.get(contender) ?? 0
}
