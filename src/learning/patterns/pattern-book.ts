import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Database, Trx } from '../../storage/database.ts'
import { newEntryId } from '../../storage/ids.ts'
import type { PatternStore } from '../../storage/pattern-store.ts'
import type { PatternRecord, RunRecord, WorkspaceId } from '../../storage/records.ts'
import { addExample, maxExampleChars } from './pattern-examples.ts'
import { PatternIndex, type MatchReason, type PatternMatch } from './pattern-index.ts'
import { titleOf } from './pattern-title.ts'
import type { Meaning } from '../router/meaning.ts'
import type { RunTrace } from './run-trace.ts'

export interface PatternBookDeps {
  readonly database: Pick<Database, 'db'>
  readonly patterns: PatternStore
  /** What words mean in a workspace, once it has taught that; unset: nothing is known of it. */
  readonly meaningOf?: (workspaceId: WorkspaceId) => Meaning | undefined
  readonly nowMs: () => number
}

/** A request as a pattern sees it. */
export type PatternRequest = Pick<RunRecord, 'runId' | 'workspaceId'> & { readonly goalId: string; readonly text: string; readonly trace?: RunTrace }

/** Where a request belongs: in a pattern, or in none of those that were looked at. */
export interface PatternPlace {
  readonly patternId: string | undefined
  /** Unset: it is taken as it is, whatever was begun meanwhile. */
  readonly lookedAt: ReadonlySet<string> | undefined
}

/** A pattern was begun that was not looked at. */
class PlaceOutdated extends Error {}

/** So often is looked for a place when others begin patterns at the same time; the last one is taken as it is, and what belongs together is grouped later. */
const maxLooks = 3
/** Goals whose patterns are kept in memory, and how long before other processes' changes are looked for. */
const maxGoals = 200
const keptMs = 5_000
/** About 5 ms of work each. */
const patternsATurn = 2
const examplesATurn = 15

interface GoalPatterns {
  readonly index: PatternIndex
  readonly meaning: Meaning | undefined
  /** All that were looked at; one without examples is not in the index. */
  readonly patternIds: Set<string>
  untilMs: number
}

/** Which class of requests a request belongs to, within its goal. */
export class PatternBook {
  readonly #deps: PatternBookDeps
  readonly #goals = new Map<string, Promise<GoalPatterns>>()

  constructor(deps: PatternBookDeps) {
    this.#deps = deps
  }

  /** The pattern that a new request is taken for; undefined where that is not sure. To say why takes as long again, so it is said only where it is shown. */
  async recognise(workspaceId: WorkspaceId, goalId: string, text: string): Promise<(PatternMatch & { readonly explain: () => MatchReason }) | undefined> {
    const { index } = await this.#open(workspaceId, goalId)
    const match = index.recognise(text)
    return match && { ...match, explain: () => index.explain(text, match.patternId) }
  }

  /**
   * A transaction that puts an ended run into the pattern it belongs to. It is done again where one was begun meanwhile that was not
   * looked at: two alike requests at once are of one pattern, in whatever processes.
   * @param takenFor the pattern that it was served by: it belongs there, unless it did something else than such runs do
   * @param write hands the place on to {@link assign}
   */
  async place<T>(request: Omit<PatternRequest, 'runId'>, takenFor: string | undefined, write: (trx: Trx, place: PatternPlace) => Promise<T>): Promise<T> {
    const { workspaceId, goalId } = request
    for (let look = 1; ; look += 1) {
      const place = await this.#placeOf(request, takenFor)
      try {
        return await this.#deps.database.db.transaction().execute((trx) => write(trx, look < maxLooks ? place : { ...place, lookedAt: undefined }))
      } catch (error) {
        if (!(error instanceof PlaceOutdated)) throw error
        await this.renew(workspaceId, goalId)
      }
    }
  }

