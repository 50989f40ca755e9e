import { MurmurError } from '../../errors.ts'
import type { RunSteps, ThreadFile } from '../../orchestration/thread-port.ts'
import type { Request } from '../../storage/records.ts'
import type { ChannelPacer } from './channel-pacer.ts'
import type { FeatureMemory } from './feature-memory.ts'
import type { OwnMessageFinder } from './find-own-message.ts'
import { redactSecrets } from './redact-secrets.ts'
import { sanitizeMrkdwn, sanitizePlain } from './sanitize-text.ts'
import type { SlackCalls, SlackResult } from './slack-calls.ts'
import { isMissingFeature } from './slack-errors.ts'

export interface FileSharer {
  readonly calls: SlackCalls
  readonly request: Request
  readonly threadId: string
  readonly steps: RunSteps
  readonly finder: Pick<OwnMessageFinder, 'hasFile'>
  readonly pacer: ChannelPacer
  readonly features: FeatureMemory
}

const longestName = 120
const longestTitle = 200
const longestComment = 2_900

/**
 * Shows a file in the thread, once per step over restarts: the id that Slack gave for the upload is stored before the file is shared, and
 * by it the thread is asked whether a share whose outcome is unknown took place.
 * @returns false where the workspace takes no files of ours
 * @throws {MurmurError} MUR_SLACK_BUSY; MUR_SLACK_REJECTED for other reasons
 */
export async function shareFile(sharer: FileSharer, stepKey: string, file: ThreadFile): Promise<boolean> {
  const { steps, features, request } = sharer
  const key = `file:${stepKey}`
  if (!steps.has(key) && features.isMissing(request.workspaceId, 'files')) return false
  try {
    await steps.once(key, () => shareNow(sharer, key, file), { recover: () => findShared(sharer, key) })
    return true
  } catch (error) {
    if (!isMissingFeature(error)) throw error
    features.setMissing(request.workspaceId, 'files')
    return false
  }
}

/** Each attempt takes an upload of its own: the address of an earlier one may have run out. */
async function shareNow({ calls, request, threadId, steps, finder, pacer }: FileSharer, key: string, file: ThreadFile): Promise<string> {
  const bytes = withoutSecrets(file)
  const { fileId, url } = await reserve(calls, file.name, bytes)
  await calls.upload(url, bytes)
  await steps.once(`${key}:${countReserved(steps, key)}`, async () => fileId)
  const comment = sanitizeMrkdwn(file.comment.slice(0, longestComment).toWellFormed(), { mentionable: request.mentionable })
  await pacer.take(request.channelId)
  const recover = async (): Promise<SlackResult | undefined> => ((await finder.hasFile(fileId)) ? {} : undefined)
  await calls.call(
    'files.completeUploadExternal',
    {
      files: JSON.stringify([{ id: fileId, title: sanitizePlain(oneLine(file.title, longestTitle)) }]),
      channel_id: request.channelId,
      thread_ts: threadId,
      ...(comment === '' ? {} : { initial_comment: comment }),
    },
    { recover },
  )
  return fileId
}

function withoutSecrets({ mimeType, bytes }: ThreadFile): Uint8Array {
  if (!mimeType.startsWith('text/')) return bytes
  const text = Buffer.from(bytes).toString('utf8')
  const safe = redactSecrets(text)
  return safe === text ? bytes : Buffer.from(safe)
}

async function reserve(calls: SlackCalls, name: string, bytes: Uint8Array): Promise<{ fileId: string; url: string }> {
  const method = 'files.getUploadURLExternal'
  const { file_id: fileId, upload_url: url } = await calls.call(method, { filename: fileName(name), length: bytes.byteLength })
  if (typeof fileId !== 'string' || typeof url !== 'string') throw new MurmurError('MUR_SLACK_REJECTED', { method, reason: 'not_supported' })
  return { fileId, url }
}

async function findShared({ steps, finder }: FileSharer, key: string): Promise<string | undefined> {
  for (let turn = 0, count = countReserved(steps, key); turn < count; turn++) {
    const fileId = await steps.once(`${key}:${turn}`, async () => '')
    if (await finder.hasFile(fileId)) return fileId
  }
  return undefined
}

/** Bounded by the number of times a run is begun. */
function countReserved(steps: RunSteps, key: string): number {
  let count = 0
  while (steps.has(`${key}:${count}`)) count++
  return count
}

const oneLine = (text: string, length: number): string => text.replaceAll(/\s+/g, ' ').trim().slice(0, length).toWellFormed()

/** A name that is safe to save under. */
function fileName(name: string): string {
  const plain = sanitizePlain(oneLine(name, longestName)).replaceAll(/[\\/:*?"<>|\p{Cc}]/gu, '-').replace(/^\.+/, '')
  return plain === '' ? 'file' : plain
}
