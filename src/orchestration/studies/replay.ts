import type { ChatRequest } from '../../agents/chat-model.ts'
import { applyChange, instructionsOf } from '../../learning/workflows/recipe.ts'
import type { Recipe, RunRecord, VersionRecord } from '../../storage/records.ts'
import { modelFor } from '../follow-recipe.ts'
import type { RunAttempt, RunDeps } from '../run-attempt.ts'
import { randomOf } from '../swarms/seeded-random.ts'
import { judgeBlind } from './judge-blind.ts'
import { proposeGuidance } from './propose-guidance.ts'
import type { Finding, StudyDeps } from './study-deps.ts'

/** Past requests that are answered anew. */
const replayed = 4
/** Newest runs among which they are looked for. */
const lookedAt = 40
const maxRequestChars = 2_000
const shownRemarks = 10
const outputTokens = 1_000
/** A candidate has to be better by so much of ten points in the mean, and in so many of the requests. */
const margin = 0.5
const betterIn = 3
const noTools = 'You have no tools and no view of the thread now; say so where it matters.'
const baseline = 'now'

/** What is known of one candidate: its points by request. */
export type PointsByRequest = readonly ReadonlyMap<string, number>[]

export interface Winner {
  readonly id: string
  /** Means over the requests in which both were judged, 0 to 10. */
  readonly score: number
  readonly before: number
  readonly better: number
  readonly of: number
}

/**
 * Looks for guidance that makes the answers of a workflow better: a model proposes it, past requests are answered anew with it and without,
 * and a judge who knows neither scores them side by side. Nothing is posted, and no tool is called. Every call is a step in a
 * fixed order, so a restart goes on where it stood.
 */
export async function replay(deps: RunDeps, { replays, redact }: StudyDeps, attempt: RunAttempt, { recipe, workflowId, version }: VersionRecord, tried: readonly string[]): Promise<Finding | undefined> {
  const { main, router } = deps
  const { meter, signal, journal, run } = attempt
  // A swarm's answer is no single call.
  if (recipe.topology !== undefined) return undefined
  const known = await replays.requests(workflowId, version, lookedAt)
  const ids = await journal.once('replay:requests', async () => choose(known).map(({ runId }) => runId))
  const past = ids.flatMap((id) => known.find(({ runId }) => runId === id) ?? [])
  if (past.length < replayed) return undefined
  const remarks = await journal.once('replay:remarks', () => replays.remarks(workflowId, shownRemarks))
  const proposed = await proposeGuidance({ model: meter.metered('propose', router ?? main), recipe, examples: past.map(({ request, answer = '' }) => ({ request: request.text, answer })), remarks, redact, signal })
  const guidances = proposed.filter((text) => !tried.includes(text))
  if (guidances.length === 0) return undefined
  const random = randomOf(run.runId)
  const points: ReadonlyMap<string, number>[] = []
  for (const [nth, one] of past.entries()) {
    const answers = []
    for (const [at, guidance] of [undefined, ...guidances].entries()) {
      const id = guidance ?? baseline
      answers.push({ id, text: await answerAnew(deps, attempt, one, guidance === undefined ? recipe : applyChange(recipe, { addGuidance: guidance }), `replay:${nth}:${at}`) })
    }
    points.push(await judgeBlind({ model: meter.metered(`judge:${nth}`, main), request: one.request.text, answers, random, signal }))
  }
  const winner = findWinner(guidances, points)
  if (!winner) return undefined
  const { id, score, before, better, of } = winner
  return { change: { addGuidance: id }, reason: `${of} past requests were answered anew and judged blind: ${score.toFixed(1)} of 10 points with it, ${before.toFixed(1)} without, better in ${better}.` }
}

/** The newest whose text is all there was to them, each text once. */
function choose(known: readonly RunRecord[]): readonly RunRecord[] {
  const seen = new Set<string>()
  const plain = known.filter(({ request, parentRunId, answer }) => {
    const { text, files, isReply, isTextKept, swarm } = request
    const isPlain = parentRunId === undefined && files.length === 0 && !isReply && isTextKept !== true && swarm === undefined && answer !== undefined && text.length <= maxRequestChars && !seen.has(text)
    seen.add(text)
    return isPlain
  })
  return plain.slice(0, replayed)
}

async function answerAnew(deps: RunDeps, { meter, signal }: RunAttempt, { request, route }: RunRecord, recipe: Recipe, scope: string): Promise<string> {
  const { catalogue } = deps
  const id = recipe.specialtyId ?? route?.specialtyId ?? catalogue.generalistId
  const specialty = catalogue.get(catalogue.has(id) ? id : catalogue.generalistId)
  const content = [specialty.prompt, noTools, instructionsOf(recipe)].filter((part) => part !== '').join('\n\n')
  const asked: ChatRequest = { messages: [{ role: 'system', content }, { role: 'user', content: request.text }], maxOutputTokens: outputTokens, temperature: recipe.temperature ?? specialty.temperature }
  const { text } = await meter.metered(scope, modelFor(deps, recipe)).complete(asked, { signal })
  return text
}

/** The candidate with the most points, where it beats what is in force by the margin, and in most of the requests. */
export function findWinner(candidates: readonly string[], points: PointsByRequest): Winner | undefined {
  const winners = candidates.flatMap((id): Winner[] => {
    const pairs = points.flatMap((one) => {
      const [its, before] = [one.get(id), one.get(baseline)]
      return its === undefined || before === undefined ? [] : [{ its, before }]
    })
    if (pairs.length < replayed) return []
    const mean = (of: 'its' | 'before'): number => pairs.reduce((sum, pair) => sum + pair[of], 0) / pairs.length
    const better = pairs.filter(({ its, before }) => its > before).length
    const isBetter = mean('its') - mean('before') >= margin && better >= betterIn
    return isBetter ? [{ id, score: mean('its'), before: mean('before'), better, of: pairs.length }] : []
  })
  return winners.toSorted((a, b) => b.score - a.score)[0]
}
