import { Decimal } from 'decimal.js'

/**
 * Decimal arithmetic of the calculator: 50 digits inside, of which fewer are shown. The exponent bounds keep every step short.
 * Only + - * / mod, roots and whole powers use it. decimal.js has logarithms and angles too, but they run for minutes on some
 * inputs (atan(1e999)) or throw half-way and leave its rounding switched off for whoever computes next; those go through doubles.
 */
export const Exact = Decimal.clone({ precision: 50, maxE: 1_000, minE: -1_000, modulo: Decimal.ROUND_FLOOR })

export interface MathFunction {
  readonly minArgs: number
  readonly maxArgs: number
  /** True when the result is a double: about 15 digits. */
  readonly isRounded: boolean
  /** NaN where there is no real value, infinite where it is too large; the caller reports both. */
  readonly run: (args: readonly Decimal[]) => Decimal
}

const manyArgs = 200
const maxFactorial = 300
const maxWholeExponent = 1_000_000

const zero = new Exact(0)
const first = (args: readonly Decimal[]): Decimal => args[0] ?? zero
const second = (args: readonly Decimal[], fallback: Decimal): Decimal => args[1] ?? fallback
const sumOf = (args: readonly Decimal[]): Decimal => args.reduce((total, value) => total.plus(value), zero)
const meanOf = (args: readonly Decimal[]): Decimal => sumOf(args).div(args.length)

const one = (run: (value: Decimal) => Decimal): MathFunction => ({ minArgs: 1, maxArgs: 1, isRounded: false, run: (args) => run(first(args)) })
const two = (run: (a: Decimal, b: Decimal) => Decimal): MathFunction =>
  ({ minArgs: 2, maxArgs: 2, isRounded: false, run: (args) => run(first(args), second(args, zero)) })
const many = (run: (args: readonly Decimal[]) => Decimal, minArgs = 1): MathFunction =>
  ({ minArgs, maxArgs: manyArgs, isRounded: false, run })
/** A double that is zero but for its rounding, such as sin(pi), becomes zero. */
const double = (run: (value: number, second: number) => number, maxArgs = 1): MathFunction => ({
  minArgs: 1,
  maxArgs,
  isRounded: true,
  run: (args) => {
    const result = run(first(args).toNumber(), second(args, new Exact(10)).toNumber())
    return new Exact(Math.abs(result) < 1e-15 ? 0 : result)
  },
})
const places = (rounding: Decimal.Rounding): MathFunction =>
  ({ minArgs: 1, maxArgs: 2, isRounded: false, run: (args) => roundTo(first(args), second(args, zero), rounding) })

/** Names as typed, in lower case. */
export const mathFunctions: ReadonlyMap<string, MathFunction> = new Map(Object.entries({
  abs: one((x) => x.abs()),
  sqrt: one((x) => x.sqrt()),
  cbrt: one((x) => x.cbrt()),
  exp: double(Math.exp),
  ln: double(Math.log),
  log: double((x, base) => (base === 10 ? Math.log10(x) : Math.log(x) / Math.log(base)), 2),
  log2: double(Math.log2),
  log10: double(Math.log10),
  sign: one((x) => new Exact(x.isZero() ? 0 : x.s)),
  round: places(Decimal.ROUND_HALF_UP),
  floor: places(Decimal.ROUND_FLOOR),
  ceil: places(Decimal.ROUND_CEIL),
  trunc: places(Decimal.ROUND_DOWN),
  mod: two((a, b) => a.mod(b)),
  pow: two(power),
  gcd: two((a, b) => gcd(a, b)),
  lcm: two((a, b) => (a.isZero() || b.isZero() ? zero : a.times(b).abs().div(gcd(a, b)))),
  factorial: one(factorial),
  sin: double(Math.sin),
  cos: double(Math.cos),
  tan: double(Math.tan),
  asin: double(Math.asin),
  acos: double(Math.acos),
  atan: double(Math.atan),
  radians: double((x) => (x / 180) * Math.PI),
  degrees: double((x) => (x / Math.PI) * 180),
  min: many((args) => Exact.min(...args)),
  max: many((args) => Exact.max(...args)),
  sum: many(sumOf),
  mean: many(meanOf),
  avg: many(meanOf),
  median: many(median),
  stdev: many((args) => variance(args).sqrt(), 2),
  variance: many(variance, 2),
}))

export const mathConstants: ReadonlyMap<string, Decimal> = new Map([
  ['pi', new Exact('3.1415926535897932384626433832795028841971693993751')],
  ['e', new Exact('2.7182818284590452353602874713526624977572470937')],
])

function roundTo(value: Decimal, decimals: Decimal, rounding: Decimal.Rounding): Decimal {
  if (!decimals.isInteger() || decimals.abs().gt(40)) return new Exact(NaN)
  const scale = new Exact(10).pow(decimals)
  return value.times(scale).toDecimalPlaces(0, rounding).div(scale)
}

/** Exact for whole exponents up to a million, else through doubles. */
export function power(base: Decimal, exponent: Decimal): Decimal {
  if (isWholeExponent(exponent)) return base.pow(exponent)
  return new Exact(Math.pow(base.toNumber(), exponent.toNumber()))
}

export const isWholeExponent = (exponent: Decimal): boolean => exponent.isInteger() && exponent.abs().lte(maxWholeExponent)

/** Euclid's; the digits bound the loop: each second step at least halves the larger number. */
function gcd(a: Decimal, b: Decimal): Decimal {
  if (!a.isInteger() || !b.isInteger() || Exact.max(a.abs(), b.abs()).gte('1e40')) return new Exact(NaN)
  let [larger, smaller] = [a.abs(), b.abs()]
  while (!smaller.isZero()) [larger, smaller] = [smaller, larger.mod(smaller)]
  return larger
}

/** NaN for what has no factorial here; the caller reports it. */
export function factorial(value: Decimal): Decimal {
  if (!value.isInteger() || value.isNegative() || value.gt(maxFactorial)) return new Exact(NaN)
  let product = new Exact(1)
  for (let factor = 2; factor <= value.toNumber(); factor += 1) product = product.times(factor)
  return product
}

function median(args: readonly Decimal[]): Decimal {
  const sorted = args.toSorted((a, b) => a.cmp(b))
  const middle = Math.floor(sorted.length / 2)
  const upper = sorted[middle] ?? zero
  return sorted.length % 2 === 1 ? upper : upper.plus(sorted[middle - 1] ?? zero).div(2)
}

/** Of a sample: divides by n - 1, as spreadsheets' STDEV and VAR do. */
function variance(args: readonly Decimal[]): Decimal {
  const mean = meanOf(args)
  return sumOf(args.map((value) => value.minus(mean).pow(2))).div(args.length - 1)
}
