import type { ChangeFeed } from './change-feed.ts'
import { deliveredTextOf } from './flatten-blocks.ts'
import type { MessageClock } from './message-clock.ts'
import type { MessageDraft, Reaction, StoredMessage } from './stored-message.ts'
import { Timeline } from './timeline.ts'

/** Longest `text` Slack keeps; the rest is cut off without an error (docs.slack.dev, changelog 2018-04). */
const MAX_TEXT_CHARACTERS = 40_000
const MAX_EPHEMERALS_PER_USER = 1000

/** All messages: per channel, per thread and, for ephemeral ones, per person. Every change is told to the feed. */
export class MessageBoard {
  readonly #channels = new Map<string, Timeline>()
  readonly #threads = new Map<string, Timeline>()
  readonly #ephemerals = new Map<string, Timeline>()
  readonly #clock: MessageClock
  readonly #changes: ChangeFeed
  readonly #historyLimit: number

  constructor(clock: MessageClock, changes: ChangeFeed, historyLimit: number) {
    this.#clock = clock
    this.#changes = changes
    this.#historyLimit = historyLimit
  }

  post(draft: MessageDraft): StoredMessage {
    const message = complete({ ...draft, blocks: draft.blocks ?? [] }, this.#clock.next(), [])
    if (message.ephemeralTo !== undefined) {
      this.#timeline(this.#ephemerals, message.ephemeralTo, MAX_EPHEMERALS_PER_USER).put(message)
      this.#changes.publish({ ...placeOf(message), type: 'ephemeral', user: message.ephemeralTo, message })
      return message
    }
    for (const gone of this.#timeline(this.#channels, message.channel).put(message))
      this.#threads.delete(threadKey(gone.channel, gone.ts))
    if (message.threadTs !== undefined)
      this.#timeline(this.#threads, threadKey(message.channel, message.threadTs)).put(message)
    this.#changes.publish({ ...placeOf(message), type: 'message', message })
    return message
  }

  /** Stores a changed version under the same `ts`; undefined when the message is gone. */
  change(message: StoredMessage, patch: Partial<StoredMessage>): StoredMessage | undefined {
    const home =
      message.ephemeralTo === undefined
        ? this.#channels.get(message.channel)
        : this.#ephemerals.get(message.ephemeralTo)
    const current = home?.get(message.ts)
    if (home === undefined || current === undefined) return undefined
    const changed = complete({ ...current, ...patch }, current.ts, patch.reactions ?? current.reactions)
    home.put(changed)
    if (changed.threadTs !== undefined && changed.ephemeralTo === undefined)
      this.#threads.get(threadKey(changed.channel, changed.threadTs))?.put(changed)
    const type = patch.reactions === undefined ? 'message_changed' : 'reaction'
    const onlyFor = changed.ephemeralTo === undefined ? {} : { user: changed.ephemeralTo }
    this.#changes.publish({ ...placeOf(changed), ...onlyFor, type, message: changed })
    return changed
  }

  remove(message: StoredMessage): void {
    if (message.ephemeralTo !== undefined) this.#ephemerals.get(message.ephemeralTo)?.remove(message.ts)
    else this.#channels.get(message.channel)?.remove(message.ts)
    if (message.threadTs !== undefined)
      this.#threads.get(threadKey(message.channel, message.threadTs))?.remove(message.ts)
    const onlyFor = message.ephemeralTo === undefined ? {} : { user: message.ephemeralTo }
    this.#changes.publish({ ...placeOf(message), ...onlyFor, type: 'message_deleted', ts: message.ts })
  }

  find(channel: string, ts: string): StoredMessage | undefined {
    return this.#channels.get(channel)?.get(ts)
  }

  findEphemeral(user: string, ts: string): StoredMessage | undefined {
    return this.#ephemerals.get(user)?.get(ts)
  }

  ephemerals(user: string): StoredMessage[] {
    return this.#ephemerals.get(user)?.all() ?? []
  }

  channel(channel: string): Timeline {
    return this.#timeline(this.#channels, channel)
  }

  /** The replies of a thread, without its root. */
  replies(channel: string, threadTs: string): Timeline | undefined {
    return this.#threads.get(threadKey(channel, threadTs))
  }

  /** Adds or takes away one person's emoji. @returns false when nothing changed */
  react(message: StoredMessage, user: string, name: string, isAdded: boolean): boolean {
    const current = this.find(message.channel, message.ts)
    if (current === undefined) return false
    const before = current.reactions.find((reaction) => reaction.name === name)?.users ?? []
    if (before.includes(user) === isAdded) return false
    const users = isAdded ? [...before, user] : before.filter((id) => id !== user)
    const others = current.reactions.filter((reaction) => reaction.name !== name)
    const reactions: Reaction[] = users.length === 0 ? others : [...others, { name, users, count: users.length }]
    this.change(current, { reactions })
    return true
  }

  #timeline(group: Map<string, Timeline>, key: string, limit = this.#historyLimit): Timeline {
    const known = group.get(key)
    if (known !== undefined) return known
    const made = new Timeline(limit)
    group.set(key, made)
    return made
  }
}

const threadKey = (channel: string, threadTs: string): string => `${channel}:${threadTs}`

function placeOf(message: StoredMessage): { channel: string; threadTs?: string } {
  return message.threadTs === undefined
    ? { channel: message.channel }
    : { channel: message.channel, threadTs: message.threadTs }
}

function complete(
  fields: Omit<StoredMessage, 'ts' | 'reactions' | 'deliveredText'>,
  ts: string,
  reactions: readonly Reaction[],
): StoredMessage {
  const text = fields.text.length > MAX_TEXT_CHARACTERS ? fields.text.slice(0, MAX_TEXT_CHARACTERS) : fields.text
  const cut = { ...fields, text }
  return Object.freeze({ ...cut, ts, reactions, deliveredText: deliveredTextOf(cut) })
}
