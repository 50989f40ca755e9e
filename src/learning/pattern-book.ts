import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Trx } from '../storage/database.ts'
import { newEntryId } from '../storage/ids.ts'
import type { PatternStore } from '../storage/pattern-store.ts'
import type { PatternRecord, RunRecord, WorkspaceId } from '../storage/records.ts'
import { PatternIndex, type PatternMatch } from './pattern-index.ts'
import { describeSignature } from './request-signature.ts'
import type { RunTrace } from './run-trace.ts'

export interface PatternBookDeps {
  readonly patterns: PatternStore
  readonly nowMs: () => number
}

/** A request as a pattern sees it. */
export type PatternRequest = Pick<RunRecord, 'runId' | 'workspaceId'> & { readonly goalId: string; readonly text: string; readonly trace?: RunTrace }

const maxExamples = 12
const maxExampleChars = 500
const maxTitleChars = 120
/** Goals whose patterns are kept in memory, and how long before other processes' changes are looked for. */
const maxGoals = 200
const keptMs = 5_000
/** About 5 ms of work. */
const patternsATurn = 10

interface GoalPatterns {
  readonly index: PatternIndex
  readonly untilMs: number
}

/** Which class of requests a request belongs to, within its goal. */
export class PatternBook {
  readonly #deps: PatternBookDeps
  readonly #goals = new Map<string, Promise<GoalPatterns>>()

  constructor(deps: PatternBookDeps) {
    this.#deps = deps
  }

  /** The pattern that a new request is taken for; undefined where that is not sure. */
  async recognise(workspaceId: WorkspaceId, goalId: string, text: string): Promise<PatternMatch | undefined> {
    return (await this.#open(workspaceId, goalId)).index.recognise(text)
  }

  /** The pattern that an ended run belongs to, if it belongs to one. @param trace what it did, where that is known */
  async match(workspaceId: WorkspaceId, goalId: string, text: string, trace?: RunTrace): Promise<PatternMatch | undefined> {
    return (await this.#open(workspaceId, goalId)).index.match(text, trace)
  }

  /**
   * Puts a request into the pattern that it fits, as an example more, or makes a pattern of it.
   * @param match what {@link match} found before the transaction, inside which it must not be asked
   */
  async assign(trx: Trx, request: PatternRequest, match: PatternMatch | undefined): Promise<PatternRecord> {
    const { workspaceId, goalId, runId, trace } = request
    const text = request.text.slice(0, maxExampleChars).toWellFormed()
    const example = { runId, text, ...(trace && trace.length > 0 ? { trace } : {}) }
    const atMs = this.#deps.nowMs()
    const known = match && (await this.#deps.patterns.change(trx, match.patternId, (pattern) => ({ ...pattern, examples: addExample(pattern, example), runs: pattern.runs + 1, lastSeenAtMs: atMs })))
    if (known) return known
    const pattern: PatternRecord = {
      patternId: newEntryId(),
      workspaceId,
      goalId,
      title: describeSignature(text).slice(0, maxTitleChars).toWellFormed() || '(no words)',
      state: 'learning',
      examples: [example],
      outcomes: [],
      workflowId: undefined,
      runs: 1,
      createdAtMs: atMs,
      lastSeenAtMs: atMs,
    }
    await this.#deps.patterns.insert(trx, pattern)
    return pattern
  }

  /** After the transaction that changed a pattern: requests of this process see it at once. */
  async note(pattern: PatternRecord): Promise<void> {
    const goal = await this.#goals.get(keyOf(pattern.workspaceId, pattern.goalId))?.catch(() => undefined)
    goal?.index.put(pattern)
  }

  #open(workspaceId: WorkspaceId, goalId: string): Promise<GoalPatterns> {
    const { nowMs } = this.#deps
    const key = keyOf(workspaceId, goalId)
    const known = this.#goals.get(key)
    const goal = known ? known.then((found) => (found.untilMs > nowMs() ? found : this.#read(workspaceId, goalId, found.index))) : this.#read(workspaceId, goalId, new PatternIndex())
    goal.catch(() => this.#goals.delete(key))
    this.#goals.delete(key)
    const oldest = this.#goals.keys().next()
    if (this.#goals.size >= maxGoals && !oldest.done) this.#goals.delete(oldest.value)
    this.#goals.set(key, goal)
    return goal
  }

  /** Brings an index up to what is stored, in turns of the event loop. */
  async #read(workspaceId: WorkspaceId, goalId: string, index: PatternIndex): Promise<GoalPatterns> {
    const stored = await this.#deps.patterns.listGoal(workspaceId, goalId)
    const kept = new Set(stored.map(({ patternId }) => patternId))
    for (const patternId of index.patternIds) if (!kept.has(patternId)) index.put({ patternId, examples: [] })
    for (const [at, pattern] of stored.entries()) {
      if (at % patternsATurn === patternsATurn - 1) await nextTurn()
      index.put(pattern)
    }
    return { index, untilMs: this.#deps.nowMs() + keptMs }
  }
}

const keyOf = (workspaceId: string, goalId: string): string => `${workspaceId} ${goalId}`

const addExample = ({ examples }: PatternRecord, example: PatternRecord['examples'][number]): PatternRecord['examples'] =>
  examples.some(({ runId }) => runId === example.runId) ? examples : [...examples, example].slice(-maxExamples)
