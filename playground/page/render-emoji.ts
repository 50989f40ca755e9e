import { findEmoji } from './emoji.ts'
import { make } from './make.ts'

/** Renders text with `:emoji:` names replaced and line breaks kept. */
export function renderPlainText(text: string): DocumentFragment {
  const fragment = document.createDocumentFragment()
  text.split(/(:[a-z0-9_+'-]{1,100}:)/).forEach((part, index) => {
    fragment.append(index % 2 === 1 ? renderEmoji(part.slice(1, -1)) : part)
  })
  return fragment
}

/** Renders an emoji by its Slack name; an unknown one stays `:name:`. */
export function renderEmoji(name: string): Node {
  const emoji = findEmoji(name)
  if (emoji === undefined) return document.createTextNode(`:${name}:`)
  return make(
    'span',
    { class: 'emoji', role: 'img', 'aria-label': name.replaceAll('_', ' '), title: `:${name}:` },
    emoji,
  )
}
