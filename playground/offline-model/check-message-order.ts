import { badRequest } from './api-error.ts'

/** What of a message counts here; apart from the request's own type, which this file must not depend on. */
interface OrderedMessage {
  readonly role: string
  readonly toolCalls: readonly { readonly id: string }[]
  readonly toolCallId: string | undefined
}

/**
 * Every tool call must be answered, at once and only then: the real API refuses anything else, and a bug in how a
 * conversation is resumed shows up here first.
 * @throws {ApiError} 400
 */
export function checkMessageOrder(messages: readonly OrderedMessage[]): void {
  let open = new Set<string>()
  messages.forEach((message, index) => {
    if (message.role === 'tool') {
      if (!open.delete(message.toolCallId ?? '')) throw unaskedToolMessage(index)
      return
    }
    if (open.size > 0) throw unansweredToolCall(open, index)
    open = new Set(message.toolCalls.map((call) => call.id))
  })
  if (open.size > 0) throw unansweredToolCall(open, messages.length)
}

function unaskedToolMessage(index: number): Error {
  return badRequest(
    "Invalid parameter: messages with role 'tool' must be a response to a preceeding message with 'tool_calls'.",
    `messages.[${index}].role`,
  )
}

function unansweredToolCall(open: ReadonlySet<string>, index: number): Error {
  return badRequest(
    "An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. "
      + `The following tool_call_ids did not have response messages: ${[...open].join(', ')}`,
    `messages.[${index}].role`,
  )
}
