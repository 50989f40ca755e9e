/**
 * What the server refuses, in the shape OpenAI's API uses: `{ error: { message, type, param, code } }` with an HTTP
 * status.
 */
export class ApiError extends Error {
  readonly status: number
  readonly type: string
  readonly param: string | null
  readonly code: string | null
  readonly retryAfterSeconds: number | undefined

  constructor(status: number, message: string, details: ApiErrorDetails = {}) {
    super(message)
    this.name = 'ApiError'
    this.status = status
    this.type = details.type ?? (status >= 500 ? 'server_error' : 'invalid_request_error')
    this.param = details.param ?? null
    this.code = details.code ?? null
    this.retryAfterSeconds = details.retryAfterSeconds
  }

  toJSON(): object {
    return { error: { message: this.message, type: this.type, param: this.param, code: this.code } }
  }
}

export interface ApiErrorDetails {
  readonly type?: string
  readonly param?: string | null
  readonly code?: string | null
  readonly retryAfterSeconds?: number
}

/** A 400 that names the parameter at fault. */
export function badRequest(message: string, param: string | null = null, code: string | null = null): ApiError {
  return new ApiError(400, message, { param, code })
}
