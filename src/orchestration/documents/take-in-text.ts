import { estimateTokens } from '../../agents/count-tokens.ts'
import { MurmurError } from '../../errors.ts'
import type { RunAttempt } from '../run-attempt.ts'
import { keepDocument, type DocumentDesk } from './document-desk.ts'

/** So much of how a long text begins and ends stands for it: what is wanted stands in front of the material or behind it. */
const shownChars = 600
/** A token of any usual text has about four characters; shorter ones are not counted. */
const leastCharsPerToken = 1 / 3

/** True when a text is too long to go into prompts as it is. */
export function isLong(text: string, longInputTokens: number): boolean {
  return text.length >= longInputTokens * leastCharsPerToken && estimateTokens(text) >= longInputTokens
}

/**
 * Makes a document of the request's own text, and shows it as a file in the thread; each once over restarts.
 * @returns what stands for the text from now on
 */
export async function takeInText(desk: DocumentDesk, { run, journal, thread, signal }: RunAttempt): Promise<string> {
  const text = (await desk.store.longText(run.runId)) ?? run.request.text
  const name = `text-${run.runId.slice(-6)}.txt`
  await journal.once('document:text', async () => {
    const read = await desk.reader.split(text, signal).catch((cause: unknown) => {
      if (cause instanceof MurmurError) throw cause
      throw new MurmurError('MUR_REQUEST_INVALID', { wanted: 'a text that can be read', found: 'one that cannot', hint: 'Send it as a file.' }, { cause })
    })
    await keepDocument(desk, run, { source: 'text', name, kind: 'text', read })
  })
  const tokens = estimateTokens(text).toLocaleString('en-US')
  await thread.postFile('document:text', { name, title: `Your text, about ${tokens} tokens`, mimeType: 'text/plain', bytes: Buffer.from(text), comment: '' })
  return shortOf(text)
}

/** How a text begins and ends: whole paragraphs where they are short. */
export function shortOf(text: string): string {
  const plain = text.trim()
  const head = plain.slice(0, shownChars).split(/\n\s*\n/, 1)[0] ?? ''
  const tail = plain.slice(-shownChars).split(/\n\s*\n/).at(-1) ?? ''
  return `${head.toWellFormed()}\n[…]\n${tail.toWellFormed()}`
}
