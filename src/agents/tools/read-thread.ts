import { z } from 'zod'
import { boundText, maxToolChars, toolError } from './tool.ts'
import type { ThreadLine, Tool, ToolContext } from './tool.ts'

const maxLinesShown = 60
const maxCharsALine = 1_500
const maxQueryWords = 12
/** Kept free for the first line of the result. */
const headChars = 200

const inputSchema = z.object({
  query: z
    .string()
    .max(200)
    .optional()
    .describe('Words to look for; messages with all of them come first, else those with most'),
  author: z.string().max(80).optional().describe('Only messages of this person (part of the name is enough)'),
  from: z.int().min(1).optional().describe('First message number, 1 is the oldest'),
  to: z.int().min(1).optional().describe('Last message number'),
  last: z.int().min(1).max(maxLinesShown).optional().describe('Only the newest N messages'),
})

type ReadThreadInput = z.infer<typeof inputSchema>

interface NumberedLine extends ThreadLine {
  readonly number: number
}

/** Searches and slices the thread, for what did not fit the prompt or has to be quoted exactly. */
export const readThread: Tool<ReadThreadInput> = {
  name: 'read_thread',
  description:
    'Read this Slack thread: all of it, a range of message numbers, the newest messages, one author, or a word ' +
    'search. ' +
    'Use it before you quote or count messages, or when earlier messages are missing from what you were given.',
  input: inputSchema,
  async run(input, context) {
    context.signal.throwIfAborted()
    const { thread } = context
    if (thread.length === 0) return toolError('This thread has no earlier messages. Answer from the request itself.')
    const found = searchLines(sliceLines(thread, input), input)
    if (found.length === 0) return toolError(describeMiss(input, thread.length))
    return renderLines(found, thread.length, context)
  },
}

function sliceLines(thread: readonly ThreadLine[], input: ReadThreadInput): NumberedLine[] {
  const from = input.from ?? 1
  const to = input.to ?? thread.length
  const author = input.author === undefined ? '' : fold(input.author.replace(/^@/, ''))
  const lines = thread
    .map((line, index) => ({ ...line, number: index + 1 }))
    .filter((line) => line.number >= from && line.number <= to && fold(line.author).includes(author))
  return input.last === undefined ? lines : lines.slice(-input.last)
}

/** Messages with every word of the query; if there is none, those with the most of them. Thread order is kept. */
function searchLines(lines: NumberedLine[], input: ReadThreadInput): NumberedLine[] {
  const words = fold(input.query ?? '')
    .split(/\s+/)
    .filter(Boolean)
    .slice(0, maxQueryWords)
  if (words.length === 0) return lines
  const hits = lines.map((line) => {
    const text = fold(`${line.author} ${line.text}`)
    return words.filter((word) => text.includes(word)).length
  })
  const best = hits.reduce((most, count) => Math.max(most, count), 0)
  return best === 0 ? [] : lines.filter((_, index) => hits[index] === best)
}

/** The newest are kept when there are too many or they are too long: a thread's end says how it stands. */
function renderLines(found: readonly NumberedLine[], total: number, context: ToolContext): string {
  const format = timeFormat(context.timeZone)
  const rows = found
    .slice(-maxLinesShown)
    .map(
      (line) =>
        `[${line.number}] ${format.format(line.sentAtMs)} ${line.author}: ${boundText(line.text, maxCharsALine)}`,
    )
  const shown = newestThatFit(rows, maxToolChars - headChars)
  const left = found.length - shown.length
  const head =
    `${shown.length} of ${total} messages in this thread, times in ${format.resolvedOptions().timeZone}` +
    (left > 0 ? `; ${left} older ones match too: narrow it with from, to, author or query` : '') +
    ':'
  return [head, ...shown].join('\n')
}

function newestThatFit(rows: readonly string[], maxChars: number): readonly string[] {
  let left = maxChars
  let first = rows.length
  while (first > 0) {
    left -= (rows[first - 1] ?? '').length + 1
    if (left < 0) break
    first -= 1
  }
  return rows.slice(first)
}

function describeMiss(input: ReadThreadInput, total: number): string {
  const asked = Object.entries(input)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `${key}: ${value}`)
  return (
    `Expected messages with ${asked.join(', ')}, found none among ${total}. ` +
    'Ask with fewer words, or without limits to see all.'
  )
}

const fold = (text: string): string => text.normalize('NFKC').toLowerCase()

function timeFormat(timeZone: string): Intl.DateTimeFormat {
  const form = { dateStyle: 'medium', timeStyle: 'short' } as const
  try {
    return new Intl.DateTimeFormat('en-GB', { ...form, timeZone })
  } catch {
    // Slack may send a zone this ICU does not know; UTC is still right, and the head names it.
    return new Intl.DateTimeFormat('en-GB', { ...form, timeZone: 'UTC' })
  }
}
