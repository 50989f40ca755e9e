import { z } from 'zod'
import { toolError } from './tool.ts'
import type { Tool } from './tool.ts'
import type { Evaluation } from './evaluate-expression.ts'

/** Fewer than the 50 computed, so that rounding inside cannot be seen in what is shown. */
const shownDigits = 20
const shownIntegerDigits = 40
const shownDoubleDigits = 15

const inputSchema = z.object({
  expression: z
    .string()
    .min(1)
    .describe('For example 1249.90 * 12 * (1 - 15%), round(22/7, 4), 15% of 200, median(3, 9, 4), mod(10, 3)'),
})

/** Arithmetic a model should not do in its head: exact decimals, percentages, powers and the usual functions. */
export const calculator: Tool<z.infer<typeof inputSchema>> = {
  name: 'calculator',
  description:
    'Compute an arithmetic expression exactly, in decimals. Use it for every number you state that is not given. ' +
    'Operators + - * / ^ ( ), percent (200 + 15% is 230, 15% of 200 is 30), factorial (5!), constants pi and e. ' +
    'Functions: sqrt cbrt abs round floor ceil trunc sign min max sum mean median stdev variance exp ln log log2 ' +
    'log10 pow mod gcd lcm ' +
    'factorial sin cos tan asin acos atan (radians) radians degrees. Plain numbers only: no thousands separators, ' +
    'currency, units or variables.',
  input: inputSchema,
  async run({ expression }, context) {
    context.signal.throwIfAborted()
    // Loaded on first use: a start without arithmetic does not pay for it.
    const [{ evaluateExpression }, { ExpressionError }] = await Promise.all([
      import('./evaluate-expression.ts'),
      import('./expression-tokens.ts'),
    ])
    try {
      return `${expression.trim()} ${formatResult(evaluateExpression(expression))}`
    } catch (error) {
      if (error instanceof ExpressionError) return toolError(`The expression cannot be computed: ${error.message}`)
      throw error
    }
  },
}

/** `= 0.3` when every digit is shown, `≈ 0.33333333333333333333` when it was rounded. */
function formatResult({ value, isRounded }: Evaluation): string {
  if (!isRounded && value.isInteger() && value.precision(true) <= shownIntegerDigits) return `= ${value.toFixed()}`
  const shown = value.toSignificantDigits(isRounded ? shownDoubleDigits : shownDigits)
  const isPlain = shown.isZero() || (shown.abs().gte('1e-9') && shown.abs().lt('1e21'))
  return `${!isRounded && shown.eq(value) ? '=' : '≈'} ${isPlain ? shown.toFixed() : shown.toExponential()}`
}
