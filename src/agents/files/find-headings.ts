export interface Heading {
  /** Where its line begins, in UTF-16 units. */
  readonly start: number
  readonly title: string
  /** 1 is the highest. */
  readonly level: number
}

const longestTitle = 100
const mostHeadings = 5_000
const markdown = /^(#{1,6})\s+(\S.*)$/
const named = /^(?:chapter|part|book|section|act|scene|appendix|volume|letter|article|annex)\s+(?:[ivxlcdm]{1,8}|\d{1,4}|[a-z]{3,12}|[a-z])\b[.:]?(?:\s.{0,80})?$/i
const numbered = /^(\d{1,3}(?:\.\d{1,3}){0,4})\.?\s+\p{Lu}[^.!?]{2,80}$/u
const capitals = /^[\p{Lu}\d][\p{Lu}\d ,'’:&().-]{3,70}$/u

/** Lines that name what follows them: in Markdown, as "Chapter 3" or "2.1 Scope", or in capitals between empty lines. */
export function findHeadings(text: string): Heading[] {
  const headings: Heading[] = []
  let wasEmpty = true
  for (let start = 0; start < text.length && headings.length < mostHeadings; ) {
    const newline = text.indexOf('\n', start)
    const end = newline < 0 ? text.length : newline
    // A heading is short; longer lines are not even looked at.
    const line = end - start <= longestTitle + 10 ? text.slice(start, end).trim() : undefined
    const level = line === undefined || line === '' ? undefined : levelOf(line, wasEmpty)
    if (line !== undefined && level !== undefined) headings.push({ start, level, title: line.replace(/^#{1,6}\s+/, '').slice(0, longestTitle) })
    wasEmpty = line === ''
    start = end + 1
  }
  return headings
}

function levelOf(line: string, followsEmpty: boolean): number | undefined {
  const marks = markdown.exec(line)?.[1]
  if (marks !== undefined) return marks.length
  if (!followsEmpty) return undefined
  if (named.test(line)) return 1
  const number = numbered.exec(line)?.[1]
  if (number !== undefined) return number.split('.').length
  return capitals.test(line) && /\p{Lu}{3}/u.test(line) ? 2 : undefined
}
