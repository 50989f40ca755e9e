import type { WorkspaceId } from '../../storage/records.ts'
import type { SlackCalls } from './slack-calls.ts'

export interface PersonChannelsOptions {
  readonly callsOf: (workspaceId: WorkspaceId) => Promise<Pick<SlackCalls, 'call'>>
  readonly nowMs: () => number
}

/** A channel that a person is in now, as far as we see it: private ones only where we are, too. */
export interface PersonChannel {
  readonly isPublic: boolean
}

/** Who left a channel sees nothing of it after so long. */
const keptMs = 60_000
const maxKept = 500
const pageSize = 200
const maxPages = 5

/** Which channels a person is in: what they may be shown of others' work. */
export class PersonChannels {
  readonly #options: PersonChannelsOptions
  readonly #known = new Map<string, { readonly channels: ReadonlyMap<string, PersonChannel>; readonly untilMs: number }>()

  constructor(options: PersonChannelsOptions) {
    this.#options = options
  }

  /** The first 1,000 of them, by id. None where Slack does not say: in doubt nobody sees what is not theirs. */
  readonly of = async (workspaceId: WorkspaceId, userId: string): Promise<ReadonlyMap<string, PersonChannel>> => {
    const { nowMs } = this.#options
    const key = `${workspaceId} ${userId}`
    const known = this.#known.get(key)
    if (known && known.untilMs > nowMs()) return known.channels
    const channels = await this.#ask(workspaceId, userId)
    this.#known.delete(key)
    const oldest = this.#known.keys().next()
    if (this.#known.size >= maxKept && !oldest.done) this.#known.delete(oldest.value)
    this.#known.set(key, { channels, untilMs: nowMs() + keptMs })
    return channels
  }

  async #ask(workspaceId: WorkspaceId, userId: string): Promise<ReadonlyMap<string, PersonChannel>> {
    const found = new Map<string, PersonChannel>()
    try {
      const calls = await this.#options.callsOf(workspaceId)
      let cursor = ''
      for (let page = 0; page < maxPages; page++) {
        const args = { user: userId, types: 'public_channel,private_channel', exclude_archived: true, limit: pageSize, ...(cursor === '' ? {} : { cursor }) }
        const { channels, response_metadata: metadata } = await calls.call('users.conversations', args, { attempts: 1 })
        for (const { id, is_private: isPrivate } of (Array.isArray(channels) ? channels : []) as { id?: unknown; is_private?: unknown }[]) {
          if (typeof id === 'string') found.set(id, { isPublic: isPrivate === false })
        }
        const next = (metadata as { next_cursor?: unknown } | undefined)?.next_cursor
        if (typeof next !== 'string' || next === '') break
        cursor = next
      }
    } catch {
      // What was found before Slack fell silent is still true.
    }
    return found
  }
}
