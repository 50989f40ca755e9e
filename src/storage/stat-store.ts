import { sql } from 'kysely'
import type { Database, Db, Trx } from './database.ts'
import type { WorkspaceId } from './records.ts'

/** Something to count on one day. */
export interface Bump {
  readonly workspaceId: WorkspaceId
  /** `YYYY-MM-DD` by the clock of the workspace. */
  readonly day: string
  readonly measure: string
  /** What it is counted of, such as a specialty; empty for no more than the measure. */
  readonly subject: string
  readonly count: number
  /** Micro-USD or ms. */
  readonly total: number
}

export interface HourBump {
  readonly workspaceId: WorkspaceId
  readonly hourMs: number
  readonly runs: number
  readonly costMicroUsd: number
}

/** What one event adds to the counts. */
export interface CountedEvent {
  readonly seq: number
  readonly days: readonly Bump[]
  readonly hours: readonly HourBump[]
}

export type DayCount = Omit<Bump, 'workspaceId'>
export type HourCount = Omit<HourBump, 'workspaceId'>

/** A workspace as it is now. */
export interface AgentCounts {
  /** Not retired. */
  readonly agents: number
  /** Of them, those used since the moment that was asked for. */
  readonly usedAgents: number
  readonly runsAtWork: number
}

/** Rows of one read: a quarter of days with some hundred measures each, and a quarter of hours. */
const maxDayRows = 50_000
const maxHourRows = 5_000
const progressName = 'stats'
const hourLengthMs = 3_600_000
/** A study that waited longer for its turn is not counted. */
const studyWaitMs = 7 * 24 * hourLengthMs
/** Rows of one statement. */
const putAtOnce = 50

/** Counts per day and hour of a workspace, made of its events. */
export function createStatStore({ db, traits }: Database) {
  return {
    /** Counts events, each once however often it comes; the events of one call are later than those of the calls before, or came in them. */
    async count(events: readonly CountedEvent[]): Promise<void> {
      await db.transaction().execute(async (trx) => {
        await trx.insertInto('stat_progress').values({ name: progressName, seq: 0 }).onConflict((conflict) => conflict.doNothing()).execute()
        const query = trx.selectFrom('stat_progress').select('seq').where('name', '=', progressName)
        const { seq } = await (traits.locksRows ? query.forUpdate() : query).executeTakeFirstOrThrow()
        const fresh = events.filter((event) => event.seq > seq)
        if (fresh.length === 0) return
        await putDays(trx, addUp(fresh.flatMap(({ days }) => days), dayKey))
        await putHours(trx, addUpHours(fresh.flatMap(({ hours }) => hours)))
        await trx.updateTable('stat_progress').set({ seq: Math.max(...fresh.map((event) => event.seq)) }).where('name', '=', progressName).execute()
      })
    },

    /** What was counted from a day on, a row for each day, measure and subject. */
    async daysSince(workspaceId: WorkspaceId, day: string): Promise<DayCount[]> {
      return db.selectFrom('stat_days').select(['day', 'measure', 'subject', 'count', 'total']).where('workspace_id', '=', workspaceId).where('day', '>=', day).orderBy('day').limit(maxDayRows).execute()
    },

    /** Hours in which something ended or a study was paid for, oldest first. Studies are no requests: they add money and no runs. */
    async hoursSince(workspaceId: WorkspaceId, sinceMs: number): Promise<HourCount[]> {
      const [rows, studied] = await Promise.all([
        db.selectFrom('stat_hours').select(['hour_ms', 'runs', 'cost_micro_usd']).where('workspace_id', '=', workspaceId).where('hour_ms', '>=', sinceMs).orderBy('hour_ms').limit(maxHourRows).execute(),
        studyHours(db, workspaceId, sinceMs),
      ])
      const hours = new Map(rows.map((row) => [row.hour_ms, { hourMs: row.hour_ms, runs: row.runs, costMicroUsd: row.cost_micro_usd }]))
      for (const { hourMs, costMicroUsd } of studied) {
        const known = hours.get(hourMs)
        hours.set(hourMs, { hourMs, runs: known?.runs ?? 0, costMicroUsd: (known?.costMicroUsd ?? 0) + costMicroUsd })
      }
      return [...hours.values()].toSorted((left, right) => left.hourMs - right.hourMs)
    },

    async now(workspaceId: WorkspaceId, usedSinceMs: number): Promise<AgentCounts> {
      const [agents, open] = await Promise.all([
        db
          .selectFrom('agents')
          .select(({ fn }) => [fn.countAll<number>().as('all'), fn.sum<number>(sql`case when last_used_at_ms >= ${usedSinceMs} then 1 else 0 end`).as('used')])
          .where('workspace_id', '=', workspaceId)
          .where('status', '=', 'active')
          .executeTakeFirstOrThrow(),
        // By the partial index of open tasks, however many ended ones are kept.
        db
          .selectFrom('tasks')
          .select(({ fn }) => fn.countAll<number>().as('open'))
          .where('workspace_id', '=', workspaceId)
          .where('status', 'in', [sql.lit('queued'), sql.lit('running')])
          .where('lease_owner', 'is not', null)
          .executeTakeFirstOrThrow(),
      ])
      return { agents: Number(agents.all), usedAgents: Number(agents.used ?? 0), runsAtWork: Number(open.open) }
    },
  }
}

