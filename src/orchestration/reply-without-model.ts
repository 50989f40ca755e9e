import type { Request } from '../storage/records.ts'

/** Slack itself cuts a message at 40,000 characters; more comes only through the programmatic door. */
export const maxRequestChars = 5_000_000

const examples = ['Summarise this thread', 'Plan the launch of our newsletter in two weeks', 'Why does `[1, 10, 2].sort()` give 1, 10, 2?']

/** The short, helpful answer to a request that needs no model, or undefined for one that does. */
export function replyWithoutModel({ text, files, scheduled }: Pick<Request, 'text' | 'files' | 'scheduled'>): string | undefined {
  if (scheduled?.missed !== undefined) return scheduled.missed
  if (text.trim() !== '' || files.length > 0) return undefined
  return ['Hello! Tell me what you need and the right specialist answers here, in the thread. For example:', ...examples.map((line) => `- ${line}`), '', 'Commands: `/swarm help`.'].join('\n')
}
