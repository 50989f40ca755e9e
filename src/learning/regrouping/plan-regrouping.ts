import type { PatternRecord } from '../../storage/records.ts'
import type { RunUnit } from './group-runs.ts'

/** A pattern as far as its runs are told apart; those with a workflow keep theirs. */
export type GroupedPattern = Pick<PatternRecord, 'patternId' | 'examples' | 'workflowId'>

/** What is put together or kept apart as one: an example, or all of a pattern that keeps what it has. */
export interface PatternUnit extends RunUnit {
  readonly patternId: string
  readonly runIds: readonly string[]
}

/** Who changes place when patterns are grouped anew. */
export interface Regrouping {
  /** Patterns that end, and which one takes over what is theirs. */
  readonly heirs: ReadonlyMap<string, string>
  /** Runs that go elsewhere than to their pattern or its heir. */
  readonly moves: ReadonlyMap<string, string>
  /** Patterns that begin. */
  readonly begun: readonly string[]
}

export function unitsOf(patterns: readonly GroupedPattern[]): PatternUnit[] {
  return patterns.flatMap(({ patternId, examples, workflowId }): PatternUnit[] =>
    workflowId === undefined
      ? examples.map((example) => ({ patternId, runIds: [example.runId], runs: [example] }))
      : [{ patternId, runIds: examples.map(({ runId }) => runId), runs: examples, isKept: true }],
  )
}

/**
 * Which pattern each group goes on as. A pattern that keeps what it has is its group's; any other goes on as the group with most of
 * its examples, one group each, so that as little as can be changes its name. Groups that are left begin a pattern.
 * @param groups for each unit the number of its group
 */
export function planRegrouping(units: readonly PatternUnit[], groups: ArrayLike<number>, newPatternId: () => string): Regrouping {
  const overlaps = countOverlaps(units, groups)
  const ownerOf = new Map<number, string>()
  const owners = new Set<string>()
  const begun: string[] = []
  for (const { group, patternId } of overlaps) {
    if (ownerOf.has(group) || owners.has(patternId)) continue
    ownerOf.set(group, patternId)
    owners.add(patternId)
  }
  const ownOf = (group: number): string => {
    const known = ownerOf.get(group)
    if (known !== undefined) return known
    const patternId = newPatternId()
    begun.push(patternId)
    ownerOf.set(group, patternId)
    return patternId
  }
  const heirs = new Map<string, string>()
  for (const { group, patternId } of overlaps) if (!owners.has(patternId) && !heirs.has(patternId)) heirs.set(patternId, ownOf(group))
  const moves = new Map<string, string>()
  units.forEach(({ patternId, runIds }, at) => {
    const to = ownOf(groups[at] as number)
    if (to !== (heirs.get(patternId) ?? patternId)) for (const runId of runIds) moves.set(runId, to)
  })
  return { heirs, moves, begun }
}

interface Overlap {
  readonly group: number
  readonly patternId: string
  readonly isKept: boolean
  readonly runs: number
}

/** Those that decide first come first: patterns that are kept, then the largest parts, and among equals the older pattern. */
function countOverlaps(units: readonly PatternUnit[], groups: ArrayLike<number>): Overlap[] {
  const found = new Map<string, Overlap>()
  units.forEach(({ patternId, runIds, isKept = false }, at) => {
    const group = groups[at] as number
    const key = `${group} ${patternId}`
    found.set(key, { group, patternId, isKept, runs: (found.get(key)?.runs ?? 0) + runIds.length })
  })
  return [...found.values()].toSorted((a, b) => Number(b.isKept) - Number(a.isKept) || b.runs - a.runs || (a.patternId < b.patternId ? -1 : Number(a.patternId !== b.patternId)) || a.group - b.group)
}
