import { maskSource } from './mask-source.ts'
import { eventScopes, methodScopes } from './slack-scopes.ts'

const families = [...new Set(Object.keys(methodScopes).map((method) => method.split('.')[0] ?? ''))].join('|')
const methodCall = new RegExp(`\\.((?:${families})(?:\\.[A-Za-z0-9]+)+)\\s*\\(`, 'g')
// Not the name of a file that begins like one.
const methodName = new RegExp(`^(?:${families})(?:\\.(?!json$|ts$|db$)[a-z][A-Za-z0-9]*)+$`)

// Calls of the SDK that stand for several methods.
const shorthands: Readonly<Record<string, readonly string[]>> = {
  chatStream: ['chat.startStream', 'chat.appendStream', 'chat.stopStream'],
  sayStream: ['chat.startStream', 'chat.appendStream', 'chat.stopStream'],
  filesUploadV2: ['files.getUploadURLExternal', 'files.completeUploadExternal'],
}

/** Inside of every plain string of a source, in order; templates are left out. */
export function readStrings(source: string): string[] {
  const masked = maskSource(source)
  return [...masked.matchAll(/(['"])([^'"\n]*)\1/g)].map((match) => source.slice(match.index + 1, match.index + match[0].length - 1))
}

/** Web API methods a source calls: as `client.chat.update(...)`, by name in a string, or through the SDK's shorthands. */
export function readMethods(source: string): string[] {
  const masked = maskSource(source)
  const called = [...masked.matchAll(methodCall)].map((match) => match[1] ?? '')
  const named = readStrings(source).filter((text) => methodName.test(text))
  const short = Object.entries(shorthands).flatMap(([name, methods]) => (new RegExp(`\\b${name}\\s*\\(`).test(masked) ? methods : []))
  return [...new Set([...called, ...named, ...short])].toSorted()
}

/** Slack events a source names, as a string or as the key of a table; `message` stands for all of its kinds. */
export function readEvents(source: string): string[] {
  const known = new Set(Object.keys(eventScopes).map(plainEvent))
  const keys = [...maskSource(source).matchAll(/^\s*([a-z_]+)\s*[:,(]/gm)].map((match) => match[1] ?? '')
  return [...new Set([...readStrings(source), ...keys])].filter((name) => known.has(name)).toSorted()
}

/** An event as Slack sends it: `message.channels` arrives as `message`. */
export function plainEvent(name: string): string {
  return name.startsWith('message.') ? 'message' : name
}
