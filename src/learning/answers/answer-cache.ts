import type { Database, Trx } from '../../storage/database.ts'
import type { KeptAnswerStore } from '../../storage/kept-answer-store.ts'
import type { FeedbackKind, Request, RunRecord, WorkspaceId } from '../../storage/records.ts'
import type { RunStore } from '../../storage/run-store.ts'
import { questionKeyOf } from './question-key.ts'

export interface AnswerCacheDeps {
  readonly database: Database
  readonly answers: KeptAnswerStore
  readonly runs: Pick<RunStore, 'find'>
  readonly isOn: boolean
  readonly nowMs: () => number
}

/** What an answer was made with; with anything else another answer might be given. */
export interface AnswerBasis {
  /** Names the agents and models as they are configured. */
  readonly settingsBasis: string
  /** The recipe that the request follows now, as `workflow:version`; asked only when there is an answer. */
  readonly recipe: () => Promise<string>
}

/** An answer counts for so long. */
const freshMs = 24 * 3_600_000

/**
 * Answers given again to the same question. Only those that a person found good with a thumb up and nobody found fault with: that an answer
 * came is no sign that it was right, and who asks the same thing anew without having said so wants a new one.
 */
export class AnswerCache {
  readonly #deps: AnswerCacheDeps

  constructor(deps: AnswerCacheDeps) {
    this.#deps = deps
  }

  /** The run whose answer serves this request as well. */
  async find(workspaceId: WorkspaceId, request: Request, { settingsBasis, recipe }: AnswerBasis): Promise<RunRecord | undefined> {
    const { answers, runs, isOn, nowMs } = this.#deps
    const questionKey = isOn ? questionKeyOf(request) : undefined
    const runId = questionKey === undefined ? undefined : await answers.find(workspaceId, questionKey, nowMs())
    const run = runId && (await runs.find(runId))
    if (!run || !isGiven(run) || run.settingsBasis !== settingsBasis) return undefined
    return (await recipe()) === recipeOf(run) ? run : undefined
  }

  /** What a person said of an answer, in the transaction that keeps it: up makes it one to be given again, anything else ends that. */
  async note(trx: Trx, run: RunRecord, kind: FeedbackKind): Promise<void> {
    const { answers, isOn, nowMs } = this.#deps
    const questionKey = questionKeyOf({ ...run.request, isFresh: false })
    if (!isOn || questionKey === undefined) return
    if (kind !== 'up') return answers.drop(trx, run.workspaceId, questionKey)
    const expiresAtMs = (run.finishedAtMs ?? 0) + freshMs
    const isWorth = isGiven(run) && run.parentRunId === undefined && expiresAtMs > nowMs() && !(await answers.isDisputed(trx, run.runId)) && !(await answers.hasUsedTools(trx, run.runId))
    if (isWorth) await answers.put(trx, { workspaceId: run.workspaceId, questionKey, goalId: run.goalId ?? run.request.channelId, runId: run.runId, expiresAtMs })
  }

  /** Somebody wants a new answer: the old one is not given any more. */
  async drop({ workspaceId, request }: RunRecord): Promise<void> {
    const questionKey = questionKeyOf({ ...request, isFresh: false })
    if (questionKey !== undefined) await this.#deps.database.db.transaction().execute((trx) => this.#deps.answers.drop(trx, workspaceId, questionKey))
  }

  /** What a goal, or one of its runs, was to be remembered by is forgotten here as well. */
  forget(workspaceId: WorkspaceId, goalId: string, runId?: string): Promise<void> {
    return this.#deps.answers.forget(workspaceId, goalId, runId)
  }

  tidy(): Promise<void> {
    return this.#deps.answers.dropExpired(this.#deps.nowMs())
  }
}

/** A whole answer of one agent, and not itself one that was given again. */
const isGiven = ({ status, tier, answer, route }: RunRecord): boolean =>
  status === 'completed' && tier === 1 && answer !== undefined && answer.trim() !== '' && route !== undefined && route.layer !== 'cache' && route.swarm === undefined

export const recipeOf = ({ workflow }: Pick<RunRecord, 'workflow'>): string => (workflow === undefined ? '' : `${workflow.workflowId}:${workflow.version}`)
