import { LogLevel } from '@slack/bolt'
import type { Logger } from '@slack/bolt'

/** Refusals are what these tests are about; the SDK need not report them on the console. */
export const quietLogger: Logger = {
  debug: () => {},
  info: () => {},
  warn: () => {},
  error: () => {},
  setLevel: () => {},
  getLevel: () => LogLevel.ERROR,
  setName: () => {},
}
