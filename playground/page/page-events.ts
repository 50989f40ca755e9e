import type { ConversationStore } from './conversation-store.ts'
import { readList, readObject, readText, type Json } from './read-json.ts'
import { withSession, withStatus } from './activity.ts'
import { readMessage } from './wire.ts'

/** What an event makes the page do beside changing the store. */
export type Followup = 'none' | 'ask channel' | 'ask views' | 'ask home' | 'ask state' | 'new message'

/** Applies one event of the workspace to the store. Unknown events change nothing. */
export function applyEvent(event: Json, store: ConversationStore): Followup {
  const channel = readText(event['channel'])
  const threadTs = readText(event['threadTs'])
  switch (event['type']) {
    case 'message':
    case 'message_changed':
    case 'ephemeral':
    case 'reaction':
      return applyMessage(event, store)
    case 'message_deleted':
      store.remove(channel, readText(event['ts']) || readText(readObject(event['message'])['ts']))
      return 'none'
    case 'status':
      store.changeActivity(channel, threadTs, (known) => withStatus(known, event))
      return 'none'
    case 'session':
      store.changeActivity(channel, threadTs, (known) =>
        withSession(known, Object.hasOwn(event, 'session') ? readObject(event['session']) : event),
      )
      return 'none'
    case 'prompts':
      store.setPrompts(channel, threadTs, { title: readText(event['title']), prompts: readList(event['prompts']) })
      return 'none'
    case 'view':
      return 'ask views'
    case 'home':
      return 'ask home'
    case 'fault':
    case 'channel':
      return 'ask state'
    default:
      return 'none'
  }
}

function applyMessage(event: Json, store: ConversationStore): Followup {
  const json = readObject(event['message'])
  if (readText(json['ts']) === '') return 'ask channel'
  const message = readMessage({ channel: event['channel'], ...json })
  store.put(message)
  return event['type'] === 'message' ? 'new message' : 'none'
}
