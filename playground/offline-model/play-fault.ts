import { ApiError } from './api-error.ts'
import type { ChatRequest } from './chat-request.ts'
import type { Fault } from './faults.ts'
import type { Reply } from './reply.ts'

/** The HTTP error that a fault answers with, if it is of that sort. */
export function faultError(fault: Fault): ApiError | undefined {
  switch (fault.kind) {
    case 'rate_limited':
      return new ApiError(429, 'Rate limit reached for the offline model (a fault played on purpose).', {
        type: 'requests',
        code: 'rate_limit_exceeded',
        ...(fault.retryAfterSeconds !== undefined && { retryAfterSeconds: fault.retryAfterSeconds }),
      })
    case 'http_500':
      return new ApiError(500, 'The server had an error while processing your request (a fault played on purpose).')
    case 'context_too_long':
      return new ApiError(400, "This model's maximum context length is exceeded (a fault played on purpose).", {
        param: 'messages',
        code: 'context_length_exceeded',
      })
    case 'key_refused':
      return new ApiError(401, 'Incorrect API key provided (a fault played on purpose).', { code: 'invalid_api_key' })
    case 'hang':
    case 'disconnect':
    case 'garbage_json':
    case 'garbage_sse':
    case 'slow':
    case 'wrong_shape':
      return undefined
  }
}

/** Spoils the content of a reply where the fault is in what the model says, not in how it is sent. */
export function spoilReply(fault: Fault | undefined, request: ChatRequest, reply: Reply): Reply {
  const isStructured = request.format.kind !== 'text'
  if (fault?.kind === 'wrong_shape' && isStructured) return { json: { unexpected: true } }
  if (fault?.kind !== 'garbage_json' || reply.error !== undefined) return reply
  if (reply.toolCalls !== undefined && reply.toolCalls.length > 0) {
    return { ...reply, toolCalls: reply.toolCalls.map((call) => ({ ...call, arguments: '{"broken": ' })) }
  }
  return isStructured ? { text: '{"broken": [1, 2,, "' } : reply
}
