const clock = new Intl.DateTimeFormat('en-US', { hour: 'numeric', minute: '2-digit' })
const clockSeconds = new Intl.DateTimeFormat('en-US', { hour: 'numeric', minute: '2-digit', second: '2-digit' })
const longDay = new Intl.DateTimeFormat('en-US', { weekday: 'long', month: 'long', day: 'numeric' })
const shortDay = new Intl.DateTimeFormat('en-US', { month: 'short', day: 'numeric', year: 'numeric' })
const fullDay = new Intl.DateTimeFormat('en-US', { month: 'long', day: 'numeric', year: 'numeric' })
const dayMs = 86_400_000

/** Time of a message, `9:41 AM`. */
export function formatClock(ts: string): string {
  return clock.format(readTs(ts))
}

/** Date and time of a message, for tooltips. */
export function formatFull(ts: string): string {
  return `${longDay.format(readTs(ts))} at ${clockSeconds.format(readTs(ts))}`
}

/** Day of a message as a divider says it: Today, Yesterday, or the date. */
export function formatDay(ts: string, now: Date): string {
  const day = readTs(ts)
  if (day.toDateString() === now.toDateString()) return 'Today'
  if (day.toDateString() === new Date(now.getTime() - dayMs).toDateString()) return 'Yesterday'
  return longDay.format(day)
}

/** Fills in a Slack date format such as `{date_short} at {time}`; the fallback is used when the time is no number. */
export function formatSlackDate(seconds: number, format: string, fallback: string): string {
  const date = new Date(seconds * 1000)
  if (!Number.isFinite(date.getTime())) return fallback
  const numbers = [date.getFullYear(), date.getMonth() + 1, date.getDate()]
  const iso = numbers.map((part) => String(part).padStart(2, '0')).join('-')
  const near = nearDay(date, new Date())
  return (near === undefined ? format : format.replaceAll(/\{date(_short|_long)?_pretty\}/g, near))
    .replaceAll(/\{date_short(_pretty)?\}/g, shortDay.format(date))
    .replaceAll(/\{date_long(_pretty)?\}/g, `${longDay.format(date)}, ${date.getFullYear()}`)
    .replaceAll(/\{date(_pretty)?\}/g, fullDay.format(date))
    .replaceAll('{date_num}', iso)
    .replaceAll('{time}', clock.format(date))
    .replaceAll('{time_secs}', clockSeconds.format(date))
    .replaceAll('{ago}', formatAgo(Date.now() - date.getTime()))
}

// What the pretty formats say instead of the date.
function nearDay(date: Date, now: Date): string | undefined {
  const dayOf = (distance: number): string => new Date(now.getTime() + distance * dayMs).toDateString()
  const distance = [-1, 0, 1].find((days) => date.toDateString() === dayOf(days))
  return distance === undefined ? undefined : ['yesterday', 'today', 'tomorrow'][distance + 1]
}

function formatAgo(elapsedMs: number): string {
  const minutes = Math.max(0, Math.round(elapsedMs / 60_000))
  if (minutes < 1) return 'just now'
  if (minutes < 60) return `${minutes} minutes ago`
  const hours = Math.round(minutes / 60)
  return hours < 48 ? `${hours} hours ago` : `${Math.round(hours / 24)} days ago`
}

/** Turns a Slack timestamp, seconds with a fraction, into a date. */
function readTs(ts: string): Date {
  return new Date(Number.parseFloat(ts) * 1000)
}
