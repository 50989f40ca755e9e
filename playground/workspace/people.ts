import type { AppLink } from './app-link.ts'
import type { Delivery } from './delivery.ts'
import { describeFile } from './describe-file.ts'
import type { Channel } from './directory.ts'
import { isSubscribed, wrapEvent } from './event-envelope.ts'
import { flattenBlocks } from './flatten-blocks.ts'
import type { JsonObject } from './json-object.ts'
import { mentionBlocks } from './mention-blocks.ts'
import { toSlackFile, toSlackMessage } from './slack-message.ts'
import type { StoredFile, StoredMessage } from './stored-message.ts'
import { toSlackView } from './view-payload.ts'
import type { WorkspaceState } from './workspace-state.ts'

export interface SayInput {
  readonly user: string
  readonly channel: string
  readonly text: string
  readonly threadTs?: string
  readonly files?: readonly { readonly name: string; readonly content: string | Uint8Array }[]
  /** Overrides the workspace's own choice for this message. */
  readonly retry?: boolean
}

export interface SayResult {
  readonly message: StoredMessage
  /** `message` first, then `app_mention` when the bot was named; each twice when duplicated */
  readonly deliveries: readonly Delivery[]
}

/**
 * What people do in conversations. Every call stores the effect, tells the app, and returns when the app has answered.
 */
export class People {
  readonly #state: WorkspaceState
  readonly #link: AppLink
  readonly #url: string

  constructor(state: WorkspaceState, link: AppLink, url: string) {
    this.#state = state
    this.#link = link
    this.#url = url
  }

