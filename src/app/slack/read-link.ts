/** A Markdown link or image as it stands in the text; `target` is everything between its round brackets. */
export interface FoundLink {
  readonly label: string
  readonly target: string
  /** Characters from the opening square bracket to the closing round one. */
  readonly length: number
}

const longestLabel = 500
const longestTarget = 2_500
/**
 * CommonMark allows parsers to stop at 32 nested brackets; without a limit a text of brackets alone takes quadratic
 * time.
 */
const deepest = 32

/**
 * Reads the link that may begin at `start`, an opening square bracket. Both parts stand on one line.
 * @returns 'none' when there is none, 'more' when the text ends before that can be told
 */
export function readLink(text: string, start: number): FoundLink | 'none' | 'more' {
  const labelEnd = findClosing(text, start, '[', ']', longestLabel)
  if (typeof labelEnd === 'string') return labelEnd
  if (labelEnd + 1 >= text.length) return 'more'
  if (text.charAt(labelEnd + 1) !== '(') return 'none'
  const targetEnd = findClosing(text, labelEnd + 1, '(', ')', longestTarget)
  if (typeof targetEnd === 'string') return targetEnd
  return {
    label: text.slice(start + 1, labelEnd),
    target: text.slice(labelEnd + 2, targetEnd),
    length: targetEnd + 1 - start,
  }
}

/**
 * The address in what stands between the round brackets: without angles and title; undefined when it has another
 * form.
 */
export function addressIn(target: string): string | undefined {
  const found = /^[ \t]*(?:<([^<>]*)>|([^\s<>]+))(?:[ \t]+(?:"[^"]*"|'[^']*'|\([^()]*\)))?[ \t]*$/.exec(target)
  return found?.[1] ?? found?.[2]
}

/** The label as plain words: links and images in it become their text, and its brackets round. */
export function plainLabel(label: string): string {
  const isPlain = !/[[\]]/.test(label)
  if (isPlain) return label.trim()
  return label
    .replace(/!?\[([^[\]]*)\]\([^()]*\)/g, '$1')
    .replaceAll('[', '(')
    .replaceAll(']', ')')
    .trim()
}

function findClosing(
  text: string,
  start: number,
  open: string,
  close: string,
  limit: number,
): number | 'none' | 'more' {
  let depth = 0
  for (let at = start; at < text.length; at++) {
    if (at - start > limit) return 'none'
    const sign = text.charAt(at)
    if (sign === '\n') return 'none'
    if (sign === '\\' && text.charAt(at + 1) !== '\n') at++
    else if (sign === open && ++depth > deepest) return 'none'
    else if (sign === close && --depth === 0) return at
  }
  return text.length - start > limit ? 'none' : 'more'
}
