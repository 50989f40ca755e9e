import { noActivity, type Activity } from './activity.ts'
import type { Message } from './wire.ts'
import type { Json } from './read-json.ts'

/** Suggested prompts above a composer. */
export interface Prompts {
  readonly title: string
  readonly prompts: readonly Json[]
}

/** What the reply bar under a message says. */
export interface Replies {
  readonly count: number
  readonly users: readonly Message[]
  readonly latestTs: string
}

const maxMessagesPerChannel = 2000
const shownRepliers = 5

/**
 * All messages this tab knows of, with the activity and prompts of each thread. Messages are replaced, never changed.
 */
export class ConversationStore {
  readonly #channels = new Map<string, Map<string, Message>>()
  readonly #activities = new Map<string, Activity>()
  readonly #prompts = new Map<string, Prompts>()

  /**
   * Takes what the workspace says stands in a channel. Replies of threads, and notices that only this tab knows, are
   * kept.
   */
  replaceChannel(channel: string, messages: readonly Message[]): void {
    this.#replace(channel, messages, (message) => !isReply(message))
  }

  /** Takes what the workspace says stands in a thread, its root included. */
  replaceThread(channel: string, threadTs: string, messages: readonly Message[]): void {
    this.#replace(channel, messages, (message) => message.ts === threadTs || message.threadTs === threadTs)
  }

  put(message: Message): void {
    const messages = this.#messagesOf(message.channel)
    messages.set(message.ts, this.#keepKnown(message))
    const oldest = messages.keys().next().value
    if (messages.size > maxMessagesPerChannel && oldest !== undefined) messages.delete(oldest)
  }

  remove(channel: string, ts: string): void {
    this.#messagesOf(channel).delete(ts)
  }

  find(channel: string, ts: string): Message | undefined {
    return this.#messagesOf(channel).get(ts)
  }

  /** Messages of the channel itself, oldest first. */
  roots(channel: string): readonly Message[] {
    return this.#select(channel, (message) => !isReply(message) || message.subtype === 'thread_broadcast')
  }

  /** The message a thread hangs on and its replies, oldest first. */
  thread(channel: string, threadTs: string): readonly Message[] {
    return this.#select(channel, (message) => message.ts === threadTs || message.threadTs === threadTs)
  }

  /** Facts of the replies of every thread in a channel; ephemeral messages do not count. */
  repliesByThread(channel: string): ReadonlyMap<string, Replies> {
    const threads = new Map<string, Message[]>()
    for (const message of this.#messagesOf(channel).values()) {
      if (!isReply(message) || message.ephemeralTo !== '') continue
      const replies = threads.get(message.threadTs)
      if (replies === undefined) threads.set(message.threadTs, [message])
      else replies.push(message)
    }
    return new Map([...threads].map(([threadTs, replies]) => [threadTs, readReplies(replies)]))
  }

  activity(channel: string, threadTs: string): Activity {
    return this.#activities.get(`${channel}/${threadTs}`) ?? noActivity
  }

  changeActivity(channel: string, threadTs: string, change: (known: Activity) => Activity): void {
    this.#activities.set(`${channel}/${threadTs}`, change(this.activity(channel, threadTs)))
  }

  prompts(channel: string, threadTs: string): Prompts | undefined {
    return this.#prompts.get(`${channel}/${threadTs}`)
  }

  setPrompts(channel: string, threadTs: string, prompts: Prompts): void {
    this.#prompts.set(`${channel}/${threadTs}`, prompts)
  }

  /** Forgets everything: another person is acting now, who may see other things. */
  clear(): void {
    this.#channels.clear()
    this.#activities.clear()
    this.#prompts.clear()
  }

  #replace(channel: string, messages: readonly Message[], isReplaced: (message: Message) => boolean): void {
    const kept = [...this.#messagesOf(channel).values()].filter(
      (message) => message.isLocal === true || !isReplaced(message),
    )
    this.#channels.set(
      channel,
      new Map([...kept, ...messages].map((message) => [message.ts, this.#keepKnown(message)])),
    )
  }

  // A message that says the same stays the same object, so that nothing draws it again under somebody's mouse.
  #keepKnown(message: Message): Message {
    const known = this.find(message.channel, message.ts)
    return known !== undefined && JSON.stringify(known) === JSON.stringify(message) ? known : message
  }

  #messagesOf(channel: string): Map<string, Message> {
    const known = this.#channels.get(channel)
    if (known !== undefined) return known
    const messages = new Map<string, Message>()
    this.#channels.set(channel, messages)
    return messages
  }

  #select(channel: string, wanted: (message: Message) => boolean): readonly Message[] {
    return [...this.#messagesOf(channel).values()].filter(wanted).toSorted((one, other) => (one.ts < other.ts ? -1 : 1))
  }
}

function isReply(message: Message): boolean {
  return message.threadTs !== '' && message.threadTs !== message.ts
}

function readReplies(replies: readonly Message[]): Replies {
  const byAuthor = new Map(replies.map((reply) => [reply.username || reply.user || reply.botId, reply]))
  const latestTs = replies.reduce((latest, reply) => (reply.ts > latest ? reply.ts : latest), '')
  return { count: replies.length, users: [...byAuthor.values()].slice(0, shownRepliers), latestTs }
}
