import { availableParallelism, cpus, totalmem } from 'node:os'
import type { Report } from './bench.ts'

/** A report as text: the columns as wide as their longest cell, the first two to the left, numbers to the right. */
export function formatReport({ title, head, rows, notes }: Report): string {
  const lines = [head, ...rows]
  const widths = head.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)))
  const format = (line: readonly string[]): string => line.map((cell, column) => (column < 2 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0))).join('  ').trimEnd()
  return [title, '-'.repeat(title.length), format(head), ...rows.map(format), ...notes.map((note) => `  ${note}`), ''].join('\n')
}

/** What the numbers depend on. */
export function describeMachine(): Record<string, string | number> {
  const [first] = cpus()
  return { node: process.version, cores: availableParallelism(), cpu: first?.model.trim() ?? 'unknown', memoryGiB: Math.round(totalmem() / 2 ** 30), platform: `${process.platform} ${process.arch}` }
}
