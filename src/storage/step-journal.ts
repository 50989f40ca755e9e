import type { Database, Trx } from './database.ts'
import { prepareQuery, type QueryRunner } from './prepared-query.ts'
import type { RunId, WorkspaceId } from './records.ts'

/** Whose steps these are; posts made by a step are remembered under its channel. */
export interface JournalOwner {
  readonly runId: RunId
  readonly workspaceId: WorkspaceId
  readonly channelId: string
}

export interface StepOptions<T> {
  /** Asked when an earlier attempt began and left no result: did the effect take place? Its answer counts as the result. */
  readonly recover?: () => Promise<T | undefined>
  /** The message that the result posted, remembered so that later clicks find the run. */
  readonly messageIdOf?: (result: T) => string | undefined
  /** Writes that belong to the result, made in the same transaction. */
  readonly alongside?: (trx: Trx, result: T) => Promise<void>
}

type Stored = { readonly status: 'started' } | { readonly status: 'finished'; readonly result: unknown }

/**
 * The steps of one run: an effect that costs or shows is done once, over any number of restarts.
 * Results are JSON. One journal belongs to one attempt of one run and is not shared between processes.
 */
export class StepJournal {
  readonly #database: Database
  readonly #owner: JournalOwner
  readonly #steps: Map<string, Stored>
  readonly #nowMs: () => number

  constructor(database: Database, owner: JournalOwner, known: ReadonlyMap<string, Stored>, nowMs: () => number) {
    this.#database = database
    this.#owner = owner
    this.#steps = new Map(known)
    this.#nowMs = nowMs
  }

  /** True when the step has its result; asking costs nothing. */
  has(stepKey: string): boolean {
    return this.#steps.get(stepKey)?.status === 'finished'
  }

  /**
   * Runs `effect` unless a result is stored under `stepKey`, and stores what it gives.
   * A crash between effect and store is found again by `recover`; without one the effect is repeated,
   * which is right for calls that only read or that are worthless when unfinished.
   */
  async once<T>(stepKey: string, effect: () => Promise<T>, options: StepOptions<T> = {}): Promise<T> {
    const known = this.#steps.get(stepKey)
    if (known?.status === 'finished') return known.result as T
    if (known?.status === 'started') {
      const found = await options.recover?.()
      if (found !== undefined) return this.#store(stepKey, found, options)
    } else if (options.recover) {
      await this.#markStarted(stepKey)
    }
    return this.#store(stepKey, await effect(), options)
  }

  async #markStarted(stepKey: string): Promise<void> {
    await insertStarted(this.#database.db, { runId: this.#owner.runId, stepKey, atMs: this.#nowMs() })
    this.#steps.set(stepKey, { status: 'started' })
  }

  async #store<T>(stepKey: string, result: T, { messageIdOf, alongside }: StepOptions<T>): Promise<T> {
    const messageId = messageIdOf?.(result)
    const write = async (runner: QueryRunner) => {
      await writeStep(runner, { runId: this.#owner.runId, stepKey, result: JSON.stringify(result ?? null), atMs: this.#nowMs() })
      if (messageId !== undefined) await insertPost(runner, { ...this.#owner, stepKey, messageId })
    }
    if (messageId === undefined && !alongside) await write(this.#database.db)
    else {
      await this.#database.db.transaction().execute(async (trx) => {
        await write(trx)
        await alongside?.(trx, result)
      })
    }
    this.#steps.set(stepKey, { status: 'finished', result })
    return result
  }
}

const insertStarted = prepareQuery((runner, { runId, stepKey, atMs }: { runId: string; stepKey: string; atMs: number }) =>
  runner
    .insertInto('steps')
    .values({ run_id: runId, step_key: stepKey, status: 'started', result: null, at_ms: atMs })
    .onConflict((conflict) => conflict.doNothing()),
)

/** The stored result of one step, for who looks at a run from outside; undefined where there is none. */
export async function readStep(db: Database['db'], runId: RunId, stepKey: string): Promise<unknown> {
  const row = await db.selectFrom('steps').select('result').where('run_id', '=', runId).where('step_key', '=', stepKey).where('status', '=', 'finished').executeTakeFirst()
  return row ? JSON.parse(row.result ?? 'null') : undefined
}

/** Stores the result of a step; for who decides one from outside of the run, in the transaction of the decision. */
export const writeStep = prepareQuery((runner, { runId, stepKey, result, atMs }: { runId: string; stepKey: string; result: string; atMs: number }) =>
  runner
    .insertInto('steps')
    .values({ run_id: runId, step_key: stepKey, status: 'finished', result, at_ms: atMs })
    .onConflict((conflict) => conflict.columns(['run_id', 'step_key']).doUpdateSet({ status: 'finished', result, at_ms: atMs })),
)

/** Remembers whose post a message is. */
const insertPost = prepareQuery((runner, { workspaceId, channelId, messageId, runId, stepKey }: JournalOwner & { stepKey: string; messageId: string }) =>
  runner
    .insertInto('posts')
    .values({ workspace_id: workspaceId, channel_id: channelId, message_id: messageId, run_id: runId, step_key: stepKey })
    .onConflict((conflict) => conflict.doNothing()),
)

/** Opens the journal of a run. A first attempt has nothing to read back, so it reads nothing. */
export async function openJournal(database: Database, owner: JournalOwner, isFirstAttempt: boolean, nowMs: () => number): Promise<StepJournal> {
  if (isFirstAttempt) return new StepJournal(database, owner, new Map(), nowMs)
  const rows = await database.db.selectFrom('steps').select(['step_key', 'status', 'result']).where('run_id', '=', owner.runId).execute()
  const known = rows.map((row): [string, Stored] => [
    row.step_key,
    row.status === 'finished' ? { status: 'finished', result: JSON.parse(row.result ?? 'null') } : { status: 'started' },
  ])
  return new StepJournal(database, owner, new Map(known), nowMs)
}
