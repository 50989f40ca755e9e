import { MurmurError } from '../../errors.ts'
import type { RunSteps } from '../../orchestration/thread-port.ts'
import type { Request } from '../../storage/records.ts'
import type { ChannelPacer } from './channel-pacer.ts'
import type { FeatureMemory } from './feature-memory.ts'
import type { OwnMessageFinder } from './find-own-message.ts'
import { renderAnswer } from './render-blocks.ts'
import type { Blocks, MessageContent } from './render-blocks.ts'
import type { SlackArguments, SlackCalls, SlackResult, TryResult } from './slack-calls.ts'
import { isAmbiguous, isMissingFeature, isRejectedFor, toSlackError } from './slack-errors.ts'
import { stepMetadata } from './slack-message.ts'
import { splitMessage } from './split-message.ts'
import type { SlackLogger } from './web-clients.ts'

/** Another name and icon than the app's own; needs the scope chat:write.customize. */
export interface Persona {
  readonly username: string
  /** For example `:bar_chart:`. */
  readonly iconEmoji: string
}

/** Stored as the result of the step that made it. */
interface StoredMessage {
  readonly ts: string
  /** A stream is appended to and stopped; a post is updated. */
  readonly mode: 'stream' | 'post'
}

export interface PostedMessage extends StoredMessage {
  /** True when this call made it, so that it shows what was asked for; false when an earlier attempt did. */
  readonly isFresh: boolean
}

/** How a stream ends: with this much more text, and what stands under it. */
export interface StreamEnd {
  readonly stepKey: string
  readonly text: string
  readonly blocks?: Blocks
  /** True when the answer ends with it, and with it the session's work. */
  readonly isLast: boolean
}

export interface WriterOptions {
  readonly calls: SlackCalls
  readonly request: Request
  readonly threadId: string
  readonly runId: string
  readonly steps: RunSteps
  readonly finder: OwnMessageFinder
  readonly pacer: ChannelPacer
  readonly features: FeatureMemory
  readonly persona?: Persona | undefined
  readonly logger: SlackLogger
}

/** Stands for the timestamp of a post that Slack took without telling it: such a message can't be changed. */
const untold = ''

const longestSectionBytes = 2_900

/** Slack refuses these contents in blocks but takes them as plain text. */
const blockFaults = [
  'invalid_blocks',
  'invalid_blocks_format',
  'msg_blocks_too_long',
  'msg_blocks_too_many',
  'msg_too_long',
]
/** Steps whose message may have been a stream. */
const growingPage = /^answer:(?:open|part:\d+)$/
/** The message can't be changed any more. */
const goneReasons = ['message_not_found', 'cant_update_message', 'edit_window_closed', 'message_not_owned_by_app']

/**
 * Writes the messages of one run into its thread. A new message is a step: made once over restarts, and found again
 * when its timestamp was lost. Changes to a message say what it shall be in the end, so they may be repeated.
 */
export class MessageWriter {
  readonly #options: WriterOptions
  readonly #channel: string

  constructor(options: WriterOptions) {
    this.#options = options
    this.#channel = options.request.channelId
  }

  /**
   * Opens a message that grows: a stream where Slack has that, else a post.
   * @param text made safe for Markdown
   * @throws {MurmurError} MUR_SLACK_BUSY, MUR_SLACK_REJECTED
   */
  open(stepKey: string, text: string): Promise<PostedMessage> {
    return this.#once(
      stepKey,
      async () => (await this.#tryStream(text)) ?? (await this.#postToGrow(stepKey, text)),
    )
  }

  /** Posts a message as a step. @throws {MurmurError} MUR_SLACK_BUSY, MUR_SLACK_REJECTED */
  post(stepKey: string, content: MessageContent): Promise<PostedMessage> {
    return this.#once(stepKey, () => this.#postNow(stepKey, content))
  }

  /** One try to add to a stream. */
  append(ts: string, text: string): Promise<TryResult> {
    return this.#options.calls.tryCall('chat.appendStream', { channel: this.#channel, ts, markdown_text: text })
  }

