/** What the Slack edge needs of a logger; pino's fits. */
export interface SlackLogger {
  debug(fields: object, message: string): void
  warn(fields: object, message: string): void
}
