import { readText, readTexts, type Json } from './read-json.ts'

/** What the app says it is doing in a thread, and the state of its agent session there. */
export interface Activity {
  readonly status: string
  readonly loadingMessages: readonly string[]
  readonly username: string
  readonly iconEmoji: string
  readonly session: string
  readonly title: string
}

export const noActivity: Activity = {
  status: '',
  loadingMessages: [],
  username: '',
  iconEmoji: '',
  session: '',
  title: '',
}

/** Merges a status into what is known of a thread. */
export function withStatus(known: Activity, json: Json): Activity {
  const status = readText(json['status']) || readText(json['text'])
  // Asked for, the workspace tells the status alone; who says it and how came with the event.
  if (status === known.status && !Object.hasOwn(json, 'loadingMessages')) return known
  return {
    ...known,
    status,
    loadingMessages: readTexts(json['loadingMessages']),
    username: readText(json['username']),
    iconEmoji: readText(json['iconEmoji']),
  }
}

/** Merges an agent session state into what is known of a thread. */
export function withSession(known: Activity, json: Json): Activity {
  return { ...known, session: readText(json['status']), title: readText(json['title']) || known.title }
}
