import type { EndedRun, FormerCost } from '../../storage/ended-runs.ts'
import type { StoredEvent } from '../../storage/event-log.ts'
import type { Bump, CountedEvent } from '../../storage/stat-store.ts'
import { bucketOf } from './latency-buckets.ts'

/** The events that are counted. */
export const countedEvents = [
  'workflow_completed',
  'workflow_failed',
  'workflow_cancelled',
  'agent_spawned',
  'pattern_recognized',
  'automation_created',
  'automation_rolled_back',
  'feedback_received',
] as const

/**
 * What is counted, by day. Of `cost` and `saved` the total is money, of `stage` it is ms.
 * - `ended`: runs by status. `done` and `lost`: by specialty, answered in full or not; a run that was stopped is neither.
 * - `answer`: answered runs whose price is known, with it. `routed`: answered runs by the layer that decided.
 * - `latency`: answers of one agent by duration bucket, from the request on, without what they waited for people. `swarm_latency`: of swarms.
 * - `automated`: runs that a recipe routed, by how they ended: `done` or `lost`; `rejected`: thumbs down and corrections on such.
 * - `saved`: of such runs, what they cost less than the mean of earlier runs of their pattern did; of answers given again, what they had cost.
 * - `up`, `down`: thumbs by specialty; `remark`: other feedback by kind.
 * - `stage`: where the time of one agent's answers went: `queue`, `model`, `person`, `rest`.
 */
export type Measure = 'ended' | 'done' | 'lost' | 'answer' | 'routed' | 'latency' | 'swarm_latency' | 'automated' | 'saved' | 'up' | 'down' | 'remark' | 'stage' | 'spawned' | 'pattern' | 'automation' | 'rolled_back'

/** What is known of the event's run, and when the event was. */
export interface EventFacts {
  readonly day: string
  readonly run: EndedRun | undefined
  /** Unset where there is nothing to compare with. */
  readonly before: FormerCost | undefined
}

/** Fewer former runs say too little of what a run would have cost. */
export const formerRunsNeeded = 3
const hourMs = 3_600_000
const fullTier = 1

/** What one event adds to the counts. */
export function countEvent(event: StoredEvent, { day, run, before }: EventFacts): CountedEvent {
  const { workspaceId, seq, type, atMs } = event
  const bump = (measure: Measure, subject = '', total = 0, count = 1): Bump => ({ workspaceId, day, measure, subject, count, total })
  const once = simple[type]
  if (once) return { seq, days: [bump(once)], hours: [] }
  if (type === 'feedback_received') return { seq, days: countFeedback(event, run, bump), hours: [] }
  // One that goes again since then counts when it ends.
  if (type !== `workflow_${run?.status}` || !run) return { seq, days: [], hours: [] }
  // A part is work of the run it belongs to, not a request of its own.
  const hour = { workspaceId, hourMs: Math.floor(atMs / hourMs) * hourMs, runs: run.isPart ? 0 : 1, costMicroUsd: run.costMicroUsd ?? 0 }
  return { seq, days: countRun(run, before, bump), hours: [hour] }
}

const simple: Readonly<Record<string, Measure>> = { agent_spawned: 'spawned', pattern_recognized: 'pattern', automation_created: 'automation', automation_rolled_back: 'rolled_back' }

type MakeBump = (measure: Measure, subject?: string, total?: number, count?: number) => Bump

function countRun(run: EndedRun, before: FormerCost | undefined, bump: MakeBump): Bump[] {
  const { status, specialtyId, layer, tier, costMicroUsd, isSwarm } = run
  const isDone = status === 'completed' && (tier ?? fullTier) === fullTier
  const isCounted = status !== 'cancelled' && specialtyId !== undefined
  const isAutomated = isCounted && layer === 'automation'
  // What an answer cost that is given again is known, not a mean of alike ones.
  const isCompared = layer === 'cache' || (isAutomated && before !== undefined && before.runs >= formerRunsNeeded)
  const saved = isCompared && isDone && costMicroUsd !== undefined && before ? before.meanMicroUsd - costMicroUsd : undefined
  return [
    bump('ended', status),
    ...(isCounted ? [bump(isDone ? 'done' : 'lost', specialtyId)] : []),
    ...(status === 'completed' && layer !== undefined ? [bump('routed', layer)] : []),
    ...(isDone && costMicroUsd !== undefined && specialtyId !== undefined ? [bump('answer', '', costMicroUsd)] : []),
    ...(isAutomated ? [bump('automated', isDone ? 'done' : 'lost')] : []),
    ...(saved === undefined ? [] : [bump('saved', '', saved)]),
    ...(isDone && !run.isPart && specialtyId !== undefined ? [bump(isSwarm ? 'swarm_latency' : 'latency', bucketOf(run.finishedAtMs - run.createdAtMs - run.waitedMs))] : []),
    ...(isDone && !run.isPart && !isSwarm && specialtyId !== undefined ? countStages(run, bump) : []),
  ]
}

function countStages({ createdAtMs, startedAtMs, finishedAtMs, waitedMs, modelMs }: EndedRun, bump: MakeBump): Bump[] {
  const queue = Math.max(0, startedAtMs - createdAtMs)
  const atWork = Math.max(0, finishedAtMs - startedAtMs - waitedMs)
  // Colleagues work side by side: their calls may add up to more than the time there was.
  const model = Math.min(modelMs, atWork)
  return [bump('stage', 'queue', queue), bump('stage', 'model', model), bump('stage', 'person', waitedMs), bump('stage', 'rest', atWork - model)]
}

function countFeedback({ payload }: StoredEvent, run: EndedRun | undefined, bump: MakeBump): Bump[] {
  const { kind, state } = payload
  if (state === 'reworded') return []
  const specialtyId = run?.specialtyId ?? ''
  const isAutomated = run?.layer === 'automation'
  if (kind === 'up' || kind === 'down') {
    const other = kind === 'up' ? 'down' : 'up'
    const hasChanged = state === 'changed'
    const rejected = kind === 'down' ? 1 : hasChanged ? -1 : 0
    return [bump(kind, specialtyId), ...(hasChanged ? [bump(other, specialtyId, 0, -1)] : []), ...(isAutomated && rejected !== 0 ? [bump('automated', 'rejected', 0, rejected)] : [])]
  }
  return [bump('remark', String(kind)), ...(isAutomated && kind === 'correction' ? [bump('automated', 'rejected')] : [])]
}
