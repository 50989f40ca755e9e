import type { KeywordScore } from '../agents/keyword-score.ts'
import type { Specialty } from '../agents/specialty.ts'
import { MurmurError } from '../errors.ts'
import type { RouteInput } from './route-request.ts'

type Choice = Pick<RouteInput, 'specialties' | 'generalistId' | 'scoreKeywords' | 'forcedSpecialtyId'>

export const capableOf = (specialties: readonly Specialty[], needs: readonly string[]): readonly Specialty[] =>
  specialties.filter(({ capabilities }) => needs.every((need) => capabilities.includes(need)))

/**
 * Leaves only those to choose among that have every capability that the request needs. Where one alone has them, nothing is
 * weighed and no model asked.
 * @throws {MurmurError} MUR_REQUEST_INVALID when nobody has them all, for example since the configuration was changed
 */
export function narrowByNeeds(choice: Choice, needs: readonly string[] = []): Choice {
  if (needs.length === 0) return choice
  const capable = capableOf(choice.specialties, needs)
  const [first] = capable
  if (!first) throw new MurmurError('MUR_REQUEST_INVALID', { wanted: `a specialist for ${needs.join(', ')}`, found: 'none who is configured', hint: 'See `/swarm agents` and ask again without `--needs`.' })
  const ids = new Set<string>(capable.map(({ id }) => id))
  const forced = choice.forcedSpecialtyId !== undefined && ids.has(choice.forcedSpecialtyId) ? choice.forcedSpecialtyId : undefined
  return {
    specialties: capable,
    generalistId: ids.has(choice.generalistId) ? choice.generalistId : first.id,
    scoreKeywords: (text): readonly KeywordScore[] => choice.scoreKeywords(text).filter(({ id }) => ids.has(id)),
    forcedSpecialtyId: forced ?? (capable.length === 1 ? first.id : undefined),
  }
}