  async say(input: SayInput): Promise<SayResult> {
    const { board, directory } = this.#state
    const user = directory.user(input.user)
    const channel = this.#channel(input.channel, user.id)
    const root = input.threadTs === undefined ? undefined : this.#message(channel, input.threadTs)
    const files = (input.files ?? []).map((file) => this.#upload(file.name, file.content, user.id, channel.id))
    const message = board.post({
      channel: channel.id,
      user: user.id,
      text: input.text,
      blocks: [],
      ...(root === undefined ? {} : { threadTs: root.threadTs ?? root.ts }),
      ...(files.length === 0 ? {} : { files, subtype: 'file_share' }),
    })
    return { message, deliveries: await this.#announce(channel, message, files, input.retry) }
  }

  /** A message of another app, as integrations post them: `bot_message` with a foreign bot id. */
  async sayAsOtherBot(input: {
    readonly channel: string
    readonly text: string
    readonly threadTs?: string
    readonly botId?: string
  }): Promise<SayResult> {
    const channel = this.#anyChannel(input.channel)
    const botId = input.botId ?? 'B0OTHER0001'
    const message = this.#state.board.post({
      channel: channel.id,
      botId,
      username: 'other-bot',
      subtype: 'bot_message',
      text: input.text,
      ...(input.threadTs === undefined ? {} : { threadTs: input.threadTs }),
    })
    return { message, deliveries: await this.#announce(channel, message, [], undefined) }
  }

  async edit(input: {
    readonly user: string
    readonly channel: string
    readonly ts: string
    readonly text: string
  }): Promise<Delivery[]> {
    const channel = this.#channel(input.channel, input.user)
    const before = this.#ownMessage(channel, input.ts, input.user)
    const editTs = this.#state.clock.next()
    const after =
      this.#state.board.change(before, { text: input.text, edited: { user: input.user, ts: editTs } }) ?? before
    return this.#emit(channel, {
      type: 'message',
      subtype: 'message_changed',
      hidden: true,
      channel: channel.id,
      channel_type: channel.kind,
      ts: editTs,
      event_ts: editTs,
      message: this.#wire(after),
      previous_message: this.#wire(before),
    })
  }

  async delete(input: { readonly user: string; readonly channel: string; readonly ts: string }): Promise<Delivery[]> {
    const channel = this.#channel(input.channel, input.user)
    const message = this.#ownMessage(channel, input.ts, input.user)
    this.#state.board.remove(message)
    const eventTs = this.#state.clock.next()
    return this.#emit(channel, {
      type: 'message',
      subtype: 'message_deleted',
      hidden: true,
      channel: channel.id,
      channel_type: channel.kind,
      ts: eventTs,
      event_ts: eventTs,
      deleted_ts: message.ts,
      previous_message: this.#wire(message),
    })
  }

  async react(input: {
    readonly user: string
    readonly channel: string
    readonly ts: string
    readonly name: string
    readonly remove?: boolean
  }): Promise<Delivery[]> {
    const channel = this.#channel(input.channel, input.user)
    const message = this.#message(channel, input.ts)
    const isAdded = input.remove !== true
    if (!this.#state.board.react(message, input.user, input.name, isAdded)) return []
    return this.#emit(channel, {
      type: isAdded ? 'reaction_added' : 'reaction_removed',
      user: input.user,
      reaction: input.name,
      item_user: message.user,
      item: { type: 'message', channel: channel.id, ts: message.ts },
      event_ts: this.#state.clock.next(),
    })
  }

  async openHome(input: { readonly user: string; readonly tab: 'home' | 'messages' }): Promise<Delivery> {
    const { directory, views } = this.#state
    const im = directory.imOf(directory.user(input.user).id)
    const home = views.home(input.user)
    const view = input.tab === 'home' && home !== undefined ? { view: toSlackView(this.#state, home) } : {}
    return this.emit(
      {
        type: 'app_home_opened',
        user: input.user,
        channel: im.id,
        tab: input.tab,
        ...view,
        event_ts: this.#state.clock.next(),
      },
      im,
    )
  }

  /** Presses the Stop button of a session: running streams of the thread end at once, then the app hears of it. */
  async stop(input: { readonly user: string; readonly channel: string; readonly threadTs: string }): Promise<Delivery> {
    const channel = this.#channel(input.channel, input.user)
    const streams = this.#state.streams.ofThread(channel.id, input.threadTs)
    for (const stream of streams) {
      stream.isStoppedByUser = true
      const message = this.#state.board.find(channel.id, stream.ts)
      if (message !== undefined) this.#state.board.change(message, { streamingState: 'completed' })
    }
    return this.emit(
      {
        type: 'agent_session_stopped',
        channel: channel.id,
        user: input.user,
        thread_ts: input.threadTs,
        streaming_message_ts: streams.map((stream) => stream.ts),
        event_ts: this.#state.clock.next(),
      },
      channel,
    )
  }

  /** Any other event, wrapped and signed; for what has no verb of its own. */
  async emit(event: JsonObject, channel?: Channel): Promise<Delivery> {
    const [delivery] = await this.#emit(channel, event)
    return (
      delivery ?? {
        kind: 'event',
        type: String(event.type),
        httpStatus: 0,
        ok: false,
        latencyMs: 0,
        attempts: 0,
        error: 'not_connected',
      }
    )
  }

  async #announce(
    channel: Channel,
    message: StoredMessage,
    files: readonly StoredFile[],
    retry: boolean | undefined,
  ): Promise<Delivery[]> {
    const { directory } = this.#state
    const wire = this.#wire(message)
    const event = {
      ...wire,
      channel: channel.id,
      channel_type: channel.kind,
      event_ts: message.ts,
      ...(files.length === 0 ? {} : { files: files.map((file) => toSlackFile(file)), upload: false }),
    }
    const sending = [this.#emit(channel, event, retry)]
    if (channel.kind !== 'im' && message.botId === undefined && message.text.includes(`<@${directory.bot.userId}>`)) {
      const { subtype: _subtype, channel_type: _kind, ...mention } = { subtype: undefined, ...event }
      sending.push(this.#emit(channel, { ...mention, type: 'app_mention' }, retry))
    }
    return (await Promise.all(sending)).flat()
  }

  /** Sends an event when the bot is there to hear it and the manifest asks for it. */
  async #emit(channel: Channel | undefined, event: JsonObject, retry?: boolean): Promise<Delivery[]> {
    if (channel !== undefined && !channel.members.has(this.#state.directory.bot.userId)) return []
    if (!isSubscribed(this.#state, event, channel)) return []
    return this.#link.deliver(wrapEvent(this.#state, event), retry)
  }

  #wire(message: StoredMessage): JsonObject {
    const isTyped = message.botId === undefined && message.text !== ''
    const typed = isTyped ? { blocks: mentionBlocks(message.text), client_msg_id: `client-${message.ts}` } : {}
    return { ...toSlackMessage(this.#state, message), ...typed }
  }

  /** Uploads a file for a form, where it is named by its id. @returns the id */
  stageFile(input: { readonly user: string; readonly name: string; readonly content: string | Uint8Array }): string {
    return this.#upload(input.name, input.content, this.#state.directory.user(input.user).id).id
  }

  #upload(name: string, content: string | Uint8Array, user: string, channel?: string): StoredFile {
    const bytes = Buffer.from(content)
    const file = this.#state.files.reserve(name, bytes.length)
    this.#state.files.fill(file, bytes)
    if (channel !== undefined) file.channels.add(channel)
    file.info = describeFile(file, user, this.#url, this.#state.clock.nowMs)
    return file.info
  }

  #channel(idOrName: string, user: string): Channel {
    const channel = this.#anyChannel(idOrName)
    if (!this.#state.directory.canSee(user, channel.id)) throw new Error(`Expected ${user} to be in ${channel.name}.`)
    return channel
  }

  #anyChannel(idOrName: string): Channel {
    const channel = this.#state.directory.channel(idOrName)
    if (channel === undefined) throw new Error(`Expected a channel of the workspace, got "${idOrName}".`)
    return channel
  }

  #message(channel: Channel, ts: string): StoredMessage {
    const message = this.#state.board.find(channel.id, ts)
    if (message === undefined) throw new Error(`Expected a message in ${channel.name} at ${ts}.`)
    return message
  }

  #ownMessage(channel: Channel, ts: string, user: string): StoredMessage {
    const message = this.#message(channel, ts)
    if (message.user !== user)
      throw new Error(
        `Expected a message of ${user} at ${ts}, it is by ${message.user ?? 'a bot'}: ${flattenBlocks(message.text)}`,
      )
    return message
  }
}
