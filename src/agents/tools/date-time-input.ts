import { z } from 'zod'

const operations = ['now', 'weekday', 'difference', 'add', 'convert'] as const
const amount = z.int().min(-100_000).max(100_000).optional()
const dateText = z.string().max(60).optional()

/** What the model may send. Flat, because providers take only an object at the top of a tool's parameters. */
export const dateTimeInput = z.object({
  operation: z.enum(operations),
  date: dateText.describe(
    '2026-11-21, 2026-11-21T15:00, with an offset, or now, today, tomorrow, yesterday. Default now',
  ),
  until: dateText.describe('difference: the second date'),
  timeZone: z
    .string()
    .max(60)
    .optional()
    .describe("IANA zone that date is in, such as Europe/Berlin. Default the asking person's"),
  toTimeZone: z.string().max(60).optional().describe('convert: the IANA zone wanted'),
  years: amount,
  months: amount,
  weeks: amount,
  days: amount,
  businessDays: amount.describe('Monday to Friday; public holidays are not known'),
  hours: amount,
  minutes: amount,
})

export type DateTimeInput = z.infer<typeof dateTimeInput>
