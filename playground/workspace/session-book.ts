import type { ChangeFeed } from './change-feed.ts'
import type { JsonObject } from './json-object.ts'

export const SESSION_STATUSES = ['active', 'processing', 'suspended', 'closed'] as const
export type SessionStatus = (typeof SESSION_STATUSES)[number]

/** The agent session of a thread: its state, its title, and the persona that shows it. */
export interface AgentSession {
  readonly status: SessionStatus
  readonly title?: string
  readonly initiator?: string
  readonly username?: string
  readonly iconEmoji?: string
  readonly iconUrl?: string
}

/** Prompts offered in a direct message, above the composer. */
export interface SuggestedPrompts {
  readonly title?: string
  readonly prompts: readonly JsonObject[]
}

const MAX_THREADS = 50_000

/**
 * Agent sessions, status lines and suggested prompts, per thread. The oldest threads go when there are more than
 * 50,000.
 */
export class SessionBook {
  readonly #sessions = new Map<string, AgentSession>()
  readonly #statusTexts = new Map<string, string>()
  readonly #prompts = new Map<string, SuggestedPrompts>()
  readonly #changes: ChangeFeed

  constructor(changes: ChangeFeed) {
    this.#changes = changes
  }

  get(channel: string, threadTs: string): AgentSession | undefined {
    return this.#sessions.get(`${channel}:${threadTs}`)
  }

  set(channel: string, threadTs: string, session: AgentSession): AgentSession {
    putBounded(this.#sessions, `${channel}:${threadTs}`, session)
    this.#changes.publish({ type: 'session', channel, threadTs, session })
    return session
  }

  statusText(channel: string, threadTs: string): string {
    return this.#statusTexts.get(`${channel}:${threadTs}`) ?? ''
  }

  setStatusText(channel: string, threadTs: string, text: string, details: JsonObject = {}): void {
    const key = `${channel}:${threadTs}`
    if (text === '' && !this.#statusTexts.delete(key)) return
    if (text !== '') putBounded(this.#statusTexts, key, text)
    this.#changes.publish({ ...details, type: 'status', channel, threadTs, text })
  }

  /** @param threadTs empty for the prompts of a whole direct message */
  prompts(channel: string, threadTs = ''): SuggestedPrompts | undefined {
    return this.#prompts.get(`${channel}:${threadTs}`)
  }

  setPrompts(channel: string, threadTs: string, prompts: SuggestedPrompts): void {
    putBounded(this.#prompts, `${channel}:${threadTs}`, prompts)
    this.#changes.publish({ ...prompts, type: 'prompts', channel, ...(threadTs === '' ? {} : { threadTs }) })
  }
}

function putBounded<T>(map: Map<string, T>, key: string, value: T): void {
  map.set(key, value)
  if (map.size <= MAX_THREADS) return
  const oldest = map.keys().next().value
  if (oldest !== undefined) map.delete(oldest)
}
