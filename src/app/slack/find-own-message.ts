import type { SlackCalls } from './slack-calls.ts'
import { toSlackError } from './slack-errors.ts'
import { isOwnMessage, nextCursor, readMessages } from './slack-message.ts'
import type { SlackMessage } from './slack-message.ts'

const pageSize = 200
const mostPages = 5

export interface OwnMessageFinder {
  /** The post that carries this step of this run. @returns its timestamp */
  byStep(stepKey: string): Promise<string | undefined>
  /** A stream carries no metadata before it is stopped: the newest message of ours that no run remembers is the lost one. */
  unknownStream(): Promise<string | undefined>
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
 * Looks for messages of ours whose timestamp was lost. Reads at most 1,000 messages.
 * Both searches throw MUR_SLACK_BUSY when Slack can't be asked now: it is not safe to post then. When Slack forbids reading,
 * nothing is found and `onBlind` is told: a possible second post is better than no answer at all.
 */
export function createFinder(options: FinderOptions): OwnMessageFinder {
  const { calls, channelId, threadId, since, runId, isKnownMessage } = options
  const method = threadId === undefined ? 'conversations.history' : 'conversations.replies'
  const place = { channel: channelId, ...(threadId === undefined ? {} : { ts: threadId }), ...(since === undefined ? {} : { oldest: since }) }

  async function* readOwn(): AsyncGenerator<SlackMessage> {
    let cursor = ''
    for (let page = 0; page < mostPages; page++) {
      const result = await calls.call(method, { ...place, limit: pageSize, include_all_metadata: true, ...(cursor === '' ? {} : { cursor }) })
      yield* readMessages(result).filter((message) => isOwnMessage(message, options))
      cursor = nextCursor(result)
      if (cursor === '') return
    }
  }

  /** Every message of ours that fits, as far as reading is allowed. */
  async function collect(fits: (message: SlackMessage) => boolean): Promise<readonly string[]> {
    const found: string[] = []
    try {
      for await (const message of readOwn()) if (fits(message)) found.push(message.ts)
    } catch (cause) {
      const error = toSlackError(method, cause)
      if (error.code !== 'MUR_SLACK_REJECTED') throw error
      options.onBlind(error.details['reason'])
    }
    return found
  }

  return {
    async byStep(stepKey) {
      const [first] = await collect(({ step }) => step?.runId === runId && step.stepKey === stepKey)
      return first
    },
    async unknownStream() {
      // The thread's root comes with every page, however old it is. Timestamps sort as text.
      const candidates = await collect(({ step, ts }) => step === undefined && (since === undefined || ts > since))
      for (const messageId of candidates.toSorted().toReversed()) {
        if (!(await isKnownMessage(channelId, messageId))) return messageId
      }
      return undefined
    },
  }
}
