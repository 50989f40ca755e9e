import type { Directory } from './directory.ts'
import { make } from './make.ts'
import { parseMrkdwn, type Mrkdwn } from './mrkdwn.ts'
import { readText, type Json } from './read-json.ts'
import { renderEmoji, renderPlainText } from './render-emoji.ts'
import { renderLink } from './render-link.ts'
import { renderSpecial } from './render-mention.ts'

/** Renders mrkdwn as DOM nodes, without ever making HTML out of text. */
export function renderMrkdwn(source: string, directory: Directory): DocumentFragment {
  return renderNodes(parseMrkdwn(source), directory)
}

/** Renders a text object: `plain_text` keeps everything but emoji as it is written, `mrkdwn` is parsed. */
export function renderTextObject(textObject: Json, directory: Directory): DocumentFragment {
  const text = readText(textObject['text'])
  return textObject['type'] === 'mrkdwn' ? renderMrkdwn(text, directory) : renderPlainText(text)
}

function renderNodes(nodes: readonly Mrkdwn[], directory: Directory): DocumentFragment {
  const fragment = document.createDocumentFragment()
  for (const node of nodes) fragment.append(renderNode(node, directory))
  return fragment
}

const tags = { bold: 'strong', italic: 'em', strike: 's', code: 'code', quote: 'blockquote', pre: 'pre' } as const

function renderNode(node: Mrkdwn, directory: Directory): Node {
  switch (node.kind) {
    case 'text':
      return document.createTextNode(node.text)
    case 'break':
      return make('br')
    case 'emoji':
      return renderEmoji(node.name)
    case 'link':
      return renderLink(node.url)
    case 'special':
      return renderSpecial(node.body, directory)
    case 'bold':
    case 'italic':
    case 'strike':
    case 'code':
    case 'quote':
    case 'pre':
      return make(tags[node.kind], {}, renderNodes(node.children, directory))
  }
}
