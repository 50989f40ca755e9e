/** What is known when specialties are picked by words. */
export interface PickInput {
  /** How well the words of the objective point to each, 0 to 1. */
  readonly scores: readonly { readonly id: string; readonly score: number }[]
  /** In the order of the catalogue. */
  readonly specialtyIds: readonly string[]
  readonly generalistId: string
  /** Share of past work that went well, 0 to 1. */
  readonly successOf: (specialtyId: string) => number
  readonly count: number
  /** Whom somebody chose already, the best first. */
  readonly chosen?: readonly string[]
}

/** From here on a word is more than chance; the same as in routing. */
const minScore = 0.15
/** How much a record counts beside the words. */
const recordShare = 0.2
/** Who looks at anything from a side of its own, where the words point to too few; whichever of them there are. */
const broadViews = ['researcher', 'planner', 'product-manager', 'finance-analyst', 'data-analyst', 'writer', 'software-engineer', 'legal-reviewer', 'marketer', 'support', 'designer']

/**
 * As many specialties as there are seats: those that were chosen, those the words point to, the best first, then views that say something on
 * anything, then all again from the start.
 */
export function pickSpecialties({ scores, specialtyIds, generalistId, successOf, count, chosen = [] }: PickInput): readonly string[] {
  const known = new Set(specialtyIds)
  const weight = ({ id, score }: { readonly id: string; readonly score: number }): number => score + recordShare * successOf(id)
  const pointed = scores.filter(({ id, score }) => score >= minScore && known.has(id)).toSorted((a, b) => weight(b) - weight(a))
  const order = [...new Set([...chosen, ...pointed.map(({ id }) => id), generalistId, ...broadViews.filter((id) => known.has(id)), ...specialtyIds])].filter((id) => isPanelist(id))
  return Array.from({ length: count }, (_, at) => order[at % order.length] ?? generalistId)
}

/** A translator has no view of the matter. */
const isPanelist = (id: string): boolean => id !== 'translator'
