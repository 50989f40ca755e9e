import type { Decimal } from 'decimal.js'
import { Exact, factorial, isWholeExponent, power } from './exact-decimals.ts'
import { mathConstants, mathFunctions } from './expression-functions.ts'
import { ExpressionError, readTokens } from './expression-tokens.ts'
import type { Token } from './expression-tokens.ts'

export const maxExpressionChars = 500
const maxDepth = 60

/** A number, and whether it was written as a bare percentage: only then `200 + 15%` adds to the left side. */
interface Term {
  readonly value: Decimal
  readonly isPercent: boolean
}

/** A value, and whether it came through doubles or a constant: then about 15 digits of it are right. */
export interface Evaluation {
  readonly value: Decimal
  readonly isRounded: boolean
}

/**
 * Computes an arithmetic expression in decimals. There is no way from here to JavaScript: names are looked up in two
 * fixed maps. Precedence, loosest first: `+ -`, `* / of`, sign, `^` (right to left), `% !` behind a number.
 * @throws {ExpressionError} when it cannot be read or has no finite value
 */
export function evaluateExpression(expression: string): Evaluation {
  if (expression.length > maxExpressionChars) {
    throw new ExpressionError(
      `expected at most ${maxExpressionChars} characters, found ${expression.length}. Compute it in parts.`,
    )
  }
  const grouped = /\d,\d{3}(?!\d)/.exec(expression)?.[0]
  if (grouped !== undefined) {
    throw new ExpressionError(
      `"${grouped}" can be one number or two. Write numbers without thousands separators, or put a space behind a ` +
      'comma that separates.',
    )
  }
  return new ExpressionReader(readTokens(expression)).read()
}

