import { addExample } from '../../src/learning/patterns/pattern-examples.ts'
import { PatternIndex, type PatternIndexOptions } from '../../src/learning/patterns/pattern-index.ts'
import { groupRuns, maxUnits, type GroupOptions } from '../../src/learning/regrouping/group-runs.ts'
import { runsUntilDue } from '../../src/learning/regrouping/regrouping-due.ts'
import { planRegrouping, unitsOf } from '../../src/learning/regrouping/plan-regrouping.ts'
import type { PatternExample, RunId, WorkflowId } from '../../src/storage/records.ts'
import type { LabelledRequest } from './requests.ts'

/** A group with fewer members is not yet a pattern that is recognised. */
const minMembers = 3

export interface PatternStreamOptions {
  readonly requests: readonly LabelledRequest[]
  readonly index: PatternIndexOptions
  /** Ended runs say what they did; the one that comes does not. */
  readonly withTraces: boolean
  /** Each request is looked up before its run. */
  readonly isWatched: boolean
  /** How the product groups runs anew, as often as it does; unset: never. */
  readonly regrouping?: GroupOptions | undefined
  /** Patterns with three members are automations, as where everything goes well: they keep what they have. */
  readonly automates?: boolean
}

/** What was said of one request before its run. */
export interface Sighting {
  /** Its kind had been there three times. */
  readonly isRepeat: boolean
  /** That it was taken for the right kind, for another one; undefined where no group was large enough. */
  readonly isRight: boolean | undefined
  readonly lead: number
  /** The same for what the product would do, which also abstains where it is not sure. */
  readonly isTakenRight: boolean | undefined
}

export interface PatternStream {
  readonly sightings: readonly Sighting[]
  readonly groups: readonly string[]
}

/** Lets requests come one by one, without labels: each is recognised by its text, and then put where its run belongs. */
export function runPatternStream({ requests, index: options, withTraces, isWatched, regrouping, automates = false }: PatternStreamOptions): PatternStream {
  const index = new PatternIndex([], options)
  let groupOf: string[] = []
  let [regrouped, since] = [0, 0]
  const seen = new Map<string, number>()
  const exampleOf = (at: number): PatternExample => ({ runId: String(at) as RunId, text: (requests[at] as LabelledRequest).text, ...(withTraces ? { trace: (requests[at] as LabelledRequest).actions } : {}) })
  const membersOf = (group: string): number[] => groupOf.flatMap((other, at) => (other === group ? [at] : []))
  const keptOf = (members: readonly number[]) => members.map(exampleOf).reduce(addExample, [] as readonly PatternExample[])
  const commonestOf = (members: readonly number[]) => commonest(members.map((at) => (requests[at] as LabelledRequest).intent))
  const sightings = requests.map((request, now): Sighting => {
    const before = seen.get(request.intent) ?? 0
    seen.set(request.intent, before + 1)
    const best = isWatched ? index.compare(request.text).find(({ patternId }) => membersOf(patternId).length >= minMembers) : undefined
    const isRight = best && commonestOf(membersOf(best.patternId)) === request.intent
    const taken = isWatched ? index.recognise(request.text) : undefined
    const takenMembers = taken ? membersOf(taken.patternId) : []
    const isTakenRight = takenMembers.length < minMembers ? undefined : commonestOf(takenMembers) === request.intent
    const group = index.match(request.text, withTraces ? request.actions : undefined)?.patternId ?? `first ${now}`
    groupOf.push(group)
    index.put({ patternId: group, examples: keptOf(membersOf(group)) })
    if (regrouping && ++since >= runsUntilDue(regrouped)) {
      const groups = Map.groupBy(groupOf.keys(), (at) => groupOf[at] as string)
      const patterns = [...groups].map(([patternId, members]) => ({ patternId, examples: keptOf(members), workflowId: automates && members.length >= minMembers ? (patternId as WorkflowId) : undefined }))
      groupOf = regroup(groupOf, patterns, regrouping, now)
      for (const { patternId } of patterns) index.put({ patternId, examples: keptOf(membersOf(patternId)) })
      for (const group of new Set(groupOf)) index.put({ patternId: group, examples: keptOf(membersOf(group)) })
      index.review()
      ;[regrouped, since] = [now + 1, 0]
    }
    return { isRepeat: before >= minMembers, isRight, lead: best?.lead ?? 0, isTakenRight }
  })
  return { sightings, groups: groupOf }
}

type Grouped = Parameters<typeof unitsOf>[0]

function regroup(groupOf: readonly string[], patterns: Grouped, options: GroupOptions, now: number): string[] {
  const units = unitsOf(patterns).slice(-maxUnits)
  let begun = 0
  const { heirs, moves } = planRegrouping(units, groupRuns(units, options) ?? [], () => `begun ${now} ${begun++}`)
  return groupOf.map((group, at) => moves.get(String(at)) ?? heirs.get(group) ?? group)
}

export interface Recall {
  /** Percent of the repeats that were recognised. */
  readonly recall: number
  /** Percent of what was recognised that was another kind. */
  readonly wrong: number
}

/** A sighting as far as a lead decides. */
type LedSighting = Omit<Sighting, 'isTakenRight'>

export function recallAt(sightings: readonly LedSighting[], minLead: number): Recall {
  const hits = sightings.filter(({ isRight, lead }) => isRight !== undefined && lead >= minLead)
  const right = hits.filter(({ isRight }) => isRight).length
  return { recall: (100 * right) / Math.max(1, sightings.filter(({ isRepeat }) => isRepeat).length), wrong: (100 * (hits.length - right)) / Math.max(1, hits.length) }
}

/** What the product recognises. */
export function recallTaken(sightings: readonly Sighting[]): Recall {
  return recallAt(sightings.map(({ isRepeat, isTakenRight }) => ({ isRepeat, isRight: isTakenRight, lead: 0 })), 0)
}

/** The lowest lead from which on at most so many percent of what is recognised are wrong. */
export function chooseLead(sightings: readonly LedSighting[], mostWrong: number): number {
  let chosen = Infinity
  let wrong = 0
  const hits = sightings.filter(({ isRight }) => isRight !== undefined).toSorted((a, b) => b.lead - a.lead)
  hits.forEach(({ isRight, lead }, at) => {
    if (!isRight) wrong++
    if ((100 * wrong) / (at + 1) <= mostWrong) chosen = lead
  })
  return chosen
}

function commonest(labels: readonly string[]): string | undefined {
  const counts = new Map<string, number>()
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1)
  return [...counts].toSorted((a, b) => b[1] - a[1])[0]?.[0]
}
