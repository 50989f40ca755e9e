import type { WorkspaceId } from '../../storage/records.ts'
import type { SlackCalls } from './slack-calls.ts'

export interface PersonZonesOptions {
  readonly callsOf: (workspaceId: WorkspaceId) => Promise<Pick<SlackCalls, 'call'>>
  /** The zone of the workspace, where Slack does not say the person's. */
  readonly otherwise: (workspaceId: WorkspaceId) => Promise<string>
  readonly nowMs: () => number
}

/** People travel, but not by the minute. */
const keptMs = 3_600_000
const maxKept = 1_000

/** The time zones that people have set in Slack. */
export class PersonZones {
  readonly #options: PersonZonesOptions
  readonly #known = new Map<string, { readonly zone: string; readonly untilMs: number }>()

  constructor(options: PersonZonesOptions) {
    this.#options = options
  }

  /** IANA name. Never fails because of Slack: whoever uses it says which zone it is. */
  readonly of = async (workspaceId: WorkspaceId, userId: string): Promise<string> => {
    const { otherwise, nowMs } = this.#options
    const key = `${workspaceId} ${userId}`
    const known = this.#known.get(key)
    if (known && known.untilMs > nowMs()) return known.zone
    const zone = await this.#ask(workspaceId, userId)
    if (zone === undefined) return known?.zone ?? otherwise(workspaceId)
    this.#known.delete(key)
    const oldest = this.#known.keys().next()
    if (this.#known.size >= maxKept && !oldest.done) this.#known.delete(oldest.value)
    this.#known.set(key, { zone, untilMs: nowMs() + keptMs })
    return zone
  }

  async #ask(workspaceId: WorkspaceId, userId: string): Promise<string | undefined> {
    try {
      const calls = await this.#options.callsOf(workspaceId)
      const { user } = await calls.call('users.info', { user: userId }, { attempts: 1 })
      const zone = (user as { tz?: unknown } | undefined)?.tz
      // Throws a RangeError for a name that this runtime does not know.
      return typeof zone === 'string' ? new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone : undefined
    } catch {
      return undefined
    }
  }
}