  /** One try to end a stream; what it shows afterwards is only known when this succeeds. */
  stop(ts: string, { stepKey, text, blocks = [], isLast }: StreamEnd): Promise<TryResult> {
    return this.#options.calls.tryCall('chat.stopStream', {
      channel: this.#channel,
      ts,
      ...(text === '' ? {} : { markdown_text: text }),
      ...(blocks.length === 0 ? {} : { blocks }),
      metadata: stepMetadata(this.#options.runId, stepKey),
      session_status: isLast ? 'active' : 'processing',
    })
  }

  /** Ends a stream whatever it shows, before the message is rewritten. @throws {MurmurError} MUR_SLACK_BUSY */
  async abandonStream(ts: string): Promise<void> {
    try {
      await this.#options.calls.call('chat.stopStream', { channel: this.#channel, ts, session_status: 'active' })
    } catch (error) {
      // Over already, or gone: either way no stream is left.
      if (toSlackError('chat.stopStream', error).code !== 'MUR_SLACK_REJECTED') throw error
    }
  }

  /** False where Slack lets nothing be added to a message: it must be said at once then. */
  get canGrow(): boolean {
    return this.canUpdate || !this.#options.features.isMissing(this.#options.request.workspaceId, 'stream')
  }

  /** False when this workspace turned out to have no way to rewrite a message. */
  get canUpdate(): boolean {
    return !this.#options.features.isMissing(this.#options.request.workspaceId, 'update')
  }

  /** One try to show more of a post while the answer grows. */
  tryUpdate(ts: string, content: MessageContent): Promise<TryResult> {
    return this.#options.calls.tryCall('chat.update', { channel: this.#channel, ts, ...content })
  }

  /**
   * Makes a message show exactly this.
   * @returns false when the message is gone or may not be changed any more
   * @throws {MurmurError} MUR_SLACK_BUSY, MUR_SLACK_REJECTED
   */
  async update(ts: string, stepKey: string, content: MessageContent): Promise<boolean> {
    if (ts === untold) return false
    const place = { channel: this.#channel, ts, metadata: stepMetadata(this.#options.runId, stepKey) }
    try {
      await this.#withPlainText(content, (shown) =>
        this.#options.calls.call('chat.update', { ...place, blocks: [], ...shown }),
      )
      return true
    } catch (error) {
      if (isRejectedFor(error, ...goneReasons)) return false
      if (!isMissingFeature(error)) throw error
      this.#options.features.setMissing(this.#options.request.workspaceId, 'update')
      return false
    }
  }

  /**
   * Removes what an attempt that died has left in the thread: pages beyond those wanted, streams that nobody knows.
   * Looked for as well as it goes; the answer itself stands already.
   */
  async removeLeftovers(isWanted: (stepKey: string) => boolean): Promise<void> {
    try {
      const leftovers = await this.#options.finder.leftovers(
        (stepKey) => !growingPage.test(stepKey) || isWanted(stepKey),
      )
      for (const ts of leftovers) await this.remove(ts)
    } catch (error) {
      this.#options.logger.warn(
        { code: toSlackError('', error).code },
        'leftovers of an earlier attempt may still stand in the thread',
      )
    }
  }

  async remove(ts: string): Promise<void> {
    await this.#options.calls.tryCall('chat.delete', { channel: this.#channel, ts })
  }

  async #once(stepKey: string, effect: () => Promise<StoredMessage>): Promise<PostedMessage> {
    let isFresh = false
    const act = async (): Promise<StoredMessage> => {
      const made = await effect()
      isFresh = true
      return made
    }
    const { ts, mode } = await this.#options.steps.once(stepKey, act, {
      recover: () => this.#recover(stepKey),
      messageIdOf: (made) => made.ts,
    })
    return { ts, mode, isFresh }
  }

  /**
   * A post is found by its metadata, a stream by elimination; which of both a page of the answer was is not known
   * after a crash.
   */
  async #recover(stepKey: string): Promise<StoredMessage | undefined> {
    const posted = await this.#options.finder.byStep(stepKey)
    if (posted !== undefined) return { ts: posted, mode: 'post' }
    if (!growingPage.test(stepKey)) return undefined
    const streamed = await this.#options.finder.unknownStream()
    return streamed === undefined ? undefined : { ts: streamed, mode: 'stream' }
  }

  /** A post is good for growing only where it can be rewritten; else the end of the answer says everything at once. */
  #postToGrow(stepKey: string, text: string): Promise<StoredMessage> {
    if (this.canUpdate) return this.#postNow(stepKey, renderAnswer(text))
    throw new MurmurError('MUR_SLACK_REJECTED', { method: 'chat.update', reason: 'not_supported' })
  }

  async #postNow(stepKey: string, content: MessageContent): Promise<StoredMessage> {
    const { calls, pacer, finder, runId, threadId } = this.#options
    const place = {
      channel: this.#channel,
      thread_ts: threadId,
      unfurl_links: false,
      unfurl_media: false,
      metadata: stepMetadata(runId, stepKey),
    }
    const recover = async (): Promise<SlackResult | undefined> => asResult(await finder.byStep(stepKey))
    await pacer.take(this.#channel)
    const result = await this.#asPersona((persona) =>
      this.#withPlainText('username' in persona ? content : this.#named(content), (shown) =>
        calls.call('chat.postMessage', { ...place, ...persona, ...shown }, { recover }),
      ),
    )
    return { ts: timestampOf(result) ?? untold, mode: 'post' }
  }

  /** Undefined when this workspace or channel has no streams now, or too many of them were begun this minute. */
  async #tryStream(text: string): Promise<StoredMessage | undefined> {
    const { calls, features, finder, pacer, request, threadId, logger } = this.#options
    const { workspaceId } = request
    const inChannel = `stream ${this.#channel}`
    if (features.isMissing(workspaceId, 'stream') || features.isMissing(workspaceId, inChannel)) return undefined
    const isDirect = this.#channel.startsWith('D')
    const reader = isDirect ? {} : { recipient_user_id: request.userId, recipient_team_id: workspaceId }
    const args = { channel: this.#channel, thread_ts: threadId, markdown_text: text, ...reader }
    let hasLooked = false
    const recover = async (): Promise<SlackResult | undefined> => {
      const found = asResult(await finder.unknownStream())
      hasLooked = true
      return found
    }
    await pacer.take(this.#channel)
    try {
      const result = await this.#asPersona((persona) =>
        calls.call('chat.startStream', { ...args, ...persona }, { attempts: 1, recover }),
      )
      const ts = timestampOf(result)
      if (ts !== undefined) return { ts, mode: 'stream' }
      // Servers that say yes to what they do not know: nothing stands in the thread.
      features.setMissing(workspaceId, 'stream')
      return undefined
    } catch (cause) {
      const error = toSlackError('chat.startStream', cause)
      if (isMissingFeature(error)) features.setMissing(workspaceId, 'stream')
      else if (error.code === 'MUR_SLACK_REJECTED') features.setMissing(workspaceId, inChannel)
      else if (isAmbiguous(error) && !hasLooked) throw error
      logger.debug({ reason: error.details['reason'] }, 'no stream here; posting instead')
      return undefined
    }
  }

  /** What a persona says where it can't post under its own name. */
  #named({ text, blocks }: MessageContent): MessageContent {
    const { persona } = this.#options
    if (!persona) return { text, blocks }
    const name = `**${persona.username}**\n\n`
    const [first, ...rest] = blocks
    return first?.type === 'markdown' ? { text: name + text, blocks: [{ ...first, text: name + first.text }, ...rest] } : { text: name + text, blocks }
  }

  /** Without the scope for personas the app speaks under its own name. */
  async #asPersona(send: (persona: SlackArguments) => Promise<SlackResult>): Promise<SlackResult> {
    const { features, persona, request } = this.#options
    if (!persona || features.isMissing(request.workspaceId, 'persona')) return send({})
    try {
      return await send({ username: persona.username, icon_emoji: persona.iconEmoji })
    } catch (error) {
      if (!isRejectedFor(error, 'missing_scope')) throw error
      const result = await send({})
      features.setMissing(request.workspaceId, 'persona')
      return result
    }
  }

  /**
   * The blocks that Slack makes of Markdown can't be foreseen, so a refusal ends in plainer blocks, then in text, not
   * in silence.
   */
  async #withPlainText(
    content: MessageContent,
    send: (shown: SlackArguments) => Promise<SlackResult>,
  ): Promise<SlackResult> {
    const shapes = [content, inSections(content), { text: content.text }]
    for (const [index, shape] of shapes.entries()) {
      try {
        return await send({ ...shape })
      } catch (error) {
        if (index === shapes.length - 1 || !isRejectedFor(error, ...blockFaults)) throw error
        this.#options.logger.warn(
          { reason: toSlackError('', error).details['reason'] },
          'slack refused the blocks of an answer; trying plainer ones',
        )
      }
    }
    throw new MurmurError('MUR_BUG', { rule: 'the last shape of a message is sent or refused' })
  }
}

/** Markdown as sections, in which it shows as it was written. */
function inSections({ text, blocks }: MessageContent): MessageContent {
  return {
    text,
    blocks: blocks.flatMap((block): Blocks => {
      if (block.type !== 'markdown') return [block]
      const parts = splitMessage(block.text, { limitBytes: longestSectionBytes, maxParts: 10 })
      return parts.map((part) => ({ type: 'section', text: { type: 'mrkdwn', text: part }, expand: true }))
    }),
  }
}

function timestampOf({ ts }: SlackResult): string | undefined {
  return typeof ts === 'string' && ts !== '' ? ts : undefined
}

function asResult(ts: string | undefined): SlackResult | undefined {
  return ts === undefined ? undefined : { ts }
}
