import type { MethodTable } from './api-method.ts'
import { agentMethods } from './methods/agents.ts'
import { appMethods } from './methods/apps.ts'
import { chatMethods } from './methods/chat.ts'
import { chatStreamMethods } from './methods/chat-stream.ts'
import { conversationMethods } from './methods/conversations.ts'
import { fileMethods } from './methods/files.ts'
import { historyMethods } from './methods/history.ts'
import { reactionMethods } from './methods/reactions.ts'
import { userMethods } from './methods/users.ts'
import { viewMethods } from './methods/views.ts'

/** Every Web API method this workspace knows. */
export const methodTable: ReadonlyMap<string, MethodTable[string]> = new Map(
  Object.entries({
    ...agentMethods,
    ...appMethods,
    ...chatMethods,
    ...chatStreamMethods,
    ...conversationMethods,
    ...fileMethods,
    ...historyMethods,
    ...reactionMethods,
    ...userMethods,
    ...viewMethods,
  }),
)
