import type { NewEvent } from '../../storage/event-log.ts'
import type { PatternRecord, RunId } from '../../storage/records.ts'

/** Who did the last success of a pattern, and why such requests are to be done so; undefined where nothing went well. */
export function provenBy({ outcomes }: Pick<PatternRecord, 'outcomes'>): { readonly runId: RunId; readonly specialtyId: string; readonly reason: string } | undefined {
  const good = outcomes.filter(({ isSuccess }) => isSuccess)
  const last = good.at(-1)
  return last && { runId: last.runId, specialtyId: last.specialtyId, reason: `${good.length} requests like this went well with the same specialist.` }
}

/** Reports that a pattern has shown itself. @param runId the run that made it so */
export function recognisedEvent({ patternId, workspaceId, title, runs, outcomes }: PatternRecord, runId: RunId, atMs: number): NewEvent {
  const payload = { patternId, title, runs, evidence: outcomes.filter(({ isSuccess }) => isSuccess).map((outcome) => outcome.runId) }
  return { workspaceId, runId, type: 'pattern_recognized', payload, atMs }
}
