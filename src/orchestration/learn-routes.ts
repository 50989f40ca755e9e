import { runIdsOf, type StoredEvent } from '../storage/event-log.ts'
import { EventReader, type EventReading } from '../storage/event-reader.ts'
import type { RunRecord, WorkspaceId } from '../storage/records.ts'
import type { RouteLesson, RouteLessonStore } from '../storage/route-lesson-store.ts'
import type { RunStore } from '../storage/run-store.ts'

export interface RouteTeacherDeps extends EventReading {
  readonly runs: Pick<RunStore, 'findAll'>
  readonly lessons: Pick<RouteLessonStore, 'add'>
  /** Told of each workspace that has new lessons. */
  readonly onLessons: (workspaceId: WorkspaceId) => void
}

/** From an event to its lesson, in ms: what comes together is read together. */
const restMs = 50
/** The router reads the beginning of a request. */
const maxTextChars = 500
/** Follow-ups are understood from their thread, which a router does not see; and an answer given again was routed by nobody. */
const untold: readonly string[] = ['thread', 'cache']

/**
 * Turns ends of runs and what people say of them into lessons for the learned router. A lesson has the number of its event, so
 * reading an event twice teaches nothing twice.
 */
export function createRouteLearner({ runs, lessons, onLessons, ...deps }: RouteTeacherDeps): EventReader {
  const handle = async (events: readonly StoredEvent[]): Promise<void> => {
    const byWorkspace = new Map<WorkspaceId, RouteLesson[]>()
    const known = await runs.findAll(runIdsOf(events))
    for (const event of events) {
      const run = known.get(event.runId ?? '')
      const lesson = run && lessonOf(event, run)
      if (lesson) byWorkspace.set(event.workspaceId, [...(byWorkspace.get(event.workspaceId) ?? []), lesson])
    }
    for (const [workspaceId, taught] of byWorkspace) {
      await lessons.add(workspaceId, taught)
      onLessons(workspaceId)
    }
  }
  return new EventReader({ ...deps, reader: 'learn-routes', types: ['workflow_completed', 'feedback_received'], restMs, handle })
}

function lessonOf({ seq, type, payload }: StoredEvent, { runId, request, route, tier }: RunRecord): RouteLesson | undefined {
  if (!route) return undefined
  const common = { seq, runId, specialtyId: route.specialtyId, text: request.text.slice(0, maxTextChars).toWellFormed(), namedId: undefined, userId: undefined }
  if (type === 'workflow_completed') {
    if (untold.includes(route.layer)) return undefined
    // What the router itself decided says nothing new when nobody objects, and what was asked for says what the person wanted.
    const isSign = tier === 1 && route.layer !== 'learned' && route.layer !== 'forced'
    return { ...common, kind: isSign ? 'done' : 'ended' }
  }
  const userId = String(payload['userId'])
  const kind = payload['kind']
  if (kind === 'correction') return { ...common, kind: 'named', userId, namedId: typeof payload['shouldHaveBeen'] === 'string' ? payload['shouldHaveBeen'] : '' }
  return (kind === 'up' || kind === 'down') && !untold.includes(route.layer) ? { ...common, kind, userId } : undefined
}
