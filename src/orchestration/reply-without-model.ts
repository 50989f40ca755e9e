import { errorTable } from '../errors.ts'
import type { Request } from '../storage/records.ts'

/** Slack itself cuts a message at 40,000 characters; more comes only through the programmatic door. */
export const maxRequestChars = 40_000

const examples = ['Summarise this thread', 'Plan the launch of our newsletter in two weeks', 'Why does `[1, 10, 2].sort()` give 1, 10, 2?']

/** The short, helpful answer to a request that needs no model, or undefined for one that does. */
export function replyWithoutModel({ text, files }: Pick<Request, 'text' | 'files'>): string | undefined {
  if (text.length > maxRequestChars) {
    return errorTable.MUR_INPUT_TOO_LONG.message({ limit: maxRequestChars, unit: 'characters', found: text.length })
  }
  if (text.trim() !== '') return undefined
  const [file] = files
  if (file) {
    return `I see *${file.name}*, but no request with it. Tell me what you want to know or have done, and paste the part that matters: I answer from the text of the message and its thread.`
  }
  return ['Hello! Tell me what you need and the right specialist answers here, in the thread. For example:', ...examples.map((line) => `- ${line}`), '', 'Commands: `/swarm help`.'].join('\n')
}
