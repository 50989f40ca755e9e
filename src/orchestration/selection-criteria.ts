/** The six things a candidate is judged by; each scored 0 to 1, where 0.5 says that nothing is known. */
export const criteria = [
  'specialtyMatch',
  'contextRelevance',
  'pastPerformance',
  'resourceAvailability',
  'costEfficiency',
  'userPreference',
] as const

export type Criterion = (typeof criteria)[number]
export type CriteriaScores = Readonly<Record<Criterion, number>>

/** How much each criterion says; only their proportions matter. */
export type CriteriaWeights = CriteriaScores

/** What the request is about comes first: the rest only decides between candidates that fit about equally. */
export const defaultWeights: CriteriaWeights = {
  specialtyMatch: 0.6,
  contextRelevance: 0.12,
  pastPerformance: 0.1,
  resourceAvailability: 0.06,
  costEfficiency: 0.04,
  userPreference: 0.08,
}

/** What is known of one candidate when a request comes. */
export interface CandidateFacts {
  readonly id: string
  /** How well the request's words (or a model's decision) point to it, 0 to 1. */
  readonly match: number
  /** How well the thread so far points to it, 0 to 1. */
  readonly contextMatch: number
  readonly isThreadsOwn: boolean
  /** Share of runs that ended well and were liked, 0 to 1, with how many runs say so. */
  readonly success: number
  readonly runs: number
  /** Work under way and how much is possible at once. */
  readonly load: number
  readonly capacity: number
  /** Mean cost of its runs; undefined before the first. */
  readonly meanCostMicroUsd: number | undefined
  /** Thumbs and corrections of this very person. */
  readonly likes: number
  readonly dislikes: number
}

export interface ScoredCandidate {
  readonly id: string
  readonly scores: CriteriaScores
  /** Weighted mean of the scores, 0 to 1. */
  readonly total: number
}

/** Runs that a prior of 0.5 is worth: a single failure must not condemn an agent. */
const priorRuns = 8
/** Thumbs that indifference is worth. */
const priorThumbs = 3
/** Totals this close are a tie, broken by load, then by price, then by the catalogue's order. */
const nearTie = 0.01

/** Scores every candidate and sorts them, best first. Greedy: in measured comparisons exploring lost (see docs of the learner). */
export function scoreCandidates(facts: readonly CandidateFacts[], weights: CriteriaWeights = defaultWeights): ScoredCandidate[] {
  const dearest = Math.max(0, ...facts.map(({ meanCostMicroUsd = 0 }) => meanCostMicroUsd))
  const scored = facts.map((fact) => ({ fact, ...scoreOne(fact, dearest, weights) }))
  scored.sort((a, b) => b.total - a.total)
  // Sorting by a tolerance is not transitive, so only the lead is settled among those near it.
  const [best] = scored
  if (best) {
    const near = scored.filter(({ total }) => best.total - total < nearTie)
    const lead = near.toSorted((a, b) => loadOf(a.fact) - loadOf(b.fact) || (a.fact.meanCostMicroUsd ?? 0) - (b.fact.meanCostMicroUsd ?? 0))[0]
    if (lead && lead !== best) scored.unshift(...scored.splice(scored.indexOf(lead), 1))
  }
  return scored.map(({ id, scores, total }) => ({ id, scores, total }))
}

const loadOf = ({ load, capacity }: CandidateFacts): number => (capacity > 0 ? load / capacity : 1)

function scoreOne(fact: CandidateFacts, dearestMicroUsd: number, weights: CriteriaWeights): ScoredCandidate {
  const scores: CriteriaScores = {
    specialtyMatch: clamp(fact.match),
    contextRelevance: fact.isThreadsOwn ? 1 : clamp(fact.contextMatch),
    pastPerformance: clamp((fact.success * fact.runs + 0.5 * priorRuns) / (fact.runs + priorRuns)),
    resourceAvailability: clamp(1 - loadOf(fact)),
    costEfficiency: fact.meanCostMicroUsd === undefined || dearestMicroUsd === 0 ? 0.5 : clamp(1 - fact.meanCostMicroUsd / dearestMicroUsd / 2),
    userPreference: clamp((fact.likes + 0.5 * priorThumbs) / (fact.likes + fact.dislikes + priorThumbs)),
  }
  const sum = criteria.reduce((total, name) => total + weights[name], 0)
  const total = criteria.reduce((weighted, name) => weighted + weights[name] * scores[name], 0) / (sum || 1)
  return { id: fact.id, scores, total }
}

const clamp = (value: number): number => Math.min(1, Math.max(0, Number.isFinite(value) ? value : 0))
