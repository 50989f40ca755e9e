import { randomUUID } from 'node:crypto'
import { Redis } from 'ioredis'
import type { BusTopic, ProcessBus } from './process-bus.ts'

export interface RedisLinkOptions {
  readonly url: string
  /** Before every key and channel; an installation has a Redis database of its own, so only tests give one. */
  readonly prefix?: string
  readonly onError: (error: unknown) => void
  /** How often Redis is asked whether it is there. */
  readonly pingMs?: number
  /** A command that takes longer counts as lost, and Redis as down. */
  readonly commandTimeoutMs?: number
}

const longestReconnectMs = 2_000
/** Lines of a client that has nothing to say come with each ping; a connection that is silent for longer is cut, half-open ones too. */
const silenceMs = 15_000

type Listener = (text: string) => void

/**
 * The connections to Redis and whether it answers. Nothing is promised through it: whoever uses it has another way when
 * {@link isUp} is false, which may be from the start and for ever.
 */
export class RedisLink implements ProcessBus {
  readonly prefix: string
  /** Fails at once when Redis is down, and within the time of a command when it does not answer. */
  readonly commands: Redis
  readonly #options: Required<RedisLinkOptions>
  readonly #name = randomUUID()
  readonly #hearing: Redis
  readonly #others: Redis[] = []
  readonly #topics = new Map<string, Set<Listener>>()
  readonly #watchers = new Set<(isUp: boolean) => void>()
  readonly #timer: NodeJS.Timeout
  #isUp = false
  #pinging: Promise<void> | undefined

  constructor(options: RedisLinkOptions) {
    this.#options = { prefix: 'murmur', pingMs: 1_000, commandTimeoutMs: 2_000, ...options }
    this.prefix = this.#options.prefix
    const { commandTimeoutMs } = this.#options
    this.commands = this.#connect({ commandTimeout: commandTimeoutMs, enableOfflineQueue: false })
    this.#hearing = this.#connect({})
    this.#hearing.on('message', (channel: string, message: string) => this.#heard(channel, message))
    this.commands.on('ready', () => void this.#ping())
    this.commands.on('close', () => this.#note(false))
    this.#timer = setInterval(() => void this.#ping(), this.#options.pingMs)
    this.#timer.unref()
  }

  get isUp(): boolean {
    return this.#isUp
  }

  /** Asks Redis now. @returns whether it answered */
  async check(): Promise<boolean> {
    await this.#ping()
    return this.#isUp
  }

  /** Calls back at each change, and at once when Redis is up. */
  watch(watcher: (isUp: boolean) => void): void {
    this.#watchers.add(watcher)
    if (this.#isUp) watcher(true)
  }

  /** One more connection, for who waits on it; it ends with the link. */
  connect(): Redis {
    return this.#connect({ socketTimeout: silenceMs })
  }

  tell(topic: BusTopic, text: string): void {
    if (this.#isUp) this.commands.publish(this.#channel(topic), `${this.#name} ${text}`).catch(this.#options.onError)
  }

  hear(topic: BusTopic, listener: Listener): () => void {
    const channel = this.#channel(topic)
    const listeners = this.#topics.get(channel) ?? new Set()
    if (listeners.size === 0) this.#hearing.subscribe(channel).catch(this.#options.onError)
    this.#topics.set(channel, listeners.add(listener))
    return () => void listeners.delete(listener)
  }

  close(): void {
    clearInterval(this.#timer)
    this.#watchers.clear()
    for (const connection of this.#others) connection.disconnect()
  }

  #channel(topic: string): string {
    return `${this.prefix}:${topic}`
  }

  #connect(over: { readonly commandTimeout?: number; readonly enableOfflineQueue?: boolean; readonly socketTimeout?: number }): Redis {
    const connection = new Redis(this.#options.url, {
      maxRetriesPerRequest: null,
      retryStrategy: (times) => Math.min(longestReconnectMs, 100 * 2 ** Math.min(times, 5)),
      connectTimeout: this.#options.commandTimeoutMs,
      ...over,
    })
    // Said once by whoever watches the link, and not at every attempt to connect.
    connection.on('error', () => {})
    this.#others.push(connection)
    return connection
  }

  #ping(): Promise<void> {
    this.#pinging ??= this.#pingOnce().finally(() => (this.#pinging = undefined))
    return this.#pinging
  }

  async #pingOnce(): Promise<void> {
    if (this.commands.status !== 'ready') return
    try {
      await this.commands.ping()
      this.#note(true)
    } catch {
      this.#note(false)
      // Half-open: only a new connection can tell.
      this.commands.disconnect(true)
    }
  }

  #note(isUp: boolean): void {
    if (isUp === this.#isUp) return
    this.#isUp = isUp
    for (const watcher of this.#watchers) watcher(isUp)
  }

  #heard(channel: string, message: string): void {
    const [from, ...text] = message.split(' ')
    if (from === this.#name) return
    for (const listener of this.#topics.get(channel) ?? []) {
      try {
        listener(text.join(' '))
      } catch (error) {
        this.#options.onError(error)
      }
    }
  }
}
