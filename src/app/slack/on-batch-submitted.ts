import { readBatch } from '../../commands/read-batch.ts'
import { asMurmurError, MurmurError } from '../../errors.ts'
import type { BatchItem } from '../../orchestration/tasks/submit-batch.ts'
import type { WorkspaceId } from '../../storage/records.ts'
import { placeOf, type SlackEdge } from './edge.ts'
import { fetchFile } from './fetch-file.ts'
import { readField, type FormErrors, type FormSubmission } from './form.ts'
import { batchInputs } from './render-batch-modal.ts'
import type { SlackCalls } from './slack-calls.ts'

const maxFileBytes = 256 * 1024
/** Slack shows the errors of a form only within three seconds. */
const fileLimitMs = 2_000
/** Slack cuts what stands under a field. */
const maxErrorChars = 150

/** The form of a batch: all of it or nothing; what is wrong stands at its field, by line. */
export async function onBatchSubmitted(edge: SlackEdge, { teamId, userId, viewId, metadata, values }: FormSubmission): Promise<FormErrors> {
  const { workspaceId, calls } = await placeOf(edge, teamId)
  const typed = readField(values, batchInputs.lines)
  const file = values[batchInputs.file.blockId]?.[batchInputs.file.actionId]?.files?.[0]
  const field = file ? batchInputs.file.blockId : batchInputs.lines.blockId
  if (file && typed !== '') return { [field]: 'Either the lines above or a file, not both.' }
  let items: readonly BatchItem[]
  try {
    items = await readItems(edge, { workspaceId, userId }, file ? await readFile(calls, file.id) : typed)
  } catch (error) {
    const failure = asMurmurError(error)
    if (failure.told === 'operator' && failure.code !== 'MUR_SLACK_REJECTED' && failure.code !== 'MUR_SLACK_BUSY') throw failure
    return { [field]: sayAtField(failure) }
  }
  const { channelId } = JSON.parse(metadata) as { channelId: string }
  await edge.commands.submitBatch({ workspaceId, surface: 'command', channelId, userId, mentionable: [userId] }, items, [`view:${viewId}`])
  return {}
}

async function readItems({ commands }: SlackEdge, { workspaceId, userId }: { workspaceId: WorkspaceId; userId: string }, text: string): Promise<readonly BatchItem[]> {
  if (text.trim() === '') throw new MurmurError('MUR_USAGE', { wanted: 'objectives, one a line', hint: 'Or choose a file.' })
  const { catalogue } = await commands.settingsOf(workspaceId)
  const timeZone = text.includes(':') ? await commands.timeZoneOf(workspaceId, userId) : 'UTC'
  return readBatch(text, { catalogue, timeZone, nowMs: commands.nowMs() })
}

async function readFile(calls: SlackCalls, id: string): Promise<string> {
  const bytes = await fetchFile(calls, { id, name: '', mimeType: '', sizeBytes: 0 }, maxFileBytes, AbortSignal.timeout(fileLimitMs))
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw new MurmurError('MUR_USAGE', { wanted: 'text in UTF-8', found: 'another encoding', hint: 'Save the file as CSV UTF-8.' })
  }
}

function sayAtField({ code, message, details }: MurmurError): string {
  if (code === 'MUR_USAGE') return [details['hint'], message].find((text) => String(text).startsWith('Line '))?.toString().slice(0, maxErrorChars) ?? message.slice(0, maxErrorChars)
  if (details['reason'] === 'too_large') return 'The file is larger than 256 KB.'
  return `The file could not be read just now; paste its text instead. (${code})`
}
