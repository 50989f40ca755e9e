import { linesPattern } from './lines-pattern.ts'

/** A calculation that was found in a text. */
export interface Calculation {
  /** In the notation of calculators: digits, + - * / % ^ and parentheses. */
  readonly expression: string
  readonly value: number
}

const spoken: readonly (readonly [RegExp, string])[] = [
  [/(\d),(?=\d{3}\b)/g, '$1'],
  [/[$€£](?=\s*\d)/g, ''],
  [/(\d+(?:\.\d+)?)\s*(?:%|percent)\s+of\s+/gi, '$1 / 100 * '],
  [/\b(?:multiplied by|times)\b/gi, '*'],
  [/\bdivided by\b/gi, '/'],
  [/\bplus\b/gi, '+'],
  [/\bminus\b/gi, '-'],
  [/\bto the power of\b/gi, '^'],
  [/\bsquared\b/gi, '^ 2'],
  [/[×·]/g, '*'],
  [/(\d)\s*x\s*(?=\d)/gi, '$1 * '],
  [/÷/g, '/'],
  [/−|–/g, '-'],
  [/\*\*/g, '^'],
]
// Dates, times of day, version numbers, addresses and "24/7" look like sums but are none.
const lookalikes = linesPattern(
  String.raw`
    https?://\S+|\d{4}-\d{2}-\d{2}\S*|\b\d{1,2}[/.]\d{1,2}[/.]\d{2,4}\b|\b\d+\.\d+\.\d+\S*|\b24/7\b|
    [\w.+-]+@\S+|\x60{3}[\s\S]*?\x60{3}
  `,
  'g',
)
const candidate = /[-+]?\s*[\d(][\d\s.+\-*/^()%]*[\d)%]/g
/** A sum stands at the beginning, if anywhere; all of a long document is not searched. */
const maxCharacters = 10_000
const maxCalculations = 5
const operation = /[\d)%]\s*(?:[+*/^]|\s-\s|-\s*(?=[\d(]))\s*[-\d(]/

/** The longest calculation in a text, or undefined when there is none. */
export function findCalculation(text: string): Calculation | undefined {
  return findCalculations(text).toSorted((one, other) => other.expression.length - one.expression.length)[0]
}

/** All calculations in a text, in its order, each once; at most 5. */
export function findCalculations(text: string): Calculation[] {
  if (!/\d/.test(text)) return []
  let plain = text.slice(0, maxCharacters).replace(lookalikes, ' ; ')
  for (const [pattern, written] of spoken) plain = plain.replace(pattern, written)
  const expressions = (plain.match(candidate) ?? [])
    .map((expression) => expression.replace(/\s+/g, ' ').trim())
    .filter((expression) => operation.test(expression) && !isRange(expression, text))
  return [...new Set(expressions)]
    .map((expression) => ({ expression, value: evaluate(expression) }))
    .filter((calculation): calculation is Calculation => calculation.value !== undefined)
    .slice(0, maxCalculations)
}

/** "17.5 % of 200 = 35": an expression as people write it, with its value. */
export function showCalculation(expression: string, value: string): string {
  return `**${expression.replace(/(\d) \/ 100 \* /g, '$1 % of ')} = ${value}**`
}

/** Digits with at most 10 significant places, without the noise of binary fractions. */
export function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return value > 0 ? 'infinite' : String(value)
  const rounded = Number(value.toPrecision(10))
  return Math.abs(rounded) >= 1e15 ? String(rounded) : rounded.toLocaleString('en-US', { maximumFractionDigits: 6 })
}

/**
 * The value of an expression; undefined when it is not one, or not finite. Powers bind right, `%` is the remainder,
 * or a hundredth where no operand follows.
 */
export function evaluate(expression: string): number | undefined {
  const tokens = expression.match(/\d+(?:\.\d+)?|\.\d+|[-+*/^%()]/g) ?? []
  if (tokens.join('') !== expression.replace(/\s+/g, '') || tokens.length > 200) return undefined
  const state = { tokens, at: 0 }
  const value = sum(state)
  return state.at === tokens.length && value !== undefined && Number.isFinite(value) ? value : undefined
}

interface Reading {
  readonly tokens: readonly string[]
  at: number
}

function sum(state: Reading): number | undefined {
  let left = product(state)
  while (left !== undefined && (state.tokens[state.at] === '+' || state.tokens[state.at] === '-')) {
    const sign = state.tokens[state.at] === '+' ? 1 : -1
    state.at += 1
    const start = state.at
    const right = product(state)
    // "200 + 15%" means fifteen percent more, as on a pocket calculator.
    const isShare = state.at === start + 2 && state.tokens[start + 1] === '%'
    left = right === undefined ? undefined : left + sign * right * (isShare ? left : 1)
  }
  return left
}

function product(state: Reading): number | undefined {
  let left = power(state)
  for (;;) {
    const operator = state.tokens[state.at]
    if (left === undefined || (operator !== '*' && operator !== '/' && operator !== '%')) return left
    state.at += 1
    const right = power(state)
    if (right === undefined) return undefined
    left = operator === '*' ? left * right : operator === '/' ? left / right : left % right
  }
}

function power(state: Reading): number | undefined {
  const base = unary(state)
  if (base === undefined || state.tokens[state.at] !== '^') return base
  state.at += 1
  const exponent = power(state)
  return exponent === undefined ? undefined : base ** exponent
}

function unary(state: Reading): number | undefined {
  const token = state.tokens[state.at]
  if (token === '-' || token === '+') {
    state.at += 1
    const value = unary(state)
    return value === undefined || token === '+' ? value : -value
  }
  return percent(state, operand(state))
}

function percent(state: Reading, value: number | undefined): number | undefined {
  const next = state.tokens[state.at + 1]
  const isHundredth = state.tokens[state.at] === '%' && (next === undefined || !/[\d.(]/.test(next))
  if (!isHundredth || value === undefined) return value
  state.at += 1
  return value / 100
}

function operand(state: Reading): number | undefined {
  const token = state.tokens[state.at]
  state.at += 1
  if (token === undefined) return undefined
  if (token !== '(') return /^[\d.]/.test(token) ? Number(token) : undefined
  const value = sum(state)
  if (state.tokens[state.at] !== ')') return undefined
  state.at += 1
  return value
}

/** "3-5 people" is a range; "7-3" after "what is" or "calculate" is not. */
function isRange(expression: string, text: string): boolean {
  return (
    /^\d+\s?-\s?\d+$/.test(expression)
    && !/\b(what(?:'s| is)|calculate|compute|minus|how much|subtract)\b|=/i.test(text)
  )
}
