import type { Directory } from './directory.ts'
import { decodeEntities } from './mrkdwn.ts'

/** Turns what a person typed into what Slack stores: `&`, `<`, `>` encoded, `@name` and `#channel` as links. */
export function encodeTyped(text: string, directory: Directory): string {
  const encoded = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
  return encoded
    .replace(/(^|[\s(])@([\w.-]+)/g, (whole, before: string, name: string) => mention(whole, before, name, directory))
    .replace(/(^|[\s(])#([\w-]+)/g, (whole, before: string, name: string) => {
      const channel = directory.channels.find((one) => !one.isIm && one.name === name)
      return channel === undefined ? whole : `${before}<#${channel.id}|${channel.name}>`
    })
}

/** Turns stored text back into what a person would type, for editing it. */
export function decodeTyped(stored: string, directory: Directory): string {
  const named = stored
    .replace(/<@([A-Z0-9]+)(?:\|[^>]*)?>/g, (whole, id: string) => `@${directory.member(id)?.name ?? whole}`)
    .replace(
      /<#([A-Z0-9]+)(?:\|([^>]*))?>/g,
      (_whole, id: string, label: string | undefined) => `#${directory.channel(id)?.name ?? label ?? id}`,
    )
    .replace(/<!(here|channel|everyone)>/g, '@$1')
    .replace(/<((?:https?|mailto):[^>|]+)(?:\|[^>]*)?>/g, '$1')
  return decodeEntities(named)
}

// A name may be followed by the full stop of its sentence.
function mention(whole: string, before: string, typed: string, directory: Directory): string {
  const name = typed.replace(/[.-]+$/, '')
  const rest = typed.slice(name.length)
  if (['here', 'channel', 'everyone'].includes(name)) return `${before}<!${name}>${rest}`
  const member = directory.members.find((one) => one.name === name.toLowerCase())
  return member === undefined ? whole : `${before}<@${member.id}>${rest}`
}
