import { formatNumber } from '../arithmetic.ts'
import { linesPattern } from '../lines-pattern.ts'
import { clipped } from '../phrases.ts'
import { findSeries, rowNamesOf } from './series.ts'
import type { Series } from './series.ts'

/** One thing that is followed from a first to a last value. */
interface Course {
  readonly name: string
  readonly from: number
  readonly to: number
  /** Percent; undefined where it begins at 0, for no percentage says what comes of nothing. */
  readonly percent: number | undefined
}

const asksGrowth =
  /\b(?:gr[eo]wn?|grow(?:s|ing|th)|fastest|slowest|rose|fell|shrank|(?:increas|decreas|declin|chang|compar)ed?)\b/i
const asksDecline = /\b(?:slowest|fell|shrank|decreased?|declined?|lost) ?(?:most|the most|fastest)?\b/i
const period = linesPattern(
  String.raw`
  ^(?:q[1-4]|h[12]|(?:fy ?)?(?:19|20)\d\d|jan\w*|feb\w*|mar\w*|apr\w*|may|june?|july?|aug\w*|sep\w*|oct\w*|
  nov\w*|dec\w*|
  (?:mon|tues|wednes|thurs|fri|satur|sun)day|(?:week|month|day|quarter|year|sprint|round) ?\d{1,3}|
  (?:last|this|next|previous|current) \w+|before|after|then|now|yesterday|today)(?: \d{2,4})?$
`,
  'i',
)
const maxRows = 20

/**
 * What grew by how much, the fastest named first; undefined where a text asks for no growth, or has no numbers that
 * stand beside each other. Rows called after times (Q1, May) are compared place by place, others from their first to
 * their last value.
 */
export function growthIn(asked: string, background: string): string | undefined {
  if (!asksGrowth.test(asked)) return undefined
  const text = namesCourses(asked) ? asked : background
  const series = findSeries(text)
  const isByPeriod = isEachPeriod(series)
  const courses = (isByPeriod ? acrossPeriods(series, rowNamesOf(text)) : withinSeries(series)).slice(0, maxRows)
  if (courses.length < 2) return undefined
  const heads = isByPeriod ? [series[0]?.name ?? '', series.at(-1)?.name ?? ''] : ['First', 'Last']
  return table(courses, heads, asksDecline.test(asked))
}

function namesCourses(text: string): boolean {
  return findSeries(text).length > 1
}

function isEachPeriod(series: readonly Series[]): boolean {
  const length = series[0]?.values.length
  return series.length > 1 && series.every(({ name, values }) => period.test(name) && values.length === length)
}

function acrossPeriods(series: readonly Series[], names: readonly string[]): Course[] {
  const first = series[0]?.values ?? []
  const last = series.at(-1)?.values ?? []
  const isNamed = names.length === first.length
  return first.map((from, place) =>
    courseOf(isNamed ? (names[place] ?? '') : ordinal(place + 1), from, last[place] ?? 0),
  )
}

function withinSeries(series: readonly Series[]): Course[] {
  return series
    .filter(({ values }) => values.length > 1)
    .map(({ name, values }) => courseOf(name, values[0] ?? 0, values.at(-1) ?? 0))
}

function courseOf(name: string, from: number, to: number): Course {
  return { name: clipped(name, 40), from, to, percent: from === 0 ? undefined : ((to - from) / Math.abs(from)) * 100 }
}

function table(courses: readonly Course[], heads: readonly string[], isDecline: boolean): string {
  const ranked = courses.toSorted((one, other) => (other.percent ?? 0) - (one.percent ?? 0))
  const lead = isDecline ? ranked.at(-1) : ranked[0]
  const most = courses.toSorted((one, other) => other.to - other.from - (one.to - one.from))[0]
  if (lead === undefined || most === undefined) return ''
  const isPosition = /^\d+(?:st|nd|rd|th)$/.test(lead.name)
  const who = isPosition ? `The ${lead.name} one` : lead.name
  const did = isDecline ? ((lead.percent ?? 0) < 0 ? 'fell most' : 'grew slowest') : 'grew fastest'
  return [
    `**${who} ${did}: ${percentOf(lead)}**, from ${short(lead.from)} to ${short(lead.to)} `
      + `(${signed(lead.to - lead.from)}).`,
    '',
    `| ${isPosition ? 'Place' : 'Name'} | ${heads.join(' | ')} | Change | Growth |`,
    '|---|---:|---:|---:|---:|',
    ...courses.map(
      (one) =>
        `| ${one.name} | ${short(one.from)} | ${short(one.to)} | ${signed(one.to - one.from)} | ${percentOf(one)} |`,
    ),
    '',
    most === lead || isDecline
      ? `All together: ${allTogether(courses)}.`
      : `In absolute numbers ${most.name} gained most (${signed(most.to - most.from)}). `
        + `All together: ${allTogether(courses)}.`,
  ].join('\n')
}

function allTogether(courses: readonly Course[]): string {
  const from = courses.reduce((sum, one) => sum + one.from, 0)
  const to = courses.reduce((sum, one) => sum + one.to, 0)
  return `${short(from)} to ${short(to)}, ${percentOf(courseOf('', from, to))}`
}

function percentOf({ percent }: Course): string {
  return percent === undefined ? 'from 0' : `${signed(Math.round(percent * 10) / 10)} %`
}

function signed(value: number): string {
  return `${value > 0 ? '+' : ''}${short(value)}`
}

function short(value: number): string {
  return formatNumber(Math.round(value * 100) / 100)
}

function ordinal(place: number): string {
  const ending = place % 100 > 10 && place % 100 < 14 ? 'th' : (['th', 'st', 'nd', 'rd'][place % 10] ?? 'th')
  return `${place}${ending}`
}
