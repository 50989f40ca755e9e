import { Decimal } from 'decimal.js'

/**
 * Decimal arithmetic of the calculator: 50 digits inside, of which fewer are shown. The exponent bounds keep every step
 * short. Only + - * / mod, roots and whole powers use it. decimal.js has logarithms and angles too, but they run for
 * minutes on some inputs (atan(1e999)) or throw half-way and leave its rounding switched off for whoever computes next;
 * those go through doubles.
 */
export const Exact = Decimal.clone({ precision: 50, maxE: 1_000, minE: -1_000, modulo: Decimal.ROUND_FLOOR })

const maxFactorial = 300
const maxWholeExponent = 1_000_000

/** Exact for whole exponents up to a million, else through doubles. */
export function power(base: Decimal, exponent: Decimal): Decimal {
  if (isWholeExponent(exponent)) return base.pow(exponent)
  return new Exact(Math.pow(base.toNumber(), exponent.toNumber()))
}

export const isWholeExponent = (exponent: Decimal): boolean =>
  exponent.isInteger() && exponent.abs().lte(maxWholeExponent)

/**
 * Greatest common divisor of whole numbers, else NaN. Euclid's; the digits bound the loop: each second step at least
 * halves the larger number.
 */
export function gcd(a: Decimal, b: Decimal): Decimal {
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
