import type { Directory } from './directory.ts'
import { findEmoji } from './emoji.ts'
import { icon } from './icon.ts'
import { make } from './make.ts'
import { safeImageUrl } from './safe-url.ts'

/** Who a message is shown to be from: a person, the app, or a persona the app speaks as. */
export interface Author {
  readonly name: string
  readonly isApp: boolean
  readonly iconEmoji: string
  readonly iconUrl: string
}

interface Authored {
  readonly user: string
  readonly botId: string
  readonly username: string
  readonly iconEmoji: string
  readonly iconUrl: string
}

/** Finds out who a message is from. */
export function readAuthor(message: Authored, directory: Directory): Author {
  const member = directory.member(message.user)
  const isApp = message.botId !== '' || member?.isBot === true
  const bot = directory.members.find((one) => one.isBot)
  const name =
    message.username
    || (message.user !== '' ? directory.userName(message.user) : isApp ? (bot?.name ?? 'app') : 'Slackbot')
  return { name, isApp, iconEmoji: message.iconEmoji, iconUrl: message.iconUrl }
}

/** Draws an avatar: the persona's image or emoji, the app's mark, or a person's initial on a colour of their own. */
export function renderAvatar(author: Author, size: 'small' | 'medium' | 'large' = 'large'): HTMLElement {
  const image = safeImageUrl(author.iconUrl)
  const emoji = findEmoji(author.iconEmoji)
  const frame = make('span', { class: `avatar avatar-${size}`, 'aria-hidden': 'true' })
  frame.style.setProperty('--hue', String(hueOf(author.name)))
  if (image !== undefined) frame.append(make('img', { src: image, alt: '', referrerpolicy: 'no-referrer' }))
  else if (emoji !== undefined) frame.append(make('span', { class: 'avatar-emoji' }, emoji))
  else if (author.isApp && author.name.toLowerCase() === 'murmur') frame.append(icon('murmur'))
  else frame.append(author.name.slice(0, 1).toUpperCase())
  frame.classList.add(emoji !== undefined ? 'avatar-persona' : author.isApp ? 'avatar-app' : 'avatar-person')
  return frame
}

function hueOf(name: string): number {
  let hash = 0
  for (const character of name) hash = (hash * 31 + (character.codePointAt(0) ?? 0)) % 100_003
  // Steps of the golden angle keep the colours of similar names apart.
  return Math.round(hash * 137.5) % 360
}
