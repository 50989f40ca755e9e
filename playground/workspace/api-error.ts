import type { JsonObject } from './json-object.ts'

/** A refusal with Slack's own error code; becomes `{ ok: false, error }` with HTTP 200. */
export class ApiError extends Error {
  readonly code: string
  readonly details: JsonObject

  constructor(code: string, details: JsonObject = {}) {
    super(`Slack refuses: ${code}`)
    this.name = 'ApiError'
    this.code = code
    this.details = details
  }
}

/** `invalid_arguments` with the lines that Slack adds for developers. */
export const invalidArguments = (...messages: string[]): ApiError =>
  new ApiError('invalid_arguments', {
    response_metadata: { messages: messages.map((message) => `[ERROR] ${message}`) },
  })