class ExpressionReader {
  readonly #tokens: readonly Token[]
  #next = 0
  #depth = 0
  #isRounded = false

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens
  }

  read(): Evaluation {
    const { value } = this.#readSum()
    const token = this.#peek()
    if (token.kind === 'end') return { value, isRounded: this.#isRounded }
    throw this.#unexpected(
      token,
      token.kind === 'sign' ? 'an operator or the end' : 'an operator (write * to multiply)',
    )
  }

  #readSum(): Term {
    this.#enter()
    let left = this.#readProduct()
    for (let sign = this.#takeSign('+', '-'); sign !== undefined; sign = this.#takeSign('+', '-')) {
      const right = this.#readProduct()
      // As on a pocket calculator and in a colleague's mouth: 200 + 15% is 230.
      const change = right.isPercent ? left.value.times(right.value) : right.value
      left = this.#finite(sign === '+' ? left.value.plus(change) : left.value.minus(change))
    }
    this.#depth -= 1
    return left
  }

  #readProduct(): Term {
    let left = this.#readSigned()
    for (let sign = this.#takeFactorSign(); sign !== undefined; sign = this.#takeFactorSign()) {
      const right = this.#readSigned()
      if (sign === '/' && right.value.isZero())
        throw new ExpressionError('expected a divisor other than zero, found zero.')
      left = this.#underflowed(
        sign === '/' ? left.value.div(right.value) : left.value.times(right.value),
        left.value,
        right.value,
      )
    }
    return left
  }

  #takeFactorSign(): string | undefined {
    const token = this.#peek()
    if (token.kind === 'name' && token.text === 'of') return this.#take().text
    return this.#takeSign('*', '/')
  }

  #readSigned(): Term {
    const sign = this.#takeSign('+', '-')
    if (sign === undefined) return this.#readPower()
    this.#enter()
    const term = this.#readSigned()
    this.#depth -= 1
    return sign === '-' ? { ...term, value: term.value.neg() } : term
  }

  #readPower(): Term {
    const base = this.#readSuffixed()
    if (this.#takeSign('^') === undefined) return base
    this.#enter()
    const exponent = this.#readSigned()
    this.#depth -= 1
    this.#isRounded ||= !isWholeExponent(exponent.value)
    return this.#underflowed(power(base.value, exponent.value), base.value, base.value)
  }

  #readSuffixed(): Term {
    let term: Term = { value: this.#readPrimary(), isPercent: false }
    for (let sign = this.#takeSign('%', '!'); sign !== undefined; sign = this.#takeSign('%', '!')) {
      term = sign === '!' ? this.#finite(factorial(term.value)) : { value: term.value.div(100), isPercent: true }
      if (sign === '%') this.#refuseRemainder()
    }
    return term
  }

  /** `10 % 3` is the remainder to programmers and nothing to others: asked back, never guessed. */
  #refuseRemainder(): void {
    const token = this.#peek()
    const startsOperand =
      token.kind === 'number' || (token.kind === 'name' && token.text !== 'of') || token.text === '('
    if (startsOperand)
      throw new ExpressionError(
        '% means percent here. For the remainder write mod(10, 3); for a share write 15% of 200.',
      )
  }

  #readPrimary(): Decimal {
    const token = this.#take()
    if (token.kind === 'number') return this.#finite(new Exact(token.text)).value
    if (token.kind === 'name') return this.#readNamed(token)
    if (token.text !== '(') throw this.#unexpected(token, 'a number')
    const { value } = this.#readSum()
    this.#expectSign(')')
    return value
  }

  #readNamed(name: Token): Decimal {
    const constant = mathConstants.get(name.text)
    if (constant !== undefined) {
      this.#isRounded = true
      return constant
    }
    const math = mathFunctions.get(name.text)
    if (math === undefined) {
      throw new ExpressionError(
        `expected a known function, found "${name.text.slice(0, 30)}". Known: ` +
        `${[...mathFunctions.keys()].join(', ')}, pi, e.`,
      )
    }
    const args = this.#readArguments()
    if (args.length < math.minArgs || args.length > math.maxArgs) {
      const wanted = math.minArgs === math.maxArgs ? `${math.minArgs}` : `${math.minArgs} to ${math.maxArgs}`
      throw new ExpressionError(`expected ${wanted} values in ${name.text}( ), found ${args.length}.`)
    }
    this.#isRounded ||= math.isRounded(args)
    return this.#finite(math.run(args), name.text).value
  }

  #readArguments(): readonly Decimal[] {
    this.#expectSign('(')
    const args = [this.#readSum().value]
    while (this.#takeSign(',') !== undefined) args.push(this.#readSum().value)
    this.#expectSign(')')
    return args
  }

  #finite(value: Decimal, where = 'the expression'): Term {
    if (value.isFinite()) return { value, isPercent: false }
    const problem = value.isNaN() ? 'has no real value for these numbers' : 'is too large'
    throw new ExpressionError(`expected a finite number, but ${where} ${problem}.`)
  }

  /** A product of what is not zero is not zero either, only too small to hold. */
  #underflowed(value: Decimal, left: Decimal, right: Decimal): Term {
    if (value.isZero() && !left.isZero() && !right.isZero()) this.#isRounded = true
    return this.#finite(value)
  }

  #enter(): void {
    this.#depth += 1
    if (this.#depth > maxDepth)
      throw new ExpressionError(`expected at most ${maxDepth} nested parts, found more. Compute it in parts.`)
  }

  #peek(): Token {
    return this.#tokens[this.#next] ?? { kind: 'end', text: '', at: 0 }
  }

  #take(): Token {
    const token = this.#peek()
    this.#next += 1
    return token
  }

  #takeSign(...signs: readonly string[]): string | undefined {
    const token = this.#peek()
    return token.kind === 'sign' && signs.includes(token.text) ? this.#take().text : undefined
  }

  #expectSign(sign: string): void {
    if (this.#takeSign(sign) === undefined) throw this.#unexpected(this.#peek(), `"${sign}"`)
  }

  #unexpected(token: Token, wanted: string): ExpressionError {
    const found = token.kind === 'end' ? 'the end' : `"${token.text}" at character ${token.at}`
    return new ExpressionError(`expected ${wanted}, found ${found}.`)
  }
}
