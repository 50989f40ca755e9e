import type { Directory } from './directory.ts'
import { formatSlackDate } from './format-time.ts'
import { make } from './make.ts'
import { readList, readNumber, readObject, readText, type Json } from './read-json.ts'
import { renderChannelLink, renderUser } from './render-mention.ts'
import { renderEmoji } from './render-emoji.ts'
import { renderLink } from './render-link.ts'

/** Renders a `rich_text` block or entity: sections, lists, quotes and preformatted text. */
export function renderRichText(block: Json, directory: Directory): HTMLElement {
  const root = make('div', { class: 'rich-text' })
  for (const part of readList(block['elements'])) root.append(renderPart(part, directory))
  return root
}

/** Returns the bare text of a rich text, for sorting and labels. */
export function plainRichText(block: Json): string {
  return readList(block['elements'])
    .map((one) => readText(one['text']) || plainRichText(one))
    .join('')
}

function renderPart(part: Json, directory: Directory): HTMLElement {
  switch (part['type']) {
    case 'rich_text_list':
      return renderList(part, directory)
    case 'rich_text_quote':
      return make('blockquote', {}, renderInline(part, directory))
    case 'rich_text_preformatted':
      return make('pre', {}, renderInline(part, directory))
    default:
      return make('div', { class: 'rich-text-section' }, renderInline(part, directory))
  }
}

function renderList(part: Json, directory: Directory): HTMLElement {
  const isOrdered = part['style'] === 'ordered'
  const indent = Math.min(8, Math.max(0, readNumber(part['indent'], 0)))
  const list = make(isOrdered ? 'ol' : 'ul', { class: `indent-${indent}` })
  if (list instanceof HTMLOListElement) list.start = readNumber(part['offset'], 0) + 1
  for (const item of readList(part['elements'])) list.append(make('li', {}, renderInline(item, directory)))
  return list
}

function renderInline(part: Json, directory: Directory): DocumentFragment {
  const fragment = document.createDocumentFragment()
  for (const element of readList(part['elements']))
    fragment.append(style(renderElement(element, directory), readObject(element['style'])))
  return fragment
}

function renderElement(element: Json, directory: Directory): Node {
  const url = readText(element['url'])
  switch (element['type']) {
    case 'text':
      return document.createTextNode(readText(element['text']))
    case 'link':
      return renderLink(url, readText(element['text']))
    case 'emoji':
      return renderEmoji(readText(element['name']))
    case 'user':
      return renderUser(readText(element['user_id']), directory)
    case 'channel':
      return renderChannelLink(readText(element['channel_id']), directory)
    case 'usergroup':
      return make('span', { class: 'mention' }, `@${readText(element['usergroup_id'])}`)
    case 'team':
      return make('span', { class: 'mention' }, readText(element['team_id']))
    case 'broadcast':
      return make('span', { class: 'mention mention-me' }, `@${readText(element['range'])}`)
    case 'color':
      return renderColor(readText(element['value']))
    case 'date':
      return renderDate(element, url)
    default:
      return document.createTextNode(readText(element['text']))
  }
}

function renderColor(value: string): HTMLElement {
  const swatch = make('span', { class: 'swatch', 'aria-hidden': 'true' })
  if (/^#[0-9a-f]{3,8}$/i.test(value)) swatch.style.background = value
  return make('span', { class: 'color' }, value, swatch)
}

function renderDate(element: Json, url: string): HTMLElement {
  const text = formatSlackDate(
    readNumber(element['timestamp'], Number.NaN),
    readText(element['format']),
    readText(element['fallback']),
  )
  return url === '' ? make('span', { class: 'date' }, text) : renderLink(url, text)
}

const styleTags = [
  ['code', 'code'],
  ['bold', 'strong'],
  ['italic', 'em'],
  ['strike', 's'],
  ['underline', 'u'],
  ['highlight', 'mark'],
] as const

function style(node: Node, styles: Json): Node {
  return styleTags.reduce((inner, [name, tag]) => (styles[name] === true ? make(tag, {}, inner) : inner), node)
}
