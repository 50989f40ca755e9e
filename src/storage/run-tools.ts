import type { Database } from './database.ts'
import { prepareQuery } from './prepared-query.ts'
import type { RunId } from './records.ts'

/** More replies of one run are not read: what it does shows in the first. */
const maxReplies = 60

/** The names of the tools that a run's models called, as often as they did, by the journal of its steps. */
export async function readToolNames(db: Database['db'], runId: RunId): Promise<string[]> {
  const { rows } = await selectReplies(db, { runId })
  return rows.flatMap(({ result }) => namesOf(JSON.parse(result ?? 'null')))
}

const selectReplies = prepareQuery((runner, { runId }: { runId: string }) =>
  runner.selectFrom('steps').select('result').where('run_id', '=', runId).where('result', 'like', '%"toolCalls":[{%').orderBy('at_ms').limit(maxReplies),
)

function namesOf(step: unknown): string[] {
  const calls = typeof step === 'object' && step !== null && 'toolCalls' in step ? step.toolCalls : undefined
  if (!Array.isArray(calls)) return []
  return calls.flatMap((call: unknown) => (typeof call === 'object' && call !== null && 'name' in call && typeof call.name === 'string' ? [call.name] : []))
}
