import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

/** A row of the runs table, as far as scenarios ask about it. */
export interface StoredRun {
  readonly runId: string
  readonly status: string
  readonly tier: number | undefined
  readonly answer: string | undefined
  readonly errorCode: string | undefined
  readonly cancelledBy: string | undefined
  readonly costMicroUsd: number
  readonly specialtyId: string | undefined
  readonly createdAtMs: number
  readonly startedAtMs: number | undefined
  readonly finishedAtMs: number | undefined
}

export type Table = 'accepted_keys' | 'schedules' | 'runs' | 'tasks' | 'steps' | 'posts' | 'ledger' | 'events' | 'feedback' | 'reservations' | 'memory_items' | 'memory_spaces' | 'route_lessons' | 'route_models' | 'workflow_versions' | 'workflows' | 'version_trials' | 'kept_answers' | 'proposals' | 'remedies' | 'studies' | 'event_cursors' | 'pattern_regroupings' | 'patterns'
export type Row = Readonly<Record<string, string | number | null>>

/** Looks into the data folder of an app, running or killed; never writes. */
export interface StoreReader {
  count(table: Table): number
  /** Runs of a thread, oldest first. */
  runsOf(channel: string, threadTs: string): StoredRun[]
  /** Keys of the steps that have their result. */
  finishedSteps(runId: string): string[]
  /** All rows of a table, as they are. */
  rows(table: Table): Row[]
}

export function openStoreReader(dataDir: string): StoreReader {
  const path = join(dataDir, 'murmur.db')
  const query = (sql: string, ...values: string[]): Row[] => {
    if (!existsSync(path)) return []
    // Opened anew each time: a reader that stays would hold back the log of the app under test.
    const database = new DatabaseSync(path, { readOnly: true, timeout: 2_000 })
    try {
      return database.prepare(sql).all(...values) as Row[]
    } finally {
      database.close()
    }
  }
  return {
    count: (table) => Number(query(`SELECT count(*) AS n FROM ${table}`)[0]?.['n'] ?? 0),
    runsOf: (channel, threadTs) => query('SELECT * FROM runs WHERE channel_id = ? AND thread_id = ? ORDER BY run_id', channel, threadTs).map(asRun),
    finishedSteps: (runId) => query("SELECT step_key FROM steps WHERE run_id = ? AND status = 'finished' ORDER BY at_ms", runId).map((row) => String(row['step_key'])),
    rows: (table) => query(`SELECT * FROM ${table}`),
  }
}

function asRun(row: Row): StoredRun {
  const text = (name: string) => (row[name] === null ? undefined : String(row[name]))
  const number = (name: string) => (row[name] === null ? undefined : Number(row[name]))
  return {
    runId: String(row['run_id']),
    status: String(row['status']),
    tier: number('tier'),
    answer: text('answer'),
    errorCode: text('error_code'),
    cancelledBy: text('cancelled_by'),
    costMicroUsd: Number(row['cost_micro_usd']),
    specialtyId: text('specialty_id'),
    createdAtMs: Number(row['created_at_ms']),
    startedAtMs: number('started_at_ms'),
    finishedAtMs: number('finished_at_ms'),
  }
}
