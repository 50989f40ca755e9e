import { MurmurError } from '../../errors.ts'
import type { RunSteps } from '../../orchestration/thread-port.ts'
import { pageKey } from './growing-answer.ts'
import type { AnswerPage } from './growing-answer.ts'
import type { MessageWriter, PostedMessage } from './message-writer.ts'
import { renderAnswer } from './render-blocks.ts'
import type { Blocks, MessageContent } from './render-blocks.ts'
import { isRejectedFor } from './slack-errors.ts'

export interface SettleOptions {
  readonly writer: MessageWriter
  readonly steps: RunSteps
  /** The pages this process knows of, in order. */
  readonly pages: readonly AnswerPage[]
  /** True when there may be pages of this run that nobody remembers. */
  readonly mayHaveLost: boolean
}

/** Far more than a run can have opened; only a bound. */
const mostPages = 100

/**
 * Makes the answer's messages show exactly these parts, whatever they showed before: pages are rewritten, missing
 * ones posted, those left over removed. Safe to repeat.
 * @param firstPage the page the parts begin on; earlier ones stay as they are
 * @returns the timestamp of the first part
 */
export async function settleAnswer(
  options: SettleOptions,
  parts: readonly string[],
  footer: Blocks,
  firstPage = 0,
): Promise<string> {
  let first: string | undefined
  let { mayHaveLost } = options
  for (const [index, part] of parts.entries()) {
    const content = renderAnswer(part, index === parts.length - 1 ? footer : [])
    const shown = await showPart(options, firstPage + index, content)
    first ??= shown.ts
    mayHaveLost ||= shown.isFound
  }
  const end = firstPage + parts.length
  await removePagesFrom(options, end)
  if (mayHaveLost) await options.writer.removeLeftovers((stepKey) => wantedKeys(end).has(stepKey))
  if (first === undefined) throw new MurmurError('MUR_BUG', { rule: 'an answer has at least one part' })
  return first
}

/** `isFound` says that the page was there from an attempt that died. */
async function showPart(
  options: SettleOptions,
  index: number,
  content: MessageContent,
): Promise<{ ts: string; isFound: boolean }> {
  const known = options.pages[index]
  if (known) return { ts: await rewrite(options.writer, known, content), isFound: false }
  const key = pageKey(index)
  const message = await options.writer.post(key, content)
  if (message.isFresh) return { ts: message.ts, isFound: false }
  return { ts: await rewrite(options.writer, asPage(key, message), content), isFound: true }
}

function wantedKeys(end: number): ReadonlySet<string> {
  return new Set(Array.from({ length: end }, (_, index) => pageKey(index)))
}

async function rewrite(writer: MessageWriter, page: AnswerPage, content: MessageContent): Promise<string> {
  if (page.isStreaming) await writer.abandonStream(page.ts)
  page.isStreaming = false
  if (await updateStopped(writer, page, content)) return page.ts
  // Deleted by a person, or too old to change: the answer is worth a second message.
  const key = `${page.key}:again`
  const message = await writer.post(key, content)
  if (!message.isFresh) await writer.update(message.ts, key, content)
  return message.ts
}

/** Slack may need a moment to see that a stream is over. */
async function updateStopped(writer: MessageWriter, page: AnswerPage, content: MessageContent): Promise<boolean> {
  try {
    return await writer.update(page.ts, page.key, content)
  } catch (error) {
    if (!isRejectedFor(error, 'streaming_state_conflict')) throw error
    await writer.abandonStream(page.ts)
  }
  try {
    return await writer.update(page.ts, page.key, content)
  } catch (cause) {
    if (!isRejectedFor(cause, 'streaming_state_conflict')) throw cause
    throw new MurmurError(
      'MUR_SLACK_BUSY',
      { method: 'chat.update', reason: 'streaming_state_conflict', isAmbiguous: false },
      { cause },
    )
  }
}

/** Pages that an earlier, longer attempt opened, also before a restart of the process. */
async function removePagesFrom({ writer, steps, pages }: SettleOptions, start: number): Promise<void> {
  for (let index = start; index < mostPages; index++) {
    const known = pages[index]?.ts
    if (known !== undefined) await writer.remove(known)
    else if (steps.has(pageKey(index))) await writer.remove((await writer.post(pageKey(index), renderAnswer(''))).ts)
    else return
  }
}

function asPage(key: string, { ts, mode }: PostedMessage): AnswerPage {
  return { key, ts, isStreaming: mode === 'stream' }
}
