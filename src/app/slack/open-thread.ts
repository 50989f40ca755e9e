import { MurmurError } from '../../errors.ts'
import type { RunSteps } from '../../orchestration/thread-port.ts'
import { timeOfId } from '../../storage/id-time.ts'
import type { Request } from '../../storage/records.ts'
import type { ChannelPacer } from './channel-pacer.ts'
import { createFinder } from './find-own-message.ts'
import { sanitizeMrkdwn } from './sanitize-text.ts'
import type { SlackCalls } from './slack-calls.ts'
import { isRejectedFor } from './slack-errors.ts'
import { stepMetadata } from './slack-message.ts'
import type { SlackLogger } from './web-clients.ts'

export interface OpenThreadOptions {
  readonly calls: SlackCalls
  readonly request: Request
  /** A UUIDv7: a lost root is looked for from its time on. */
  readonly runId: string
  readonly botUserId: string
  readonly botId?: string | undefined
  readonly steps: RunSteps
  readonly pacer: ChannelPacer
  readonly logger: SlackLogger
}

const rootStep = 'root'
const longestQuote = 300
/** What a person can do where the app may not write, by Slack's reason. */
const notInvited = { found: 'one that I am no member of', hint: 'Invite me with `/invite @Murmur` and ask again.' }
const remedies = {
  not_in_channel: notInvited,
  channel_not_found: notInvited,
  is_archived: { found: 'an archived one', hint: 'Ask in another channel.' },
} as const
/** Our clock and Slack's may differ by this much. */
const clockSlackMs = 5 * 60_000

/**
 * The thread of a request that came without one (a command, a shortcut): a message that says who asked for what,
 * posted once over restarts.
 * @returns the thread's id
 * @throws {MurmurError} MUR_REQUEST_INVALID when the app may not write there, MUR_SLACK_REJECTED, MUR_SLACK_BUSY
 */
export async function openThread(options: OpenThreadOptions): Promise<string> {
  const { calls, request, runId, steps, pacer, logger } = options
  if (request.threadId !== undefined) return request.threadId
  const { channelId } = request
  const finder = createFinder({
    ...options,
    channelId,
    since: slackTime(timeOfId(runId)),
    isKnownMessage: async () => true,
    onBlind: (reason) => logger.warn({ runId, reason }, 'the channel cannot be read; a lost root may be posted twice'),
  })
  const find = async (): Promise<{ ts: string } | undefined> => {
    const ts = await finder.byStep(rootStep)
    return ts === undefined ? undefined : { ts }
  }
  const post = async (): Promise<{ ts: string }> => {
    await pacer.take(channelId)
    const message = { channel: channelId, ...renderRoot(request), metadata: stepMetadata(runId, rootStep) }
    const result = await calls.call('chat.postMessage', message, { recover: find }).catch(sayRemedy)
    return { ts: String(result['ts']) }
  }
  const { ts } = await steps.once(rootStep, post, { recover: find, messageIdOf: (root) => root.ts })
  return ts
}

function sayRemedy(error: unknown): never {
  for (const [reason, remedy] of Object.entries(remedies)) {
    const details = { wanted: 'a channel that I can write in', ...remedy }
    if (isRejectedFor(error, reason)) throw new MurmurError('MUR_REQUEST_INVALID', details, { cause: error })
  }
  throw error
}

function renderRoot(request: Request): object {
  const shown = request.surface === 'notice' ? sanitizeMrkdwn(request.text, request) : renderAsked(request)
  return {
    text: shown,
    blocks: [{ type: 'section', text: { type: 'mrkdwn', text: shown }, expand: true }],
    unfurl_links: false,
    unfurl_media: false,
  }
}

function renderAsked({ userId, text, mentionable, scheduled }: Request): string {
  const words = text.trim().length > longestQuote ? `${text.trim().slice(0, longestQuote)}…` : text.trim()
  const quote = sanitizeMrkdwn(words, { mentionable })
    .split('\n')
    .map((line) => `> ${line}`)
    .join('\n')
  const who = scheduled ? `Scheduled by <@${userId}>` : `<@${userId}> asked`
  return words === '' ? `${who}.` : `${who}:\n${quote}`
}

function slackTime(atMs: number | undefined): string | undefined {
  return atMs === undefined ? undefined : `${Math.max(0, Math.floor((atMs - clockSlackMs) / 1_000))}.000000`
}
