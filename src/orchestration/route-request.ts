import type { ChatModel } from '../agents/chat-model.ts'
import type { KeywordScore } from '../agents/keyword-score.ts'
import type { Specialty } from '../agents/specialty.ts'
import type { LearnedRoute } from '../learning/router/learned-router.ts'
import type { RouteCandidate, RouteDecision } from '../storage/records.ts'
import { askRouter } from './ask-router.ts'
import { scoreCandidates, type CandidateFacts, type CriteriaWeights, type ScoredCandidate } from './selection-criteria.ts'

/** A keyword score from which a match is more than chance; measured in test/agents/keyword-score.test.ts. */
const minKeywordScore = 0.15
/**
 * Words alone decide from this score and this lead on: measured on 82 requests it was not tuned on, 57 % are that clear
 * and all of those were right (test/orchestration/route-request.test.ts holds it), so no model is asked for them.
 */
const clearScore = 0.4
const clearLead = 0.2
/** A thread is left only when another field fits this well and its own not at all. */
const leavesThreadAt = 0.5
const stillInThreadAt = 0.1
/**
 * From this confidence on the learned router decides. Taught with 300, 1,000 and 3,000 rated texts of CLINC150's training part, it is that
 * sure of 95, 97 and 96 % of the validation part, and right in 89, 93 and 97 % of those.
 */
const minLearnedConfidence = 0.8
/**
 * Below this a request that seems to be a specialist's may belong to nobody, and others decide. Taught with CLINC150's training part and its
 * 251 outside texts, half of the outside texts of the validation part that went to a specialist no longer do (30 to 14 %), for 1 % of the others.
 */
const minBelonging = 0.95
const maxCandidates = 20
/** What an unread thread says of a field: its last lines. */
const maxContextChars = 2_000

/** What the past says of a specialty, and how busy it is. */
export type Standing = Pick<CandidateFacts, 'success' | 'runs' | 'load' | 'capacity' | 'meanCostMicroUsd' | 'likes' | 'dislikes'>

export const unknownStanding: Standing = { success: 0.5, runs: 0, load: 0, capacity: 1, meanCostMicroUsd: undefined, likes: 0, dislikes: 0 }

export interface RouteInput {
  readonly text: string
  /** What was said in the thread before, newest last; empty for a new one. */
  readonly context: string
  /** The specialty that answered last in this thread, if any. */
  readonly threadSpecialtyId: string | undefined
  /** Asked for by a person. */
  readonly forcedSpecialtyId: string | undefined
  readonly specialties: readonly Specialty[]
  readonly generalistId: string
  readonly scoreKeywords: (text: string) => readonly KeywordScore[]
  readonly standingOf: (specialtyId: string) => Standing
  /** How much each criterion says; default: as configured. */
  readonly weights?: CriteriaWeights | undefined
  /** What this workspace has taught about the request, where it has. */
  readonly learned?: LearnedRoute | undefined
  /** The cheap model that decides what words leave open; undefined when there is none. */
  readonly router: ChatModel | undefined
  /** How long it may take, its retries included; default 8 s. */
  readonly routerLimitMs?: number
  readonly signal: AbortSignal
}

/**
 * Decides which specialty handles a request, cheapest layer first: a person's wish, the thread's own agent, what was
 * learnt here, words that are clear, a structured model decision, the best by all criteria, the generalist. Always decides; a model that fails
 * only moves the decision one layer down.
 * @throws {MurmurError} MUR_RUN_CANCELLED when the run was stopped meanwhile, MUR_STORE_DOWN when the call could not be stored
 */
export async function routeRequest(input: RouteInput): Promise<RouteDecision> {
  const words = input.scoreKeywords(input.text)
  const scored = weigh(input, words)
  const ranked = scored.slice(0, maxCandidates).map(asCandidate)
  return (
    obeyWish(input, ranked) ??
    stayInThread(input, words, ranked) ??
    followLearned(input, ranked) ??
    followClearWords(words, ranked) ??
    (await followRouter(input, ranked)) ??
    followWords(words, ranked) ?? {
      specialtyId: input.generalistId,
      layer: 'generalist',
      confidence: 0,
      reason: 'Nothing in the request points to one field.',
      candidates: putFirst(ranked, input.generalistId),
    }
  )
}

