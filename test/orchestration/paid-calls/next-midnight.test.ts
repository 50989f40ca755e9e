import { describe, expect, test } from '@jest/globals'
import { dayStartMs, nextMidnightMs } from '../../../src/orchestration/paid-calls/next-midnight.ts'

const iso = (atMs: number): string => new Date(atMs).toISOString()

describe.each([
  ['UTC', '2026-11-21T12:00:00Z', '2026-11-21T00:00:00.000Z', '2026-11-22T00:00:00.000Z'],
  ['Europe/Berlin', '2026-11-21T12:00:00Z', '2026-11-20T23:00:00.000Z', '2026-11-21T23:00:00.000Z'],
  // 23 hours: the clocks go forward on this day.
  ['Europe/Berlin', '2026-03-29T12:00:00Z', '2026-03-28T23:00:00.000Z', '2026-03-29T22:00:00.000Z'],
  // 25 hours: they go back.
  ['Europe/Berlin', '2026-10-25T00:30:00Z', '2026-10-24T22:00:00.000Z', '2026-10-25T23:00:00.000Z'],
  ['Asia/Kathmandu', '2026-11-21T12:00:00Z', '2026-11-20T18:15:00.000Z', '2026-11-21T18:15:00.000Z'],
  ['Pacific/Kiritimati', '2026-11-21T12:00:00Z', '2026-11-21T10:00:00.000Z', '2026-11-22T10:00:00.000Z'],
  // There is no midnight on this day: it begins at one o'clock.
  ['Africa/Cairo', '2026-04-23T12:00:00Z', '2026-04-22T22:00:00.000Z', '2026-04-23T22:00:00.000Z'],
])('in %s, seen from %s', (timeZone, now, start, end) => {
  const nowMs = Date.parse(now)

  test('the day began and ends at its own midnights', () => {
    expect([iso(dayStartMs(nowMs, timeZone)), iso(nextMidnightMs(nowMs, timeZone))]).toEqual([start, end])
  })

  test('its first and last millisecond belong to it', () => {
    for (const atMs of [Date.parse(start), Date.parse(end) - 1]) {
      expect([iso(dayStartMs(atMs, timeZone)), iso(nextMidnightMs(atMs, timeZone))]).toEqual([start, end])
    }
  })
})
