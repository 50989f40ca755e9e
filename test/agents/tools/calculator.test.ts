import { expect, test } from '@jest/globals'
import { calculator } from '../../../src/agents/tools/calculator.ts'
import { aContext } from './a-context.ts'
import { workOf } from '../../support/work-of.ts'

const calculate = (expression: string): Promise<string> => calculator.run({ expression }, aContext())

test.each([
  ['0.1 + 0.2', '= 0.3'],
  ['1249.90 * 12 * (1 - 15%)', '= 12748.98'],
  ['2 + 3 * 4', '= 14'],
  ['(2 + 3) * 4', '= 20'],
  ['7 / 2', '= 3.5'],
  ['8 / 4 / 2', '= 1'],
  ['10 - 4 - 3', '= 3'],
  ['-2 ^ 2', '= -4'],
  ['2 ^ -2', '= 0.25'],
  ['2 ^ 3 ^ 2', '= 512'],
  ['2 ** 10', '= 1024'],
  ['--3', '= 3'],
  ['1_000_000 * 3', '= 3000000'],
  ['1.5e3 + .5', '= 1500.5'],
  ['2 × 3 − 8 ÷ 4', '= 4'],
  ['9²', '= 81'],
  ['[1 + 2] * 3', '= 9'],
  ['5!', '= 120'],
  ['30!', '= 265252859812191058636308480000000'],
  ['99999999999999999999 + 1', '= 100000000000000000000'],
  ['1e-30', '= 1e-30'],
])('computes %s exactly', async (expression, result) => {
  expect(await calculate(expression)).toBe(`${expression} ${result}`)
})

test.each([
  ['15% of 200', '= 30'],
  ['200 * 15%', '= 30'],
  ['200 + 15%', '= 230'],
  ['200 - 15%', '= 170'],
  ['(100 + 50) - 10%', '= 135'],
  ['100 + (15%)', '= 100.15'],
  ['100 + 2 * 5%', '= 100.1'],
  ['15% + 5%', '= 0.1575'],
])('reads the percentage in %s', async (expression, result) => {
  expect(await calculate(expression)).toBe(`${expression} ${result}`)
})

test.each([
  ['round(22 / 7, 4)', '= 3.1429'],
  ['round(2.675, 2)', '= 2.68'],
  ['round(1250, -2)', '= 1300'],
  ['floor(-1.5)', '= -2'],
  ['ceil(1.21, 1)', '= 1.3'],
  ['trunc(-1.9)', '= -1'],
  ['abs(-3)', '= 3'],
  ['sqrt(16)', '= 4'],
  ['cbrt(27)', '= 3'],
  ['min(3, 1, 2) + max(3, 1, 2)', '= 4'],
  ['sum(1, 2, 3.5)', '= 6.5'],
  ['mean(2, 4)', '= 3'],
  ['median(3, 9, 4)', '= 4'],
  ['median(4, 1, 3, 2)', '= 2.5'],
  ['variance(2, 4, 6)', '= 4'],
  ['stdev(2, 4, 6)', '= 2'],
  ['mod(-7, 3)', '= 2'],
  ['gcd(48, 18) + lcm(4, 6)', '= 18'],
  ['pow(2, 8)', '= 256'],
  ['sign(-4)', '= -1'],
  ['LOG10(1000)', '≈ 3'],
  ['log(8, 2)', '≈ 3'],
  ['ln(e)', '≈ 1'],
  ['exp(0)', '≈ 1'],
  ['sin(pi)', '≈ 0'],
  ['cos(radians(60))', '≈ 0.5'],
  ['degrees(pi)', '≈ 180'],
])('knows the function in %s', async (expression, result) => {
  expect(await calculate(expression)).toBe(`${expression} ${result}`)
})

test.each([
  ['1 / 3', '≈ 0.33333333333333333333'],
  ['2 / 3', '≈ 0.66666666666666666667'],
  ['2 ^ 0.5', '≈ 1.4142135623731'],
  ['pow(2, 0.5)', '≈ 1.4142135623731'],
  ['exp(-50)', '≈ 1.92874984796392e-22'],
  ['sin(1e-20)', '≈ 1e-20'],
  ['100!', '≈ 9.3326215443944152682e+157'],
  ['1e-600 * 1e-600', '≈ 0'],
])('says that the result of %s is rounded', async (expression, result) => {
  expect(await calculate(expression)).toBe(`${expression} ${result}`)
})

test.each([
  ['', 'a number, found the end'],
  ['2 +', 'a number, found the end'],
  ['(1 + 2', '")", found the end'],
  ['1 + 2)', '")" at character 6'],
  ['3 4', 'write * to multiply'],
  ['2pi', 'write * to multiply'],
  ['2(3)', '"(" at character 2'],
  ['1 / 0', 'divisor other than zero'],
  ['1 / (2 - 2)', 'divisor other than zero'],
  ['sqrt(-1)', 'no real value'],
  ['(-8) ^ 0.5', 'no real value'],
  ['3.5!', 'no real value'],
  ['400!', 'no real value'],
  ['9 ^ 9 ^ 9 ^ 9', 'too large'],
  ['exp(10000)', 'too large'],
  ['1e9999', 'too large'],
  ['10 % 3', 'For the remainder write mod'],
  ['1,200 * 3', 'thousands separators'],
  ['sum(1,200, 300)', 'thousands separators'],
  ['$5 * 3', 'without currency or units'],
  ['x + 1', 'found "x"'],
  ['sqrt 16', 'expected "("'],
  ['round()', 'a number'],
  ['mod(1)', '2 values in mod( ), found 1'],
  ['abs(1, 2)', '1 values in abs( ), found 2'],
  [`${'('.repeat(100)}1${')'.repeat(100)}`, 'nested'],
  ['-'.repeat(400) + '1', 'nested'],
  ['1+'.repeat(300) + '1', 'at most 500 characters'],
])('explains what is wrong with "%.30s"', async (expression, reason) => {
  const text = await calculate(expression)
  expect(text).toMatch(/^Error: The expression cannot be computed: /)
  expect(text).toContain(reason)
})

test.each([
  'constructor',
  '__proto__',
  'toString()',
  'process.exit(1)',
  'globalThis',
  "require('fs')",
  'a = 1',
  '1; 2',
  '[].map',
  '`x`',
  'this',
  'hasOwnProperty(1)',
])('finds no way from "%s" to the program', async (expression) => {
  expect(await calculate(expression)).toMatch(/^Error: /)
})

test.each([
  'atan(1e999)',
  'tan(1e999)',
  'sin(1e300)',
  '1.0000001 ^ 999999',
  'exp('.repeat(60),
  'lcm(1e39, 1e39 - 1)',
  '300! / 299!',
  'mod(1e999, 3)',
])('answers %.20s at once', async (expression) => {
  expect(await workOf(() => calculate(expression))).toBeLessThan(5_000)
})

test('is not disturbed by a failed computation before', async () => {
  await calculate('tan(1e999)')
  expect(await calculate('1 / 3')).toBe('1 / 3 ≈ 0.33333333333333333333')
})
