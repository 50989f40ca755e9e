const hourMs = 3_600_000
/** A day has 23 to 25 hours: seen from any moment of it, the date is another one this far away. */
const windowMs = 26 * hourMs

/**
 * The moment at which the next day begins in a time zone, also over changes of summer time.
 * @param timeZone IANA name, such as `Europe/Berlin`
 */
export function nextMidnightMs(nowMs: number, timeZone: string): number {
  const dateOf = calendar(timeZone)
  const today = dateOf(nowMs)
  return firstMs(nowMs, nowMs + windowMs, (atMs) => dateOf(atMs) !== today)
}

/** The moment at which the day began that is now in a time zone. */
export function dayStartMs(nowMs: number, timeZone: string): number {
  const dateOf = calendar(timeZone)
  const today = dateOf(nowMs)
  return firstMs(nowMs - windowMs, nowMs, (atMs) => dateOf(atMs) === today)
}

function calendar(timeZone: string): (atMs: number) => string {
  const format = new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' })
  return (atMs) => format.format(atMs)
}

/** The first moment in `(before, after]` at which something holds that then stays so; found by halving. */
function firstMs(before: number, after: number, holds: (atMs: number) => boolean): number {
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2)
    if (holds(middle)) after = middle
    else before = middle
  }
  return after
}
