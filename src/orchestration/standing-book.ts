import type { WorkspaceId } from '../storage/records.ts'
import type { StandingStore } from '../storage/standing-store.ts'
import { unknownStanding, type Standing } from './route-request.ts'

export interface StandingBookOptions {
  readonly store: StandingStore
  /** Work of a specialty that is under way in this process, and how much is possible at once. */
  readonly loadOf: (workspaceId: WorkspaceId, specialtyId: string) => Pick<Standing, 'load' | 'capacity'>
  readonly nowMs: () => number
}

/** What the past says is read so seldom: it changes slowly, and a route must not wait for it. */
const keptMs = 30_000
const maxKept = 5_000

type Past = ReadonlyMap<string, Omit<Standing, 'load' | 'capacity'>>

/** What is known of each specialty in a workspace, and what a person thinks of it. */
export class StandingBook {
  readonly #options: StandingBookOptions
  readonly #kept = new Map<string, { readonly past: Promise<Past>; readonly untilMs: number }>()

  constructor(options: StandingBookOptions) {
    this.#options = options
  }

  async of(workspaceId: WorkspaceId, userId: string): Promise<(specialtyId: string) => Standing> {
    const past = await this.#past(workspaceId, userId)
    return (specialtyId) => ({ ...unknownStanding, ...past.get(specialtyId), ...this.#options.loadOf(workspaceId, specialtyId) })
  }

  #past(workspaceId: WorkspaceId, userId: string): Promise<Past> {
    const { store, nowMs } = this.#options
    const key = `${workspaceId} ${userId}`
    const known = this.#kept.get(key)
    if (known && known.untilMs > nowMs()) return known.past
    const past = store.standings(workspaceId, userId).then((rows) => new Map(rows.map(({ specialtyId, ...rest }) => [specialtyId, rest])))
    past.catch(() => this.#kept.delete(key))
    this.#kept.delete(key)
    const oldest = this.#kept.keys().next()
    if (this.#kept.size >= maxKept && !oldest.done) this.#kept.delete(oldest.value)
    this.#kept.set(key, { past, untilMs: nowMs() + keptMs })
    return past
  }
}
