import type { FormerRun, HabitNote } from '../../storage/habit-store.ts'
import type { RunRecord } from '../../storage/records.ts'
import { afterSpecialty, afterWorkflow, atHour, hourOf, onWeekday } from './cues.ts'

/** What comes later is not because of what was before. */
export const followsWithinMs = 30 * 60_000
const dayMs = 24 * 3_600_000

/** The cues at which something may be foreseen when a run ends. */
export const cuesAfter = ({ route, workflow }: RunRecord): string[] => [
  ...(route ? [afterSpecialty(route.specialtyId)] : []),
  ...(workflow ? [afterWorkflow(workflow.workflowId)] : []),
]

/**
 * What an ended run shows of habits: what it came after, at which hour, and that it was there itself to be followed. A follow-up in its
 * thread is no new request, and stays with the thread's agent anyway.
 */
export function habitNotes(run: RunRecord, goalId: string, former: FormerRun | undefined): HabitNote[] {
  const { workspaceId, route, createdAtMs } = run
  if (!route || route.layer === 'thread' || run.parentRunId !== undefined) return []
  const note = (cue: string, specialtyId: string, onceSinceMs?: number): HabitNote => ({ workspaceId, goalId, cue, specialtyId, atMs: createdAtMs, ...(onceSinceMs === undefined ? {} : { onceSinceMs }) })
  const isAfter = former !== undefined && createdAtMs >= former.finishedAtMs && createdAtMs - former.finishedAtMs <= followsWithinMs
  const followed = isAfter ? [afterSpecialty(former.specialtyId), ...(former.workflowId === undefined ? [] : [afterWorkflow(former.workflowId)])] : []
  return [
    ...followed.map((cue) => note(cue, route.specialtyId)),
    ...cuesAfter(run).map((cue) => note(cue, '')),
    note(atHour(createdAtMs), route.specialtyId, hourOf(createdAtMs)),
    note(onWeekday(createdAtMs), '', Math.floor(createdAtMs / dayMs) * dayMs),
  ]
}
