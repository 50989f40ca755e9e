import { dateTimeInput } from './date-time-input.ts'
import type { DateTimeInput } from './date-time-input.ts'
import { toolError } from './tool.ts'
import type { Tool } from './tool.ts'

/** The calendar, which models get wrong by heart. */
export const dateTime: Tool<DateTimeInput> = {
  name: 'date_time',
  description:
    'Dates and times, exactly: now (the current date, time and week), weekday (of a date), difference (between ' +
    'date and until, in ' +
    'calendar units, days and business days), add (years, months, weeks, days, businessDays, hours, minutes; ' +
    'negative to go back), ' +
    'convert (a time into another time zone). Use it whenever an answer depends on today or on counting days.',
  input: dateTimeInput,
  async run(input, context) {
    context.signal.throwIfAborted()
    // The calendar library is read on first use.
    const { CalendarError, computeDateTime } = await import('./compute-date-time.ts')
    try {
      return computeDateTime(input, { nowMs: context.nowMs(), timeZone: context.timeZone })
    } catch (error) {
      if (error instanceof CalendarError) return toolError(error.message)
      throw error
    }
  },
}
