import type { SpecialtyCatalogue } from '../agents/specialty-catalogue.ts'
import { LearnedRouters } from '../learning/learned-routers.ts'
import type { RunUnit } from '../learning/regrouping/group-runs.ts'
import type { LearnedRoute } from '../learning/router/learned-router.ts'
import { meaningWith, type Meaning } from '../learning/router/meaning.ts'
import { TeacherThread } from '../learning/router/teacher-thread.ts'
import { createRouteLearner } from '../orchestration/learn-routes.ts'
import type { Database } from '../storage/database.ts'
import type { EventReading } from '../storage/event-reader.ts'
import type { WorkspaceId } from '../storage/records.ts'
import { createRouteLessonStore } from '../storage/route-lesson-store.ts'
import type { RunStore } from '../storage/run-store.ts'
import type { LiveSettings } from './live-settings.ts'

export interface LearningParts {
  readonly database: Database
  readonly reading: EventReading
  readonly runs: RunStore
  readonly settings: LiveSettings
  readonly onError: (error: unknown) => void
}

/** What learns from runs, and what runs get of it. */
export interface Learning {
  /** Undefined where learning is off. */
  routeOf(catalogue: SpecialtyCatalogue): ((workspaceId: WorkspaceId, text: string) => Promise<LearnedRoute | undefined>) | undefined
  /** What words mean in a workspace, as far as it has taught that. */
  meaningOf(workspaceId: WorkspaceId): Meaning | undefined
  /** Groups runs beside the event loop; not to be asked where learning is off. */
  group(units: readonly RunUnit[]): Promise<Int32Array | undefined>
  /** To be called once a day. */
  teachTheDay(): void
  start(): void
  close(): Promise<void>
}

export function composeLearning(isOn: boolean, { database, reading, runs, settings, onError }: LearningParts): Learning {
  if (!isOn) return { routeOf: () => undefined, meaningOf: () => undefined, group: async () => undefined, teachTheDay: () => {}, start: () => {}, close: async () => {} }
  // Read before anybody waits: it takes the event loop 30 ms.
  meaningWith(undefined)
  const lessons = createRouteLessonStore(database)
  const teacher = new TeacherThread()
  const routers = new LearnedRouters({ lessons, teacher, onError })
  const prepare = async (workspaceId: WorkspaceId): Promise<void> => {
    const { catalogue } = await settings.of(workspaceId)
    await routers.prepare(workspaceId, catalogue.list(), catalogue.generalistId)
  }
  const onLessons = (workspaceId: WorkspaceId) => void prepare(workspaceId).catch(onError)
  const learner = createRouteLearner({ ...reading, runs, lessons, onLessons })
  return {
    routeOf: (catalogue) => (workspaceId, text) => routers.route(workspaceId, text, catalogue.list(), catalogue.generalistId),
    meaningOf: (workspaceId) => routers.meaningOf(workspaceId),
    group: (units) => teacher.group(units),
    teachTheDay: () => routers.teachTheDay(),
    start: () => learner.start(),
    async close() {
      await learner.close()
      await routers.close()
      await teacher.close()
    },
  }
}
