import type { Directory } from './directory.ts'
import { searchEmoji } from './emoji.ts'
import type { SlashCommand } from './play-state.ts'

/** A place in the composer where a name is being typed: `/` at the start, `@`, `#` or `:`. */
export interface CompletionQuery {
  readonly trigger: '/' | '@' | '#' | ':'
  readonly query: string
  /** Index of the trigger in the text. */
  readonly from: number
}

/** One offered name. `insert` replaces everything from the trigger to the caret. */
export interface Completion {
  readonly insert: string
  readonly label: string
  readonly description: string
}

const maxOffered = 8

/** Finds what is being typed at the caret, if it can be completed. */
export function findCompletion(text: string, caret: number): CompletionQuery | undefined {
  const before = text.slice(0, caret)
  const command = /^\/(\S*)$/.exec(before)
  if (command !== null) return { trigger: '/', query: command[1] ?? '', from: 0 }
  const word = /(?:^|[\s(])([@#:])([\w.+-]*)$/.exec(before)
  const trigger = word?.[1]
  const query = word?.[2] ?? ''
  if (trigger !== '@' && trigger !== '#' && trigger !== ':') return undefined
  if (trigger === ':' && query.length < 2) return undefined
  return { trigger, query, from: caret - query.length - 1 }
}

/** Lists the names that fit, best first. */
export function listCompletions(
  query: CompletionQuery,
  directory: Directory,
  commands: readonly SlashCommand[],
): readonly Completion[] {
  const wanted = query.query.toLowerCase()
  switch (query.trigger) {
    case '/':
      return commands
        .filter((one) => one.command.slice(1).startsWith(wanted))
        .slice(0, maxOffered)
        .map((one) => ({
          insert: `${one.command} `,
          label: `${one.command} ${one.usageHint}`.trim(),
          description: one.description,
        }))
    case '@':
      return directory.members
        .filter((one) => one.name.includes(wanted) || one.realName.toLowerCase().includes(wanted))
        .toSorted((one, other) => Number(other.isBot) - Number(one.isBot))
        .slice(0, maxOffered)
        .map((one) => ({
          insert: `@${one.name} `,
          label: `@${one.name}`,
          description: one.isBot ? 'App' : one.realName,
        }))
    case '#':
      return directory.channels
        .filter((one) => !one.isIm && one.name.includes(wanted))
        .slice(0, maxOffered)
        .map((one) => ({ insert: `#${one.name} `, label: `#${one.name}`, description: one.topic }))
    case ':':
      return searchEmoji(wanted, maxOffered).map((one) => ({
        insert: `:${one.name}: `,
        label: `${one.emoji}  :${one.name}:`,
        description: '',
      }))
  }
}
