import type { Directory } from './directory.ts'
import { formatSlackDate } from './format-time.ts'
import { make } from './make.ts'
import { decodeEntities } from './mrkdwn.ts'
import { renderLink } from './render-link.ts'

/** Renders what stands between angle brackets in mrkdwn: `@U…`, `#C…`, `!here`, `!date^…`, `https://…|label`. */
export function renderSpecial(body: string, directory: Directory): Node {
  const bar = body.indexOf('|')
  const target = bar === -1 ? body : body.slice(0, bar)
  const label = bar === -1 ? '' : decodeEntities(body.slice(bar + 1))
  if (target.startsWith('@')) return renderUser(target.slice(1), directory)
  if (target.startsWith('#')) return renderChannelLink(target.slice(1), directory, label)
  if (target.startsWith('!date^')) return renderDate(target, label)
  if (target.startsWith('!subteam^')) return make('span', { class: 'mention' }, label || '@group')
  if (target.startsWith('!')) return make('span', { class: 'mention mention-me' }, `@${target.slice(1)}`)
  return renderLink(decodeEntities(target), label)
}

/** Renders a mention of a person. A mention of the acting person stands out. */
export function renderUser(id: string, directory: Directory): HTMLElement {
  const isMe = id === directory.me.id
  return make('span', { class: isMe ? 'mention mention-me' : 'mention', 'data-user': id }, `@${directory.userName(id)}`)
}

/** Renders a link to a channel; main.ts opens it when it is clicked. */
export function renderChannelLink(id: string, directory: Directory, label = ''): HTMLElement {
  const name = directory.channel(id)?.name ?? (label || id)
  return make('button', { type: 'button', class: 'mention mention-channel', 'data-open-channel': id }, `#${name}`)
}

function renderDate(target: string, label: string): HTMLElement {
  const [, seconds, format, url] = target.split('^')
  const text = formatSlackDate(Number(seconds), decodeEntities(format ?? ''), label)
  return url === undefined ? make('span', { class: 'date' }, text) : renderLink(url, text)
}
