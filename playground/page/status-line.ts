import type { Activity } from './activity.ts'
import { readAuthor, renderAvatar } from './avatar.ts'
import type { Directory } from './directory.ts'
import { make } from './make.ts'

const turnMs = 2500

/** Draws what the app is doing: `murmur is thinking…`. Several loading messages take turns. */
export function renderStatusLine(activity: Activity, directory: Directory): HTMLElement {
  const bot = directory.members.find((one) => one.isBot)
  const persona = {
    user: bot?.id ?? '',
    botId: 'app',
    username: activity.username,
    iconEmoji: activity.iconEmoji,
    iconUrl: '',
  }
  const author = readAuthor(persona, directory)
  const own = `${author.name} ${activity.status}`
  const texts = activity.loadingMessages.length > 0 ? activity.loadingMessages : [own]
  const line = make('span', { class: 'status-text', 'data-turns': JSON.stringify(texts) }, texts[0])
  const dots = make('span', { class: 'dots', 'aria-hidden': 'true' }, make('i'), make('i'), make('i'))
  return make('div', { class: 'status-line', role: 'status' }, renderAvatar(author, 'small'), line, dots)
}

/**
 * Lets the loading messages of all status lines take turns from now on, without drawing anything else again.
 * @returns a function that ends it
 */
export function turnStatusLines(root: ParentNode): () => void {
  let turn = 0
  const timer = setInterval(() => {
    turn += 1
    for (const line of root.querySelectorAll<HTMLElement>('.status-text')) {
      const texts = JSON.parse(line.dataset['turns'] ?? '[]') as readonly string[]
      const text = texts[turn % texts.length] ?? ''
      if (line.textContent !== text) line.textContent = text
    }
  }, turnMs)
  return () => clearInterval(timer)
}
