import { linesPattern } from './lines-pattern.ts'

const timeSpan = linesPattern(
  String.raw`
  \b(\d{1,4}|an?|one|two|three|four|five|six|seven|eight|nine|ten)\s+(business |working )?(minute|hour|day|week|
  month|year)s?\b
`,
  'i',
)
const units = ['minute', 'hour', 'day', 'week', 'month', 'year'] as const
const numberWords = ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten']
const asksDate = linesPattern(
  String.raw`
    \b(today|tomorrow|yesterday|current (?:date|time)|what(?:'s| is) the (?:date|time)|what time|what day|
    which day|weekday|time is it|right now|deadline|by (?:mon|tues|wednes|thurs|fri|satur|sun)day|next (?:week|
    month)|(?:in|within) (?:the next )?(?:\d+|an?|one|two|three|four|five|six) (?:(?:business|
    working) )?(?:days?|weeks?|months?)|(?:days?|weeks?|months?) (?:until|till|left|between|from now))\b
  `,
  'i',
)
const zones: readonly (readonly [city: RegExp, zone: string])[] = [
  [/\b(berlin|germany|cet|munich)\b/i, 'Europe/Berlin'],
  [/\b(london|uk|gmt)\b/i, 'Europe/London'],
  [/\bparis\b/i, 'Europe/Paris'],
  [/\b(new york|est|boston)\b/i, 'America/New_York'],
  [/\b(san francisco|los angeles|california|pst)\b/i, 'America/Los_Angeles'],
  [/\b(tokyo|japan)\b/i, 'Asia/Tokyo'],
  [/\b(india|mumbai|delhi)\b/i, 'Asia/Kolkata'],
  [/\bsydney\b/i, 'Australia/Sydney'],
  [/\butc\b/i, 'UTC'],
]

/**
 * Arguments for a tool that knows the calendar, by the names such tools use: the time zone that a request names, and
 * what is to be done with which dates. Undefined where a request has nothing to do with dates.
 */
export function dateArguments(asked: string): Readonly<Record<string, unknown>> | undefined {
  if (!asksDate.test(asked)) return undefined
  return { ...zoneArguments(asked), ...(between(asked) ?? later(asked) ?? weekday(asked) ?? { operation: 'now' }) }
}

function zoneArguments(asked: string): Readonly<Record<string, unknown>> {
  const zone = zones.find(([city]) => city.test(asked))?.[1]
  return zone === undefined ? {} : { timezone: zone, timeZone: zone, time_zone: zone, zone }
}

/** "days until 2026-12-24", "days between 2026-11-01 and 2026-12-24". */
function between(asked: string): Readonly<Record<string, unknown>> | undefined {
  const dates = asked.match(/\b\d{4}-\d{2}-\d{2}\b/g) ?? []
  const last = dates.at(-1)
  if (last === undefined || !/\b(until|till|between|left|from|to|before)\b/i.test(asked)) return undefined
  return { operation: 'difference', date: dates.length > 1 ? dates[0] : 'today', until: last }
}

/** "in three weeks", "10 business days from now". */
function later(asked: string): Readonly<Record<string, unknown>> | undefined {
  const span = timeSpan.exec(asked)
  const unit = units.find((one) => one === span?.[3]?.toLowerCase())
  if (span === null || unit === undefined || !/\b(in|within|from now|from today|after)\b/i.test(asked)) return undefined
  const word = (span[1] ?? '').toLowerCase().replace(/^an?$/, 'one')
  const amount = numberWords.includes(word) ? numberWords.indexOf(word) : Number(word)
  return { operation: 'add', date: 'today', [span[2] === undefined ? `${unit}s` : 'businessDays']: amount }
}

function weekday(asked: string): Readonly<Record<string, unknown>> | undefined {
  const date = /\b\d{4}-\d{2}-\d{2}\b/.exec(asked)?.[0]
  return date !== undefined && /\b(what|which) day|weekday\b/i.test(asked) ? { operation: 'weekday', date } : undefined
}
