import { Decimal } from 'decimal.js'
import { Exact, factorial, gcd, isWholeExponent, power } from './exact-decimals.ts'

export interface MathFunction {
  readonly minArgs: number
  readonly maxArgs: number
  /** Tells whether the result is a double: about 15 digits. */
  readonly isRounded: (args: readonly Decimal[]) => boolean
  /** NaN where there is no real value, infinite where it is too large; the caller reports both. */
  readonly run: (args: readonly Decimal[]) => Decimal
}

const manyArgs = 200
const never = (): boolean => false
const always = (): boolean => true

const zero = new Exact(0)
const first = (args: readonly Decimal[]): Decimal => args[0] ?? zero
const second = (args: readonly Decimal[], fallback: Decimal): Decimal => args[1] ?? fallback
const sumOf = (args: readonly Decimal[]): Decimal => args.reduce((total, value) => total.plus(value), zero)
const meanOf = (args: readonly Decimal[]): Decimal => sumOf(args).div(args.length)

const one = (run: (value: Decimal) => Decimal): MathFunction => ({
  minArgs: 1,
  maxArgs: 1,
  isRounded: never,
  run: (args) => run(first(args)),
})
const two = (run: (a: Decimal, b: Decimal) => Decimal): MathFunction => ({
  minArgs: 2,
  maxArgs: 2,
  isRounded: never,
  run: (args) => run(first(args), second(args, zero)),
})
const many = (run: (args: readonly Decimal[]) => Decimal, minArgs = 1): MathFunction => ({
  minArgs,
  maxArgs: manyArgs,
  isRounded: never,
  run,
})
const double = (run: (value: number, second: number) => number, maxArgs = 1): MathFunction => ({
  minArgs: 1,
  maxArgs,
  isRounded: always,
  run: (args) => new Exact(run(first(args).toNumber(), second(args, new Exact(10)).toNumber())),
})
/** What is zero but for the rounding of its angle, such as sin(pi), becomes zero. */
const angle = (run: (value: number) => number): MathFunction =>
  double((value) => {
    const result = run(value)
    return Math.abs(result) < 1e-15 && Math.abs(value) > 1e-8 ? 0 : result
  })
const places = (rounding: Decimal.Rounding): MathFunction => ({
  minArgs: 1,
  maxArgs: 2,
  isRounded: never,
  run: (args) => roundTo(first(args), second(args, zero), rounding),
})

/** Names as typed, in lower case. */
export const mathFunctions: ReadonlyMap<string, MathFunction> = new Map(
  Object.entries({
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
    pow: { ...two(power), isRounded: (args) => !isWholeExponent(second(args, zero)) },
    gcd: two((a, b) => gcd(a, b)),
    lcm: two((a, b) => (a.isZero() || b.isZero() ? zero : a.times(b).abs().div(gcd(a, b)))),
    factorial: one(factorial),
    sin: angle(Math.sin),
    cos: angle(Math.cos),
    tan: angle(Math.tan),
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
  }),
)

export const mathConstants: ReadonlyMap<string, Decimal> = new Map([
  ['pi', new Exact('3.1415926535897932384626433832795028841971693993751')],
  ['e', new Exact('2.7182818284590452353602874713526624977572470937')],
])

function roundTo(value: Decimal, decimals: Decimal, rounding: Decimal.Rounding): Decimal {
  if (!decimals.isInteger() || decimals.abs().gt(40)) return new Exact(NaN)
  const scale = new Exact(10).pow(decimals)
  return value.times(scale).toDecimalPlaces(0, rounding).div(scale)
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
