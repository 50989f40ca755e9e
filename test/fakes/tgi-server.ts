import type { ModelDeed } from '../conformance/chat-model.ts'
import { speakCompletions } from './completions-server.ts'
import { DeedServer, sendJson } from './deed-server.ts'

const speak = speakCompletions((_, message) => ({ error: message, error_type: 'overloaded' }))

/**
 * text-generation-inference, as its router/src/lib.rs reads requests: a schema only under `value`, and of a message
 * either the text or the tool calls. It takes back what it did not understand, so a deed is not used up by it.
 */
export function createTgiServer(deeds: readonly ModelDeed[]): DeedServer {
  const refusals: ModelDeed[] = deeds.some((deed) => 'say' in deed && deed.say.startsWith('{')) ? [{ say: '' }] : []
  return new DeedServer([...refusals, ...deeds], (call, deed) => {
    if (call.path !== '/v1/chat/completions') return sendJson(call.response, 404, 'Not Found')
    const { response_format: format, messages } = JSON.parse(call.body) as {
      response_format?: { value?: unknown }
      messages: readonly { content: unknown; tool_calls?: unknown }[]
    }
    if (format && format.value === undefined)
      return sendJson(call.response, 422, 'Failed to deserialize the JSON body into the target type: response_format: missing field `value`')
    if (messages.some(({ content, tool_calls: calls }) => content !== null && calls !== undefined))
      return sendJson(call.response, 422, { error: 'Template error: the tool calls were dropped', error_type: 'template_error' })
    speak(call, deed)
  })
}
