/** A piece of an expression. `at` is its 1-based position, for messages. */
export type Token =
  | { readonly kind: 'number'; readonly text: string; readonly at: number }
  | { readonly kind: 'name'; readonly text: string; readonly at: number }
  | { readonly kind: 'sign'; readonly text: string; readonly at: number }
  | { readonly kind: 'end'; readonly text: ''; readonly at: number }

/** What is wrong with an expression, in words for the one who wrote it. */
export class ExpressionError extends Error {
  override readonly name = 'ExpressionError'
}

const numberForm = /(?:\d+(?:_\d+)*(?:\.\d+)?|\.\d+)(?:e[+-]?\d{1,4})?/iy
const nameForm = /[a-z][a-z0-9]*/iy
const signForm = /\*\*|[-+*/^%!(),]/y

/** Signs people and models type instead of the plain ones. */
const sameSign: Readonly<Record<string, string>> = {
  '×': '*',
  '·': '*',
  '⋅': '*',
  '÷': '/',
  '−': '-',
  '–': '-',
  '²': '^2',
  '³': '^3',
  'π': ' pi ',
  '√': ' sqrt ',
  '[': '(',
  ']': ')',
}

/**
 * Splits an expression; the caller bounds its length.
 * @throws {ExpressionError} on a sign that has no meaning here
 */
export function readTokens(expression: string): readonly Token[] {
  const text = expression.replace(/[×·⋅÷−–²³π√[\]]/g, (sign) => sameSign[sign] ?? sign)
  const tokens: Token[] = []
  let at = 0
  while (at < text.length) {
    if (/\s/.test(text.charAt(at))) {
      at += 1
      continue
    }
    const token = readToken(text, at)
    tokens.push(token)
    at += token.text.length
  }
  return [...tokens.map(plain), { kind: 'end', text: '', at: text.length + 1 }]
}

function readToken(text: string, at: number): Token {
  const number = match(numberForm, text, at)
  if (number !== undefined) return { kind: 'number', text: number, at: at + 1 }
  const name = match(nameForm, text, at)
  if (name !== undefined) return { kind: 'name', text: name, at: at + 1 }
  const sign = match(signForm, text, at)
  if (sign !== undefined) return { kind: 'sign', text: sign, at: at + 1 }
  throw new ExpressionError(
    `expected a number, a function or an operator at character ${at + 1}, found "${text.charAt(at)}". ` +
      'Write plain numbers without currency or units.',
  )
}

function plain(token: Token): Token {
  if (token.kind === 'number') return { ...token, text: token.text.replaceAll('_', '') }
  if (token.kind === 'name') return { ...token, text: token.text.toLowerCase() }
  return token.text === '**' ? { ...token, kind: 'sign', text: '^' } : token
}

function match(form: RegExp, text: string, at: number): string | undefined {
  form.lastIndex = at
  return form.exec(text)?.[0]
}