/** What studies cost by the hour of their calls; they report no events, so nothing else counts them. */
async function studyHours(db: Db, workspaceId: WorkspaceId, sinceMs: number): Promise<Omit<HourCount, 'runs'>[]> {
  const hour = sql<number>`ledger.at_ms - ledger.at_ms % ${sql.lit(hourLengthMs)}`
  const rows = await db
    .selectFrom('studies')
    .innerJoin('ledger', 'ledger.run_id', 'studies.run_id')
    .where('studies.workspace_id', '=', workspaceId)
    .where('studies.created_at_ms', '>=', sinceMs - studyWaitMs)
    .where('ledger.at_ms', '>=', sinceMs)
    .groupBy(hour)
    .select(({ fn }) => [hour.as('hour_ms'), fn.sum<number>('ledger.amount_micro_usd').as('cost')])
    .orderBy(hour)
    .limit(maxHourRows)
    .execute()
  return rows.map((row) => ({ hourMs: Number(row.hour_ms), costMicroUsd: Number(row.cost ?? 0) }))
}

export type StatStore = ReturnType<typeof createStatStore>

const dayKey = ({ workspaceId, day, measure, subject }: Bump): string => JSON.stringify([workspaceId, day, measure, subject])

/** One row for each key, in the order of the keys, so that no two transactions wait for each other. */
function addUp(bumps: readonly Bump[], keyOf: (bump: Bump) => string): Bump[] {
  const sums = new Map<string, Bump>()
  for (const bump of bumps) {
    const known = sums.get(keyOf(bump))
    sums.set(keyOf(bump), known ? { ...known, count: known.count + bump.count, total: known.total + bump.total } : bump)
  }
  return [...sums].toSorted(([left], [right]) => (left < right ? -1 : 1)).map(([, bump]) => bump)
}

function addUpHours(bumps: readonly HourBump[]): HourBump[] {
  const sums = new Map<string, HourBump>()
  for (const bump of bumps) {
    const key = `${bump.workspaceId} ${bump.hourMs}`
    const known = sums.get(key)
    sums.set(key, known ? { ...known, runs: known.runs + bump.runs, costMicroUsd: known.costMicroUsd + bump.costMicroUsd } : bump)
  }
  return [...sums].toSorted(([left], [right]) => (left < right ? -1 : 1)).map(([, bump]) => bump)
}

async function putDays(trx: Trx, bumps: readonly Bump[]): Promise<void> {
  for (let from = 0; from < bumps.length; from += putAtOnce) {
    const rows = bumps.slice(from, from + putAtOnce).map(({ workspaceId, day, measure, subject, count, total }) => ({ workspace_id: workspaceId, day, measure, subject, count, total: Math.round(total) }))
    await trx
      .insertInto('stat_days')
      .values(rows)
      .onConflict((conflict) =>
        conflict.columns(['workspace_id', 'day', 'measure', 'subject']).doUpdateSet((row) => ({
          count: row('stat_days.count', '+', row.ref('excluded.count')),
          total: row('stat_days.total', '+', row.ref('excluded.total')),
        })),
      )
      .execute()
  }
}

async function putHours(trx: Trx, bumps: readonly HourBump[]): Promise<void> {
  for (let from = 0; from < bumps.length; from += putAtOnce) {
    const rows = bumps.slice(from, from + putAtOnce).map(({ workspaceId, hourMs, runs, costMicroUsd }) => ({ workspace_id: workspaceId, hour_ms: hourMs, runs, cost_micro_usd: costMicroUsd }))
    await trx
      .insertInto('stat_hours')
      .values(rows)
      .onConflict((conflict) =>
        conflict.columns(['workspace_id', 'hour_ms']).doUpdateSet((row) => ({
          runs: row('stat_hours.runs', '+', row.ref('excluded.runs')),
          cost_micro_usd: row('stat_hours.cost_micro_usd', '+', row.ref('excluded.cost_micro_usd')),
        })),
      )
      .execute()
  }
}
