import { sql } from 'kysely'
import type { Database, Trx } from './database.ts'
import { prepareRows } from './prepared-query.ts'
import { agentMetrics, type AgentMetric, type Profile, type ProfileSubject, type WorkspaceId } from './records.ts'

/** One thing that was seen of an agent or a specialty. */
export interface Observation {
  readonly subject: ProfileSubject
  readonly metric: AgentMetric
  readonly value: number
}

/** After so long without anything new, what was seen counts half. */
export const profileHalfLifeMs = 14 * 24 * 3_600_000
/** Each new observation takes this from the weight of the old ones, so the last fifty or so matter. */
export const profileRetention = 0.98

/** Subjects of one read. */
const maxSubjects = 400

/**
 * Moving averages of what agents and specialties do. Old observations fade with time and with each new one:
 * `weight' = weight * 0.98 * 0.5^(days / 14) + 1`, `mean' = (mean * weight * ... + value) / weight'`; `count` never fades.
 */
export function createProfileStore({ db }: Database) {
  return {
    /** Adds observations, in one statement as long as none is for the same figure as another. */
    async observe(trx: Trx, workspaceId: WorkspaceId, observations: readonly Observation[], atMs: number): Promise<void> {
      for (const batch of batchesOf(observations)) {
        await addObservations(trx, batch.map((observation) => ({ ...observation, workspaceId, atMs })))
      }
    },

    /** Somebody changed their mind: what was observed as one value now counts as another. */
    async correct(trx: Trx, workspaceId: WorkspaceId, { subject, metric, value }: Observation, formerValue: number): Promise<void> {
      // Exact while the former observation is fresh; later it moves the mean a little too far, and never out of range.
      const moved = sql<number>`mean + ${sql.lit(value - formerValue)} / weight`
      const [low, high] = [Math.min(value, formerValue), Math.max(value, formerValue)].map((bound) => sql.lit(bound))
      await trx
        .updateTable('agent_profiles')
        .set({ mean: sql`case when ${moved} < ${low} then ${low} when ${moved} > ${high} then ${high} else ${moved} end` })
        .where('workspace_id', '=', workspaceId)
        .where('subject', '=', subject)
        .where('metric', '=', metric)
        .execute()
    },

    async read(workspaceId: WorkspaceId, subjects: readonly ProfileSubject[]): Promise<Map<ProfileSubject, Profile>> {
      const profiles = new Map<ProfileSubject, Profile>()
      if (subjects.length === 0) return profiles
      const rows = await db
        .selectFrom('agent_profiles')
        .selectAll()
        .where('workspace_id', '=', workspaceId)
        .where('subject', 'in', subjects.slice(0, maxSubjects))
        .execute()
      for (const row of rows) {
        const subject = row.subject as ProfileSubject
        if (!isMetric(row.metric)) continue
        const figure = { count: row.count, mean: row.mean, weight: row.weight, updatedAtMs: row.updated_at_ms }
        profiles.set(subject, { ...profiles.get(subject), [row.metric]: figure })
      }
      return profiles
    },
  }
}

export type ProfileStore = ReturnType<typeof createProfileStore>

const isMetric = (name: string): name is AgentMetric => agentMetrics.some((metric) => metric === name)

/** What is left of a figure's weight when a new observation comes; clocks of processes differ, so never more than before. */
const faded = sql`(agent_profiles.weight * ${sql.lit(profileRetention)} * case when excluded.updated_at_ms > agent_profiles.updated_at_ms
  then pow(0.5, cast(excluded.updated_at_ms - agent_profiles.updated_at_ms as double precision) / ${sql.lit(profileHalfLifeMs)}) else 1 end)`

interface ObservedRow extends Observation {
  readonly workspaceId: WorkspaceId
  readonly atMs: number
}

const addObservations = prepareRows((runner, rows: readonly ObservedRow[]) =>
  runner
    .insertInto('agent_profiles')
    .values(rows.map(({ workspaceId, subject, metric, value, atMs }) => ({ workspace_id: workspaceId, subject, metric, count: 1, mean: value, weight: 1, updated_at_ms: atMs })))
    .onConflict((conflict) =>
      conflict.columns(['workspace_id', 'subject', 'metric']).doUpdateSet({
        count: sql`agent_profiles.count + 1`,
        mean: sql`(agent_profiles.mean * ${faded} + excluded.mean) / (${faded} + 1)`,
        weight: sql`${faded} + 1`,
        updated_at_ms: sql`case when excluded.updated_at_ms > agent_profiles.updated_at_ms then excluded.updated_at_ms else agent_profiles.updated_at_ms end`,
      }),
    ),
)

/** Rows go in one order for everybody, so that two processes never wait for each other's; a statement has each row once. */
function batchesOf(observations: readonly Observation[]): Observation[][] {
  const batches: Map<string, Observation>[] = []
  for (const observation of observations.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1))) {
    const key = keyOf(observation)
    const free = batches.find((batch) => !batch.has(key))
    if (free) free.set(key, observation)
    else batches.push(new Map([[key, observation]]))
  }
  return batches.map((batch) => [...batch.values()])
}

const keyOf = ({ subject, metric }: Observation): string => `${subject} ${metric}`
