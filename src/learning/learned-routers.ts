import { randomUUID } from 'node:crypto'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { deserialize } from 'node:v8'
import type { Specialty } from '../agents/specialty.ts'
import type { WorkspaceId } from '../storage/records.ts'
import { lessonPageSize, type RouteLesson, type RouteLessonStore } from '../storage/route-lesson-store.ts'
import { LearnedRouter, lessonsATurn, type FormerModel, type LearnedRoute, type RouteVerdict, type Teacher } from './router/learned-router.ts'
import { meaningWith, type Meaning } from './router/meaning.ts'
import type { StoredModel } from './router/route-model.ts'
import { basisOf, cardsOf } from './router/specialist-cards.ts'

export interface LearnedRoutersOptions {
  readonly lessons: RouteLessonStore
  readonly teacher: Teacher
  readonly onError: (error: unknown) => void
}

/** A workspace at work has its router in memory; others are read again in less than a second. */
const maxKept = 20
/** Lessons kept in the store; a router remembers fewer. */
const keptLessons = 40_000

interface Kept {
  readonly router: LearnedRouter
  readonly specialties: readonly Specialty[]
  /** The last lesson it was told. */
  seq: number
  /** Ends when it has been told all that was there. */
  ready: Promise<void>
}

/** The learned routers of the workspaces. Each is made of the lessons in the store alone, so every process has the same, and a restart changes nothing. */
export class LearnedRouters {
  readonly #options: LearnedRoutersOptions
  readonly #kept = new Map<WorkspaceId, Kept>()
  #keeping: Promise<void> = Promise.resolve()
  #isClosed = false

  constructor(options: LearnedRoutersOptions) {
    this.#options = options
  }

  /**
   * What the workspace has taught about a request. Undefined where it has taught nothing yet, or when the lessons cannot be read:
   * learning never stands in the way of an answer.
   */
  async route(workspaceId: WorkspaceId, text: string, specialties: readonly Specialty[], generalistId: string): Promise<LearnedRoute | undefined> {
    const router = await this.prepare(workspaceId, specialties, generalistId)
    return router?.route(text)
  }

  /** What words mean in a workspace, as its router has learnt it; what they mean elsewhere where it has not, or is not at work here. */
  meaningOf(workspaceId: WorkspaceId): Meaning {
    return this.#kept.get(workspaceId)?.router.meaning ?? meaningWith(undefined)
  }

  /** Tells a workspace's router the lessons that are new, so that it learns before it is asked. Undefined where nobody has said anything yet. */
  async prepare(workspaceId: WorkspaceId, specialties: readonly Specialty[], generalistId: string): Promise<LearnedRouter | undefined> {
    try {
      if (!this.#kept.has(workspaceId) && !(await this.#options.lessons.hasRated(workspaceId))) return undefined
      const kept = this.#keep(workspaceId, specialties, generalistId)
      // One after the other: two readers would tell the same lesson twice.
      kept.ready = kept.ready.then(() => this.#catchUp(workspaceId, kept))
      await kept.ready
      return kept.router
    } catch (error) {
      this.#kept.delete(workspaceId)
      if (!this.#isClosed) this.#options.onError(error)
      return undefined
    }
  }

  /** Has the routers in memory taught anew what the day has brought, beside the event loop, one after the other. */
  teachTheDay(): void {
    for (const { router } of this.#kept.values()) router.teachTheDay()
  }

  /** What is being taught is given up; the next process teaches it. */
  async close(): Promise<void> {
    this.#isClosed = true
    await this.#keeping
  }

  #keep(workspaceId: WorkspaceId, specialties: readonly Specialty[], generalistId: string): Kept {
    const known = this.#kept.get(workspaceId)
    this.#kept.delete(workspaceId)
    const kept = known?.specialties === specialties ? known : this.#open(workspaceId, specialties, generalistId)
    this.#kept.set(workspaceId, kept)
    const [oldest] = this.#kept.keys()
    if (this.#kept.size > maxKept && oldest !== undefined) this.#kept.delete(oldest)
    return kept
  }

  #open(workspaceId: WorkspaceId, specialties: readonly Specialty[], generalistId: string): Kept {
    const { lessons, teacher, onError } = this.#options
    const cards = cardsOf(specialties)
    const basis = basisOf(cards, generalistId)
    const keepModel = async (bytes: Uint8Array, upTo: number): Promise<void> => {
      if (this.#isClosed) return
      await lessons.keepModel(workspaceId, randomUUID(), { basis, upTo, bytes })
      await lessons.trim(workspaceId, keptLessons)
    }
    const router = new LearnedRouter({
      teacher,
      onError: (error) => (this.#isClosed ? undefined : onError(error)),
      onTaught: (bytes, upTo) => {
        this.#keeping = this.#keeping.then(() => keepModel(bytes, upTo)).catch(onError)
      },
    })
    const kept: Kept = { router, specialties, seq: 0, ready: Promise.resolve() }
    kept.ready = (async () => {
      const stored = await lessons.readModel(workspaceId)
      const isFitting = stored?.basis === basis
      const former: FormerModel = { model: isFitting ? (deserialize(stored.bytes) as StoredModel) : undefined, upTo: stored?.upTo ?? 0 }
      // Reading, decoding and building are pieces of their own on the event loop.
      await nextTurn()
      router.registerCards(cards, generalistId, former)
      if (!stored || isFitting) return
      // The catalogue has changed: what was taught about the others is taught again.
      await this.#catchUp(workspaceId, kept)
      router.teachAnew()
    })()
    kept.ready.catch(() => {})
    return kept
  }

  async #catchUp(workspaceId: WorkspaceId, kept: Kept): Promise<void> {
    for (let isWhole = true; isWhole; ) {
      const page = await this.#options.lessons.readAfter(workspaceId, kept.seq)
      for (const [at, lesson] of page.entries()) {
        if (at % lessonsATurn === lessonsATurn - 1) await nextTurn()
        tell(kept.router, lesson)
        kept.seq = lesson.seq
      }
      isWhole = page.length >= lessonPageSize
    }
  }
}

/** Thumbs can come before the end of their run is reported: every lesson makes its run known. */
function tell(router: LearnedRouter, { seq, runId, kind, specialtyId, namedId, userId, text }: RouteLesson): void {
  router.noteRun({ runId, text, specialtyId }, seq)
  const verdict: RouteVerdict | undefined = kind === 'ended' ? undefined : kind === 'named' ? { shouldHaveBeen: namedId ?? '' } : kind
  if (verdict !== undefined) router.feedback(runId, verdict, userId, seq)
}
