import { MurmurError } from '../../errors.ts'
import type { RequestFile } from '../../storage/records.ts'
import type { SlackCalls } from './slack-calls.ts'

const method = 'files.info'

/**
 * The bytes of a file that a message came with.
 * @throws {MurmurError} MUR_SLACK_BUSY; MUR_SLACK_REJECTED (`too_large`, `no_access` and Slack's own reasons); MUR_RUN_CANCELLED
 */
export async function fetchFile(calls: SlackCalls, { id }: RequestFile, mostBytes: number, signal: AbortSignal): Promise<Uint8Array> {
  const { file } = await calls.call(method, { file: id }, { signal })
  const { url_private_download: download, url_private: shown, size, mimetype } = typeof file === 'object' && file !== null ? (file as Readonly<Record<string, unknown>>) : {}
  if (typeof size === 'number' && size > mostBytes) throw new MurmurError('MUR_SLACK_REJECTED', { method, reason: 'too_large' })
  const url = [download, shown].find((address): address is string => typeof address === 'string')
  if (url === undefined) throw new MurmurError('MUR_SLACK_REJECTED', { method, reason: 'no_access' })
  const bytes = await calls.download(url, mostBytes, signal)
  // Whom Slack does not let read gets its sign-in page, with status 200.
  if (mimetype !== 'text/html' && /^\s*<!doctype html/i.test(Buffer.from(bytes.subarray(0, 100)).toString('latin1'))) {
    throw new MurmurError('MUR_SLACK_REJECTED', { method, reason: 'no_access' })
  }
  return bytes
}
