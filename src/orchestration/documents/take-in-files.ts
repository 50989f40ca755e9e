import { imageMimeType, kindOfFile } from '../../agents/files/file-kind.ts'
import { FileProblem } from '../../agents/files/file-problem.ts'
import { checkFile, mostFileBytes } from '../../agents/files/read-file.ts'
import { MurmurError } from '../../errors.ts'
import type { RequestFile } from '../../storage/records.ts'
import type { RunAttempt } from '../run-attempt.ts'
import { describePicture } from './describe-picture.ts'
import { keepDocument, type DocumentDesk, type Vision } from './document-desk.ts'

/** Files of one request that are read; the others are named. */
const mostFiles = 10

/** A file that could not be read, and why, in a sentence for the person. */
export interface UnreadFile {
  readonly name: string
  readonly problem: string
}

/** Makes a document of each file of the request, once over restarts; what can't be read is said in the thread. */
export async function takeInFiles(desk: DocumentDesk, vision: Vision, attempt: RunAttempt): Promise<UnreadFile[]> {
  const { run, journal, thread } = attempt
  const { files } = run.request
  const unread: UnreadFile[] = files.slice(mostFiles).map(({ name }) => ({ name, problem: `I read at most ${mostFiles} files at a time.` }))
  for (const [at, file] of files.slice(0, mostFiles).entries()) {
    await thread.showStatus(`is reading ${file.name.slice(0, 60)} …`)
    const { problem } = await journal.once(`document:file:${file.id}`, () => takeInFile(desk, vision, attempt, { ...file, at }))
    if (problem !== '') unread.push({ name: file.name, problem })
  }
  if (unread.length > 0) {
    const lines = unread.slice(0, 20).map(({ name, problem }) => `:warning: I could not read *${name.replaceAll(/[*\n]/g, ' ')}*: ${problem}`)
    await thread.post('unread-files', lines.join('\n'))
  }
  return unread
}

async function takeInFile(desk: DocumentDesk, vision: Vision, attempt: RunAttempt, file: RequestFile & { readonly at: number }): Promise<{ problem: string }> {
  const { run, thread, signal } = attempt
  try {
    const bytes = await thread.fetchFile(file, mostFileBytes, signal)
    const kind = kindOfFile(bytes, file.name)
    const mimeType = imageMimeType(bytes)
    if (mimeType === undefined) {
      const read = await desk.reader.read(bytes, file.name, signal)
      await keepDocument(desk, run, { source: `file:${file.id}`, name: file.name, kind, read })
    } else {
      checkFile(kind, bytes)
      const text = await describePicture(vision, attempt, { at: file.at, name: file.name, mimeType, bytes })
      await keepDocument(desk, run, { source: `file:${file.id}`, name: file.name, kind: 'picture', read: await desk.reader.split(text, signal) })
    }
    return { problem: '' }
  } catch (error) {
    if (error instanceof FileProblem) return { problem: error.message }
    if (error instanceof MurmurError && error.code === 'MUR_SLACK_REJECTED') return { problem: refusalOf(error) }
    throw error
  }
}

function refusalOf({ details }: MurmurError): string {
  const reason = String(details['reason'] ?? 'unknown')
  if (reason === 'too_large') return `It has more than ${mostFileBytes / 1_000_000} MB. Send the part that matters.`
  return `Slack does not let me have it (${reason}).`
}
