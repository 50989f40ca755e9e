import { MurmurError } from '../../errors.ts'
import type { NoteButton, PostReceipt, RunSteps, Speaker, ThreadFile, ThreadPort } from '../../orchestration/thread-port.ts'
import type { Request } from '../../storage/records.ts'
import { SlackAnswer } from './answer-stream.ts'
import type { ChannelPacer } from './channel-pacer.ts'
import type { FeatureMemory } from './feature-memory.ts'
import { fetchFile } from './fetch-file.ts'
import { createFinder } from './find-own-message.ts'
import { postLimitBytes } from './growing-answer.ts'
import { MessageWriter } from './message-writer.ts'
import type { Persona } from './message-writer.ts'
import { openThread } from './open-thread.ts'
import { readHistory, readNews } from './read-history.ts'
import { approvalBlocks, renderAnswer } from './render-blocks.ts'
import { buttonsRow } from './render-note.ts'
import { sanitizePlain, sanitizeText } from './sanitize-text.ts'
import { shareFile } from './share-file.ts'
import { SlackBoard } from './slack-board.ts'
import type { SlackCalls } from './slack-calls.ts'
import { splitMessage } from './split-message.ts'
import { ThreadStatus } from './thread-status.ts'
import type { SlackLogger } from './web-clients.ts'

export interface SlackThreadOptions {
  readonly calls: SlackCalls
  readonly request: Request
  readonly runId: string
  readonly botUserId: string
  readonly botId?: string | undefined
  readonly steps: RunSteps
  readonly pacer: ChannelPacer
  /** Shared by all threads of the process. */
  readonly features: FeatureMemory
  /** True when some run remembers this message as its post. */
  readonly isKnownMessage: (channelId: string, messageId: string) => Promise<boolean>
  readonly persona?: Persona | undefined
  readonly now: () => number
  readonly delay: (ms: number, signal?: AbortSignal) => Promise<void>
  readonly logger: SlackLogger
}

const placeholder = '_Working on it …_'
/** Slack's own limit of a display name. */
const longestName = 80

/**
 * The thread of a run; a request that came without one (a command, a shortcut) gets a root message first.
 * @throws {MurmurError} MUR_SLACK_REJECTED, MUR_SLACK_BUSY when that message can't be posted
 */
export async function openSlackThread(
  options: SlackThreadOptions,
): Promise<ThreadPort & { readonly threadId: string }> {
  return createSlackThread(options, await openThread(options))
}

/** The place a run speaks in, as a Slack thread. */
export function createSlackThread(
  options: SlackThreadOptions,
  threadId: string,
): ThreadPort & { readonly threadId: string } {
  const { request, steps, features, now, delay, logger } = options
  const finder = createFinder({
    ...options,
    channelId: request.channelId,
    threadId,
    since: request.messageId ?? threadId,
    onBlind: (reason) =>
      logger.warn({ runId: options.runId, reason }, 'the thread cannot be read; a lost post may appear twice'),
  })
  const writer = new MessageWriter({ ...options, threadId, finder })
  const status = new ThreadStatus({ ...options, threadId })
  const answer = new SlackAnswer({ writer, steps, mentionable: request.mentionable, now, delay, logger })

  let closing: Promise<void> | undefined
  let board: SlackBoard | undefined

  async function showStatus(text: string): Promise<void> {
    try {
      // The answer stands where it is first shown, and that of a run with a board comes last.
      if (!(await status.show(text)) && text !== '' && !board) await answer.showPlaceholder(placeholder)
    } catch (error) {
      logger.debug({ runId: options.runId, reason: String(error).slice(0, 200) }, 'no sign of life could be shown')
    }
  }

  async function postWith(by: MessageWriter, stepKey: string, text: string, buttons: readonly NoteButton[] = []): Promise<PostReceipt> {
    const parts = splitMessage(sanitizeText(text, { mentionable: request.mentionable }), { limitBytes: postLimitBytes })
    const receipts: string[] = []
    for (const [index, part] of parts.entries()) {
      const key = index === 0 ? `post:${stepKey}` : `post:${stepKey}:${index}`
      receipts.push((await by.post(key, renderAnswer(part, index === parts.length - 1 ? buttonsRow(buttons) : []))).ts)
    }
    return { messageId: receipts[0] ?? '' }
  }

  /** A workspace without files loses the file and nothing else: what it holds stands in the answer or in the store. */
  async function postFile(stepKey: string, file: ThreadFile): Promise<void> {
    const isShown = await shareFile({ ...options, threadId, finder }, stepKey, file).catch(onlySlack)
    if (isShown === true) return
    const note = `_The file ${file.name.replaceAll(/[*_`\n]/g, '-')} could not be shown here${features.isMissing(request.workspaceId, 'files') ? ': the app lacks the scope `files:write`' : ''}._`
    await postWith(writer, `no-file:${stepKey}`, note).catch(onlySlack)
  }

  function onlySlack(error: unknown): void {
    if (!(error instanceof MurmurError) || !error.code.startsWith('MUR_SLACK_')) throw error
    logger.warn({ runId: options.runId, code: error.code, reason: error.details['reason'] }, 'a file could not be shown')
  }

  async function speak(stepKey: string, { name, icon }: Speaker, text: string): Promise<PostReceipt> {
    const persona = { username: sanitizePlain(name).slice(0, longestName).toWellFormed(), iconEmoji: icon }
    return postWith(new MessageWriter({ ...options, threadId, finder, persona }), stepKey, text)
  }

  return {
    threadId,
    showStatus,
    readHistory: (signal) => readHistory({ ...options, threadId }, signal),
    readNews: (afterMs, signal) => readNews({ ...options, threadId }, afterMs, signal),
    openAnswer: () => answer,
    post: (stepKey, text, buttons) => postWith(writer, stepKey, text, buttons),
    speak,
    openBoard: () => (board ??= new SlackBoard({ ...options, writer })),
    postFile,
    fetchFile: (file, mostBytes, signal) => fetchFile(options.calls, file, mostBytes, signal),
    async askApproval(stepKey, question, goOn) {
      status.suspend()
      const safe = sanitizeText(question, { mentionable: request.mentionable })
      return { messageId: (await writer.post(`post:${stepKey}`, renderAnswer(safe, approvalBlocks(options.runId, goOn)))).ts }
    },
    fail: (notice, mentionable) => answer.fail(notice, mentionable),
    close: () => (closing ??= Promise.all([answer.leave(), status.end()]).then(() => undefined)),
  }
}
