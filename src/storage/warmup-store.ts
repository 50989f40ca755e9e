import { sql } from 'kysely'
import type { Database } from './database.ts'
import { newEntryId } from './ids.ts'
import { prepareQuery } from './prepared-query.ts'
import type { WorkspaceId } from './records.ts'

/** An agent that is made ready before anybody asks. */
export interface NewWarmup {
  readonly workspaceId: WorkspaceId
  readonly goalId: string
  readonly specialtyId: string
  readonly reason: string
  /** 0 to 1, as it was thought. */
  readonly chance: number
  readonly atMs: number
  /** A request until then is a hit. */
  readonly untilMs: number
}

/** How such decisions ended. */
export interface WarmupRecord {
  readonly hits: number
  readonly misses: number
  readonly open: number
  /** Hits that the stated chances promised, of those that ended; where the chances are right, it is about the hits. */
  readonly expectedHits: number
}

/** Requests are counted when they end: so long is waited before a decision without one is a miss. */
const graceMs = 30 * 60_000

export function createWarmupStore({ db }: Database) {
  return {
    /** @returns its id; undefined while one of the same kind is open */
    async open({ workspaceId, goalId, specialtyId, reason, chance, atMs, untilMs }: NewWarmup): Promise<string | undefined> {
      const warmup = { warmup_id: newEntryId(), workspace_id: workspaceId, goal_id: goalId, specialty_id: specialtyId, reason, chance, state: 'open', at_ms: atMs, until_ms: untilMs, run_id: null }
      const { numInsertedOrUpdatedRows } = await db.insertInto('warmups').values(warmup).onConflict((conflict) => conflict.doNothing()).executeTakeFirst()
      return Number(numInsertedOrUpdatedRows ?? 0) > 0 ? warmup.warmup_id : undefined
    },

    /** Takes a decision back that could not be carried out. */
    async drop(warmupId: string): Promise<void> {
      await db.deleteFrom('warmups').where('warmup_id', '=', warmupId).execute()
    },

    /** A request came: a decision that had foreseen it is a hit. */
    async hit({ workspaceId, goalId, specialtyId, runId, askedAtMs }: Hit): Promise<void> {
      await hitWarmups(db, { workspaceId, goalId, specialtyId, runId, askedAtMs })
    },

    /** Decisions whose time is over are misses. */
    async expire(nowMs: number): Promise<void> {
      await db.updateTable('warmups').set({ state: 'miss' }).where('state', '=', sql.lit('open')).where('until_ms', '<', nowMs - graceMs).execute()
    },

    async record(workspaceId: WorkspaceId, sinceMs: number): Promise<WarmupRecord> {
      const rows = await db
        .selectFrom('warmups')
        .select(({ fn }) => ['state', fn.countAll<number>().as('count'), fn.sum<number>('chance').as('chances')])
        .where('workspace_id', '=', workspaceId)
        .where('at_ms', '>=', sinceMs)
        .groupBy('state')
        .execute()
      const of = (state: string): number => Number(rows.find((row) => row.state === state)?.count ?? 0)
      const ended = rows.filter(({ state }) => state !== 'open')
      return { hits: of('hit'), misses: of('miss'), open: of('open'), expectedHits: ended.reduce((sum, { chances }) => sum + Number(chances ?? 0), 0) }
    },
  }
}

interface Hit {
  readonly workspaceId: string
  readonly goalId: string
  readonly specialtyId: string
  readonly runId: string
  readonly askedAtMs: number
}

const hitWarmups = prepareQuery((runner, { workspaceId, goalId, specialtyId, runId, askedAtMs }: Hit) =>
  runner
    .updateTable('warmups')
    .set({ state: 'hit', run_id: runId })
    .where('workspace_id', '=', workspaceId)
    .where('goal_id', '=', goalId)
    .where('specialty_id', '=', specialtyId)
    .where('state', '=', sql.lit('open'))
    .where('at_ms', '<=', askedAtMs)
    .where('until_ms', '>=', askedAtMs),
)

export type WarmupStore = ReturnType<typeof createWarmupStore>
