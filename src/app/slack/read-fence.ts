/** An open code fence: its marker (three or more backticks or tildes) and how many quote marks its lines begin with. */
export interface Fence {
  readonly marker: string
  readonly quoteDepth: number
}

/** The beginning of a line: quote marks, then indentation and list marks, then perhaps the run of a fence. */
export interface LineHead {
  readonly quote: string
  readonly list: string
  readonly run: string
}

const lineHead = /^((?:[ ]{0,3}>)*)([ \t]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)*)(`+|~+)?/
/** Longer runs and deeper quotes are no writing but an attempt to make us repeat them; they are taken as text. */
const longestMarker = 100
const deepestQuote = 20
const startedListMark = /^(?:[-*+]|\d{1,9}[.)]?)$/

export function readLineHead(line: string): LineHead {
  const [, quote = '', list = '', run = ''] = lineHead.exec(line) ?? []
  return { quote, list, run }
}

/** True when more of the line could still change how it begins; `line` is what there is of it, without a newline. */
export function isHeadOpen(line: string): boolean {
  const { quote, list, run } = readLineHead(line)
  const rest = line.slice(quote.length + list.length + run.length)
  // A long enough run may open a fence, which only the whole line tells.
  return rest === '' || run.length >= 3 || (run === '' && startedListMark.test(rest))
}

/** The fence that this line opens, if it does; `isInList` allows for the deeper indentation of list items. */
export function openedFence(line: string, isInList: boolean): Fence | undefined {
  const { quote, list, run } = readLineHead(line)
  const quoteDepth = countQuotes(quote)
  if (run.length < 3 || run.length > longestMarker || quoteDepth > deepestQuote) return undefined
  const info = line.slice(quote.length + list.length + run.length)
  if (run.startsWith('`') && info.includes('`')) return undefined
  // Four blanks outside a list make indented code, in which a fence is only text.
  if (!isInList && /^(?: {4}| {0,3}\t)/.test(list)) return undefined
  return { marker: run, quoteDepth }
}

/** What becomes of an open fence at this line: still open, closed by its marker, or gone because its quote ended. */
export function meetFence(line: string, fence: Fence): 'open' | 'closed' | 'gone' {
  const { quote } = readLineHead(line)
  if (countQuotes(quote) < fence.quoteDepth) return 'gone'
  const run = line.slice(quoteLength(line, fence.quoteDepth)).trim()
  const isMarker = run.length >= fence.marker.length && run === fence.marker.charAt(0).repeat(run.length)
  return isMarker ? 'closed' : 'open'
}

/** Characters up to and with the last of `depth` quote marks. */
export function quoteLength(line: string, depth: number): number {
  let at = 0
  for (let seen = 0; seen < depth && at < line.length; at++) if (line.charAt(at) === '>') seen++
  return at
}

function countQuotes(quote: string): number {
  return quote.split('>').length - 1
}
