// After one of these words a slash begins a regular expression; after any other word it divides.
const wordsBeforeExpression = new Set(
  'return typeof case in of void delete throw new await yield else do instanceof default'.split(' '),
)

interface Cursor {
  readonly source: string
  readonly out: string[]
  at: number
  /** One entry for each `${` that is open: how many braces stand open inside it. */
  readonly substitutions: number[]
  /** Whether a slash here would begin a regular expression. */
  expressionNext: boolean
}

/**
 * Blanks out what is not code and keeps every position: comments become spaces, and so does the inside of strings, templates and
 * regular expressions, whose delimiters stay. Line breaks stay, and so does the code inside `${}` of a template.
 * A scanner, not a parser: it knows just enough to tell a division from a regular expression in formatted code.
 */
export function maskSource(source: string): string {
  const cursor: Cursor = { source, out: source.split(''), at: 0, substitutions: [], expressionNext: true }
  while (cursor.at < source.length) step(cursor)
  return cursor.out.join('')
}

// Each call moves the cursor by one character at least.
function step(cursor: Cursor): void {
  const { source, at } = cursor
  const char = source.charAt(at)
  if (source.startsWith('//', at)) blankTo(cursor, indexOrEnd(source, '\n', at))
  else if (source.startsWith('/*', at)) blankTo(cursor, indexOrEnd(source, '*/', at + 2) + 2)
  else if (char === "'" || char === '"') skipQuoted(cursor, char)
  else if (char === '`') skipTemplate(cursor)
  else if (char === '/' && cursor.expressionNext) skipPattern(cursor)
  else if (/[\w$]/.test(char)) skipWord(cursor)
  else skipPunctuation(cursor, char)
}

function skipQuoted(cursor: Cursor, quote: string): void {
  cursor.at += 1
  blankTo(cursor, endOfText(cursor.source, cursor.at, (char) => char === quote || char === '\n'))
  cursor.at += 1
  cursor.expressionNext = false
}

function skipTemplate(cursor: Cursor): void {
  const { source } = cursor
  cursor.at += 1
  blankTo(cursor, endOfText(source, cursor.at, (char, index) => char === '`' || source.startsWith('${', index)))
  const opensSubstitution = source.charAt(cursor.at) === '$'
  if (opensSubstitution) cursor.substitutions.push(0)
  cursor.at += opensSubstitution ? 2 : 1
  cursor.expressionNext = opensSubstitution
}

function skipPattern(cursor: Cursor): void {
  let inClass = false
  cursor.at += 1
  const end = endOfText(cursor.source, cursor.at, (char) => {
    if (char === '[') inClass = true
    if (char === ']') inClass = false
    return char === '\n' || (char === '/' && !inClass)
  })
  blankTo(cursor, end)
  cursor.at += 1
  cursor.expressionNext = false
}

function skipWord(cursor: Cursor): void {
  const word = /^[\w$]+/.exec(cursor.source.slice(cursor.at, cursor.at + 200))?.[0] ?? ' '
  cursor.at += word.length
  cursor.expressionNext = wordsBeforeExpression.has(word)
}

function skipPunctuation(cursor: Cursor, char: string): void {
  const open = cursor.substitutions.length - 1
  const depth = cursor.substitutions[open]
  if (depth !== undefined && char === '{') cursor.substitutions[open] = depth + 1
  if (depth !== undefined && char === '}') {
    if (depth === 0) {
      cursor.substitutions.pop()
      skipTemplate(cursor)
      return
    }
    cursor.substitutions[open] = depth - 1
  }
  if (!/\s/.test(char)) cursor.expressionNext = char !== ')' && char !== ']'
  cursor.at += 1
}

// Where `isEnd` first holds for a character that no backslash escapes; the length of the source when nowhere.
function endOfText(source: string, from: number, isEnd: (char: string, index: number) => boolean): number {
  for (let index = from; index < source.length; index += 1) {
    const char = source.charAt(index)
    if (char === '\\') index += 1
    else if (isEnd(char, index)) return index
  }
  return source.length
}

function indexOrEnd(source: string, text: string, from: number): number {
  const index = source.indexOf(text, from)
  return index === -1 ? source.length : index
}

function blankTo(cursor: Cursor, end: number): void {
  const stop = Math.min(end, cursor.source.length)
  for (; cursor.at < stop; cursor.at += 1) {
    if (cursor.source.charAt(cursor.at) !== '\n') cursor.out[cursor.at] = ' '
  }
}
