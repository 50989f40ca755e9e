import type { SlackCalls } from './slack-calls.ts'
import { toSlackError } from './slack-errors.ts'
import { isOwnMessage, nextCursor, readMessages } from './slack-message.ts'
import type { SlackMessage } from './slack-message.ts'

const pageSize = 200
const mostPages = 5

export interface OwnMessageFinder {
  /** The post that carries this step of this run. @returns its timestamp */
  byStep(stepKey: string): Promise<string | undefined>
  /**
   * A stream carries no metadata before it is stopped: the newest message of ours that no run remembers is the lost
   * one.
   */
  unknownStream(): Promise<string | undefined>
  /** True when a message of ours shows this file. */
  hasFile(fileId: string): Promise<boolean>
  /** Messages of this run that carry a step which is not wanted, and lost streams. @returns their timestamps */
  leftovers(isWanted: (stepKey: string) => boolean): Promise<readonly string[]>
}

export interface FinderOptions {
  readonly calls: SlackCalls
  readonly channelId: string
  /** The thread to look in; unset to look among the channel's own messages. */
  readonly threadId?: string | undefined
  /** Slack timestamp; only what was said after it is looked at. */
  readonly since?: string | undefined
  readonly runId: string
  readonly botUserId: string
  readonly botId?: string | undefined
  /** True when some run remembers this message. */
  readonly isKnownMessage: (channelId: string, messageId: string) => Promise<boolean>
  /** Told the reason when Slack forbids reading the thread. */
  readonly onBlind: (reason: unknown) => void
}

/**
 * Looks for messages of ours whose timestamp was lost. Reads at most 1,000 messages. Both searches throw
 * MUR_SLACK_BUSY when Slack can't be asked now: it is not safe to post then. When Slack forbids reading, nothing is
 * found and `onBlind` is told: a possible second post is better than no answer at all.
 */
export function createFinder(options: FinderOptions): OwnMessageFinder {
  const { calls, channelId, threadId, since, runId, isKnownMessage } = options
  const method = threadId === undefined ? 'conversations.history' : 'conversations.replies'
  const place = {
    channel: channelId,
    ...(threadId === undefined ? {} : { ts: threadId }),
    ...(since === undefined ? {} : { oldest: since }),
  }

  async function* readOwn(): AsyncGenerator<SlackMessage> {
    let cursor = ''
    for (let page = 0; page < mostPages; page++) {
      const result = await calls.call(method, {
        ...place,
        limit: pageSize,
        include_all_metadata: true,
        ...(cursor === '' ? {} : { cursor }),
      })
      yield* readMessages(result).filter((message) => isOwnMessage(message, options))
      cursor = nextCursor(result)
      if (cursor === '') return
    }
  }

  /** Every message of ours that fits, as far as reading is allowed. */
  async function collect(fits: (message: SlackMessage) => boolean): Promise<readonly SlackMessage[]> {
    const found: SlackMessage[] = []
    try {
      // The thread's root comes with every page, however old it is. Timestamps sort as text.
      for await (const message of readOwn())
        if ((since === undefined || message.ts > since) && fits(message)) found.push(message)
    } catch (cause) {
      const error = toSlackError(method, cause)
      if (error.code !== 'MUR_SLACK_REJECTED') throw error
      options.onBlind(error.details['reason'])
    }
    return found
  }

  async function keepUnknown(messages: readonly SlackMessage[]): Promise<readonly string[]> {
    const unknown: string[] = []
    for (const { ts } of messages) if (!(await isKnownMessage(channelId, ts))) unknown.push(ts)
    return unknown
  }

  return {
    async byStep(stepKey) {
      const [first] = await collect(({ step }) => step?.runId === runId && step.stepKey === stepKey)
      return first?.ts
    },
    async unknownStream() {
      const candidates = await collect(({ step, fileIds }) => step === undefined && fileIds.length === 0)
      const streams = candidates.filter(({ isStream }) => isStream)
      // Slack need not tell which messages were streamed; when it does, nothing else is taken for the lost one.
      const lost = await keepUnknown(streams.length > 0 ? streams : candidates)
      return lost.toSorted().at(-1)
    },
    async hasFile(fileId) {
      const found = await collect(({ fileIds }) => fileIds.includes(fileId))
      return found.length > 0
    },
    async leftovers(isWanted) {
      // These are going to be deleted, so without a step only what is surely a stream counts.
      const found = await collect(({ step, isStream }) =>
        step === undefined ? isStream : step.runId === runId && !isWanted(step.stepKey),
      )
      const unwanted = found.filter(({ step }) => step !== undefined).map(({ ts }) => ts)
      return [...unwanted, ...(await keepUnknown(found.filter(({ step }) => step === undefined)))]
    },
  }
}
