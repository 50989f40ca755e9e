import type { PatternRewriting } from '../../storage/pattern-store.ts'
import type { PatternExample, PatternOutcome, PatternRecord, RunId } from '../../storage/records.ts'
import { addExample } from '../patterns/pattern-examples.ts'
import { joinOutcomes, stateOf } from '../patterns/pattern-outcomes.ts'
import { titleOf } from '../patterns/pattern-title.ts'
import type { Regrouping } from './plan-regrouping.ts'

export type MergedPatterns = Pick<PatternRewriting, 'begun' | 'changed' | 'heirs' | 'moved'>

/** What comes to a pattern from others. */
interface Share {
  readonly examples: PatternExample[]
  readonly outcomes: PatternOutcome[]
  readonly moved: RunId[]
  runs: number
  lastSeenAtMs: number
}

/** The patterns that a regrouping changes, those that begin left out: what must be locked for it. */
export function touchedBy({ heirs, moves, begun }: Regrouping, units: readonly { readonly patternId: string; readonly runIds: readonly string[] }[]): readonly string[] {
  const from = units.filter(({ runIds }) => runIds.some((runId) => moves.has(runId))).map(({ patternId }) => patternId)
  return [...new Set([...heirs.keys(), ...heirs.values(), ...moves.values(), ...from]).difference(new Set(begun))]
}

/**
 * The patterns after a regrouping. One with a workflow only gains: examples to recognise by, never outcomes, so that its evidence and state stay what
 * they were. Of the others outcomes move with their runs, and their state is found anew. What came since it was planned stays with its pattern or its heir.
 * @param newest the patterns that are touched, as they are now
 * @returns undefined when one of them is gone or has become an automation since: then nothing may be changed
 */
export function mergePatterns(newest: readonly PatternRecord[], touched: readonly string[], { heirs, moves, begun }: Regrouping, nowMs: number): MergedPatterns | undefined {
  const known = new Map(newest.map((pattern) => [pattern.patternId, pattern]))
  if (touched.some((patternId) => !known.has(patternId))) return undefined
  const shares = new Map<string, Share>()
  for (const pattern of newest) {
    const stays = heirs.get(pattern.patternId) ?? pattern.patternId
    const leaving = pattern.examples.filter(({ runId }) => (moves.get(runId) ?? stays) !== pattern.patternId)
    if (pattern.workflowId !== undefined) {
      if (leaving.length > 0 || stays !== pattern.patternId) return undefined
      continue
    }
    for (const example of pattern.examples) {
      const share = shareOf(shares, moves.get(example.runId) ?? stays)
      share.examples.push(example)
      share.lastSeenAtMs = Math.max(share.lastSeenAtMs, pattern.lastSeenAtMs)
      if (!moves.has(example.runId)) continue
      share.moved.push(example.runId)
      share.runs++
    }
    for (const outcome of pattern.outcomes) shareOf(shares, moves.get(outcome.runId) ?? stays).outcomes.push(outcome)
    shareOf(shares, stays).runs += pattern.runs - pattern.examples.filter(({ runId }) => moves.has(runId)).length
  }
  const changed = newest.filter(({ patternId }) => shares.has(patternId) && !heirs.has(patternId)).map((pattern) => joined(pattern, shares.get(pattern.patternId) as Share))
  const [first] = newest
  const anew = first ? begun.map((patternId) => begin(first, patternId, shareOf(shares, patternId), nowMs)) : []
  const moved = new Map([...shares].filter(([, share]) => share.moved.length > 0).map(([patternId, share]) => [patternId, share.moved]))
  return { begun: anew, changed, heirs, moved }
}

function shareOf(shares: Map<string, Share>, patternId: string): Share {
  const known = shares.get(patternId)
  if (known) return known
  const share: Share = { examples: [], outcomes: [], moved: [], runs: 0, lastSeenAtMs: 0 }
  shares.set(patternId, share)
  return share
}

/** @param share of a pattern with a workflow what comes to it, of others all that they have from now on */
function joined(pattern: PatternRecord, share: Share): PatternRecord {
  const lastSeenAtMs = Math.max(pattern.lastSeenAtMs, share.lastSeenAtMs)
  if (pattern.workflowId !== undefined) return { ...pattern, examples: inOrder([...pattern.examples, ...share.examples]), runs: pattern.runs + share.runs, lastSeenAtMs }
  const outcomes = joinOutcomes(share.outcomes)
  return { ...pattern, examples: inOrder(share.examples), outcomes, state: stateOf('learning', outcomes), runs: share.runs, lastSeenAtMs }
}

function begin({ workspaceId, goalId }: PatternRecord, patternId: string, share: Share, nowMs: number): PatternRecord {
  const pattern = { patternId, workspaceId, goalId, title: titleOf(share.examples[0]?.text ?? ''), state: 'learning', examples: [], outcomes: [], workflowId: undefined, runs: 0, createdAtMs: nowMs, lastSeenAtMs: 0 } as const
  return joined(pattern, share)
}

/** Oldest first: an id sorts by when its run came. */
const inOrder = (examples: readonly PatternExample[]): readonly PatternExample[] => examples.toSorted((a, b) => (a.runId < b.runId ? -1 : 1)).reduce(addExample, [] as readonly PatternExample[])
