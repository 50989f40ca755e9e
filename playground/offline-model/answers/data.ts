import { formatNumber } from '../arithmetic.ts'
import { clipped } from '../phrases.ts'
import type { Conversation } from '../read-conversation.ts'
import { subjectOf } from '../subject.ts'
import { findSeries } from './series.ts'
import type { Series } from './series.ts'

/**
 * Key figures of the numbers in the request or around it; without numbers, how the question would be answered from
 * data.
 */
export function answerData(conversation: Conversation): string {
  const series = findSeries(conversation.asked)
  const found = series.length > 0 ? series : findSeries(conversation.background)
  return found.length > 0 ? figures(found) : method(conversation)
}

function figures(series: readonly Series[]): string {
  const rows = series.slice(0, 8).map(({ name, values }) => {
    const cells = [
      values.length,
      sum(values),
      mean(values),
      median(values),
      Math.min(...values),
      Math.max(...values),
      deviation(values),
    ]
    return `| ${clipped(name, 40)} | ${cells.map(formatShort).join(' | ')} |`
  })
  return [
    '| Series | Count | Sum | Mean | Median | Min | Max | Std dev |',
    '|---|---:|---:|---:|---:|---:|---:|---:|',
    ...rows,
    '',
    ...series.slice(0, 3).map(reading),
  ].join('\n')
}

function reading({ name, values }: Series): string {
  const first = values[0] ?? 0
  const last = values.at(-1) ?? 0
  const spread = deviation(values)
  const outliers = spread === 0 ? [] : values.filter((value) => Math.abs(value - mean(values)) > 2 * spread)
  const change =
    first === 0 || values.length < 3
      ? ''
      : ` From first to last it ${last >= first ? 'rose' : 'fell'} by `
        + `${formatShort(Math.abs((last - first) / first) * 100)} %.`
  const odd =
    outliers.length > 0
      ? ` Worth a look, as far from the rest: ${outliers.slice(0, 3).map(formatShort).join(', ')}.`
      : ''
  return (
    `- **${clipped(name, 40)}**: mean ${formatShort(mean(values))}, half of the values below `
    + `${formatShort(median(values))}.${change}${odd}`
  )
}

function method(conversation: Conversation): string {
  const what = subjectOf(conversation.asked)
  return [
    `There are no numbers here about ${what} yet, so this is how I would get to an answer:`,
    '',
    '1. **Question**: write down the one decision that the figure is to support.',
    `2. **Data**: one row an event, with time, amount and group, for everything about ${what}; at least 8 weeks, `
      + `to tell a trend from a season.`,
    '3. **Checks**: missing values, duplicates, units, and one total compared with a number you trust.',
    '4. **Figures**: count, median and 90th percentile by week and by group; the mean only beside the median.',
    '5. **Chart**: a line by week, one colour a group, with the target as a straight line.',
    '',
    'Paste the numbers here (a list, CSV or a table), and I calculate the figures.',
  ].join('\n')
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}

function mean(values: readonly number[]): number {
  return sum(values) / values.length
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other)
  const middle = Math.floor(sorted.length / 2)
  return sorted.length % 2 === 1 ? (sorted[middle] ?? 0) : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2
}

function deviation(values: readonly number[]): number {
  const average = mean(values)
  return Math.sqrt(sum(values.map((value) => (value - average) ** 2)) / values.length)
}

function formatShort(value: number): string {
  return formatNumber(Math.round(value * 100) / 100)
}
