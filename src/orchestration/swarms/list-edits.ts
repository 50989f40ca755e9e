/** What a person wants changed on the list of an `auto` swarm. */
export type ListEdit =
  | { readonly kind: 'add'; readonly title: string }
  | { readonly kind: 'drop'; readonly numbers: readonly number[] }
  | { readonly kind: 'first'; readonly numbers: readonly number[] }
  | { readonly kind: 'stop' }

export interface ReadWords {
  readonly edits: readonly ListEdit[]
  /** The lines that change nothing on the list; may be empty. */
  readonly guidance: string
}

const maxLines = 50
const maxTitleChars = 200
/** A mention of the app, a bullet or a quote mark may stand before a command. */
const before = /^(?:\s|<@[A-Z0-9]+(?:\|[^>]*)?>|@\S+|[-*•>])*/u
const numberList = /^#?\d{1,3}(?:(?:\s*,\s*|\s+(?:and\s+)?)#?\d{1,3})*$/i

/**
 * Reads what somebody writes in the thread while the list is worked off. Each line that is nothing but a command is one:
 * `add: <what>`, `drop 3`, `first: 2`, `first 2, 5`, `stop`, in any case; everything else is advice.
 */
export function readListEdits(text: string): ReadWords {
  const lines = text.split('\n', maxLines)
  const read = lines.map((line) => ({ line, edit: readLine(line.replace(before, '').trim()) }))
  return {
    edits: read.flatMap(({ edit }) => (edit ? [edit] : [])),
    guidance: read.filter(({ edit }) => !edit).map(({ line }) => line).join('\n').trim(),
  }
}

function readLine(line: string): ListEdit | undefined {
  if (/^stop[.!]*$/i.test(line)) return { kind: 'stop' }
  const added = /^add\s*:\s*(.+)$/is.exec(line)?.[1]?.replaceAll(/\s+/g, ' ').trim()
  if (added) return { kind: 'add', title: added.slice(0, maxTitleChars).toWellFormed() }
  const [, word = '', rest = ''] = /^(drop|first)\s*:?\s*(.+?)[.!]*$/i.exec(line) ?? []
  if (!numberList.test(rest)) return undefined
  const numbers = [...new Set([...rest.matchAll(/\d+/g)].map(([digits]) => Number(digits)))]
  return { kind: word.toLowerCase() === 'drop' ? 'drop' : 'first', numbers }
}
