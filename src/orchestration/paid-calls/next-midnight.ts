const hourMs = 3_600_000

/**
 * The moment at which the next day begins in a time zone, also over changes of summer time.
 * @param timeZone IANA name, such as `Europe/Berlin`
 */
export function nextMidnightMs(nowMs: number, timeZone: string): number {
  const format = new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' })
  const today = format.format(nowMs)
  // A day has 23 to 25 hours: the date is other at the end of this window, and the change is found by halving.
  let [before, after] = [nowMs, nowMs + 26 * hourMs]
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2)
    if (format.format(middle) === today) before = middle
    else after = middle
  }
  return after
}