/** Every specialty by the six criteria, best first. */
function weigh({ context, specialties, standingOf, scoreKeywords, threadSpecialtyId, weights }: RouteInput, words: readonly KeywordScore[]): ScoredCandidate[] {
  const matchOf = new Map<string, number>(words.map(({ id, score }) => [id, score]))
  const contextOf = new Map<string, number>(context === '' ? [] : scoreKeywords(context.slice(-maxContextChars)).map(({ id, score }) => [id, score]))
  return scoreCandidates(
    specialties.map(({ id }) => ({
      id,
      match: matchOf.get(id) ?? 0,
      contextMatch: contextOf.get(id) ?? 0,
      isThreadsOwn: id === threadSpecialtyId,
      ...standingOf(id),
    })),
    weights,
  )
}

function obeyWish({ forcedSpecialtyId, specialties }: RouteInput, candidates: readonly RouteCandidate[]): RouteDecision | undefined {
  const wanted = specialties.find(({ id }) => id === forcedSpecialtyId)
  if (!wanted) return undefined
  return { specialtyId: wanted.id, layer: 'forced', confidence: 1, reason: `The ${wanted.name} was asked for.`, candidates: putFirst(candidates, wanted.id) }
}

function stayInThread({ threadSpecialtyId, specialties }: RouteInput, words: readonly KeywordScore[], candidates: readonly RouteCandidate[]): RouteDecision | undefined {
  const own = specialties.find(({ id }) => id === threadSpecialtyId)
  if (!own) return undefined
  const [best] = words
  const ownScore = words.find(({ id }) => id === own.id)?.score ?? 0
  const hasLeft = best !== undefined && best.id !== own.id && best.score >= leavesThreadAt && ownScore <= stillInThreadAt
  if (hasLeft) return undefined
  return {
    specialtyId: own.id,
    layer: 'thread',
    confidence: 1,
    reason: `This thread is with the ${own.name}, and the request stays in its field.`,
    candidates: putFirst(candidates, own.id),
  }
}

/** What people here said of requests like this one; no model is asked. */
function followLearned({ learned, specialties, generalistId }: RouteInput, candidates: readonly RouteCandidate[]): RouteDecision | undefined {
  if (!learned || learned.confidence < minLearnedConfidence) return undefined
  if (learned.specialtyId !== generalistId && learned.belonging < minBelonging) return undefined
  const chosen = specialties.find(({ id }) => id === learned.specialtyId)
  if (!chosen) return undefined
  const { words, runs } = learned.explanation
  return {
    specialtyId: chosen.id,
    layer: 'learned',
    confidence: learned.confidence,
    reason: words.length > 0 ? `It has learnt here that these words point to this field: ${words.join(', ')}.` : 'It has learnt here that requests like this one belong to this field.',
    learnedFrom: { words, runIds: runs.map(({ runId }) => runId) },
    candidates: putFirst(candidates, chosen.id),
  }
}

/** Words that leave no doubt: no model needs to be paid to say the same. */
function followClearWords(words: readonly KeywordScore[], candidates: readonly RouteCandidate[]): RouteDecision | undefined {
  const [best, second] = words
  if (!best || best.score < clearScore || best.score - (second?.score ?? 0) < clearLead) return undefined
  return { specialtyId: best.id, layer: 'keywords', confidence: best.score, reason: 'Its words clearly point to this field.', candidates: putFirst(candidates, best.id) }
}

async function followRouter({ router, ...input }: RouteInput, candidates: readonly RouteCandidate[]): Promise<RouteDecision | undefined> {
  const choice = router && (await askRouter({ ...input, router }))
  return choice && { ...choice, layer: 'model', candidates: putFirst(candidates, choice.specialtyId) }
}

/** No model decided: the best by all criteria among those that the words point to at all. */
function followWords(words: readonly KeywordScore[], candidates: readonly RouteCandidate[]): RouteDecision | undefined {
  const pointed = new Set<string>(words.filter(({ score }) => score >= minKeywordScore).map(({ id }) => id))
  const best = candidates.find(({ specialtyId }) => pointed.has(specialtyId))
  if (!best) return undefined
  return { specialtyId: best.specialtyId, layer: 'keywords', confidence: best.score, reason: 'It fits best among the fields that the words point to.', isWeighed: true, candidates: putFirst(candidates, best.specialtyId) }
}

const asCandidate = ({ id, total, scores }: ScoredCandidate): RouteCandidate => ({
  specialtyId: id,
  score: round(total),
  criteria: Object.fromEntries(Object.entries(scores).map(([name, value]) => [name, round(value)])),
})

const round = (value: number): number => Math.round(value * 1_000) / 1_000

function putFirst(candidates: readonly RouteCandidate[], specialtyId: string): RouteCandidate[] {
  const chosen = candidates.find((candidate) => candidate.specialtyId === specialtyId) ?? { specialtyId, score: 0 }
  return [chosen, ...candidates.filter((candidate) => candidate !== chosen)].slice(0, maxCandidates)
}