  async #placeOf({ workspaceId, goalId, text, trace }: Omit<PatternRequest, 'runId'>, takenFor: string | undefined): Promise<PatternPlace> {
    const { index, patternIds } = await this.#open(workspaceId, goalId)
    const patternId = takenFor === undefined || index.speaksAgainst(takenFor, trace) ? index.match(text, trace)?.patternId : takenFor
    // Should the pattern have ended meanwhile, all are looked at again.
    return { patternId, lookedAt: new Set(patternId === undefined ? patternIds : []) }
  }

  /**
   * Puts a request into the pattern that it fits, as an example more, or makes a pattern of it.
   * @param place as {@link place} gives it
   * @param isExample false where it is only believed to be of that pattern: what is believed teaches nothing
   */
  async assign(trx: Trx, request: PatternRequest, place: PatternPlace, isExample = true): Promise<PatternRecord> {
    const { patterns, nowMs } = this.#deps
    const { workspaceId, goalId, runId, trace } = request
    const { patternId, lookedAt } = place
    const text = request.text.slice(0, maxExampleChars).toWellFormed()
    const example = { runId, text, ...(trace && trace.length > 0 ? { trace } : {}) }
    const atMs = nowMs()
    const known = patternId && (await patterns.change(trx, patternId, (pattern) => ({ ...pattern, examples: isExample ? addExample(pattern.examples, example) : pattern.examples, runs: pattern.runs + 1, lastSeenAtMs: atMs })))
    if (known) return known
    if (lookedAt && (await patterns.holdGoal(trx, request)).some((one) => !lookedAt.has(one))) throw new PlaceOutdated()
    const pattern: PatternRecord = {
      patternId: newEntryId(),
      workspaceId,
      goalId,
      title: titleOf(text),
      state: 'learning',
      examples: [example],
      outcomes: [],
      workflowId: undefined,
      runs: 1,
      createdAtMs: atMs,
      lastSeenAtMs: atMs,
    }
    await patterns.insert(trx, pattern)
    return pattern
  }

  /** After the transaction that changed a pattern: requests of this process see it at once. */
  async note(pattern: PatternRecord): Promise<void> {
    const goal = await this.#goals.get(keyOf(pattern.workspaceId, pattern.goalId))?.catch(() => undefined)
    goal?.index.put(pattern)
    goal?.patternIds.add(pattern.patternId)
  }

  /** After many patterns of a goal were changed at once: the next question looks at what is stored. */
  async renew(workspaceId: WorkspaceId, goalId: string): Promise<void> {
    const goal = await this.#goals.get(keyOf(workspaceId, goalId))?.catch(() => undefined)
    if (goal) goal.untilMs = 0
  }

  #open(workspaceId: WorkspaceId, goalId: string): Promise<GoalPatterns> {
    const { nowMs } = this.#deps
    const key = keyOf(workspaceId, goalId)
    const known = this.#goals.get(key)
    const goal = known ? known.then((found) => (found.untilMs > nowMs() ? found : this.#read(workspaceId, goalId, found))) : this.#read(workspaceId, goalId, undefined)
    goal.catch(() => this.#goals.delete(key))
    this.#goals.delete(key)
    const oldest = this.#goals.keys().next()
    if (this.#goals.size >= maxGoals && !oldest.done) this.#goals.delete(oldest.value)
    this.#goals.set(key, goal)
    return goal
  }

  /** Brings an index up to what is stored, in turns of the event loop; another one where words have got another meaning. */
  async #read(workspaceId: WorkspaceId, goalId: string, former: GoalPatterns | undefined): Promise<GoalPatterns> {
    const stored = await this.#deps.patterns.listGoal(workspaceId, goalId)
    const meaning = this.#deps.meaningOf?.(workspaceId)
    const isFitting = former !== undefined && former.meaning === meaning
    // What groups runs was chosen without meaning.
    const index = isFitting ? former.index : new PatternIndex([], { meaning, groupsByMeaning: false })
    const kept = new Set(stored.map(({ patternId }) => patternId))
    for (const patternId of index.patternIds) if (!kept.has(patternId)) index.put({ patternId, examples: [] })
    // Oldest first: of what is learnt last, most is kept.
    for (const [at, pattern] of stored.toReversed().entries()) {
      if (at % patternsATurn === patternsATurn - 1) await nextTurn()
      index.put(pattern)
    }
    if (!isFitting) void review(index)
    return { index, meaning, patternIds: kept, untilMs: this.#deps.nowMs() + keptMs }
  }
}

/** What was told many at once is gone through once more, while it is in use already. */
async function review(index: PatternIndex): Promise<void> {
  for (let at = 0; !index.review(at, examplesATurn); at += examplesATurn) await nextTurn()
}

const keyOf = (workspaceId: string, goalId: string): string => `${workspaceId} ${goalId}`
