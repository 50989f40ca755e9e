/** Charts in characters: they stand in any message, for any reader, with the numbers beside them. */

const heights = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'] as const
const missing = '·'

/** One column a value, the highest full; a dot where there is no value. */
export function sparkline(values: readonly (number | undefined)[]): string {
  const most = Math.max(0, ...values.map((value) => value ?? 0))
  return values.map((value) => (value === undefined ? missing : (heights[most > 0 ? Math.max(0, Math.ceil((value / most) * heights.length) - 1) : 0] ?? missing))).join('')
}

/** A bar of so many characters, filled to a share, 0 to 1; what is no number is full. */
export function bar(share: number, length = 10): string {
  const full = Math.min(length, Math.max(0, Math.round((Number.isFinite(share) ? share : 1) * length)))
  return `${'█'.repeat(full)}${'░'.repeat(length - full)}`
}
