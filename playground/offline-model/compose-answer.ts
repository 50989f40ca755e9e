import type { ChatRequest } from './chat-request.ts'
import { chooseToolCalls } from './choose-tool-call.ts'
import { composeText } from './compose-text.ts'
import { instanceOfSchema } from './instance-of-schema.ts'
import { keywordsOf } from './keywords.ts'
import type { Conversation } from './read-conversation.ts'
import type { Reply } from './reply.ts'

/** Said at the end of every free text, so that nobody takes it for the work of a language model. */
export const offlineNote = '_Offline model: a stand-in that matches patterns, not a language model._'

/** The default answer: a tool call where one helps, JSON where a schema or JSON is asked for, else text. */
export function composeAnswer(request: ChatRequest, conversation: Conversation): Reply {
  const toolCalls = chooseToolCalls(request, conversation)
  if (toolCalls.length > 0) return { toolCalls }
  switch (request.format.kind) {
    case 'json_schema':
      return { json: instanceOfSchema(request.format.schema, conversation) }
    case 'json_object':
      return { json: { answer: composeText(conversation), keywords: keywordsOf(conversation.asked, 5) } }
    case 'text':
      return { text: `${composeText(conversation)}\n\n${offlineNote}` }
  }
}
