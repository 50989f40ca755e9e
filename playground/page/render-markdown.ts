import DOMPurify from 'dompurify'
import { Marked, type TokenizerAndRendererExtension } from 'marked'
import type { Directory } from './directory.ts'
import { findEmoji } from './emoji.ts'
import { renderEmoji } from './render-emoji.ts'
import { renderSpecial } from './render-mention.ts'
import { safeUrl } from './safe-url.ts'

// What a markdown block may become. Everything else is dropped by DOMPurify, even if marked should one day let it
// through.
const allowedTags = [
  'p',
  'br',
  'hr',
  'h1',
  'h2',
  'h3',
  'h4',
  'h5',
  'h6',
  'strong',
  'em',
  'del',
  'code',
  'pre',
  'blockquote',
  'ul',
  'ol',
  'li',
  'a',
  'table',
  'thead',
  'tbody',
  'tr',
  'th',
  'td',
  'span',
  'input',
]
const allowedAttributes = [
  'href',
  'title',
  'class',
  'align',
  'start',
  'type',
  'checked',
  'disabled',
  'data-special',
  'data-emoji',
]

const special: TokenizerAndRendererExtension = {
  name: 'special',
  level: 'inline',
  start: (source) => source.search(/<[@#!]|<https?:[^>\s]*\|/),
  tokenizer(source) {
    const match = /^<([@#!][^<>\n]{1,300}|https?:[^<>\s|]{1,2000}\|[^<>\n]{1,300})>/.exec(source)
    return match === null ? undefined : { type: 'special', raw: match[0], body: match[1] }
  },
  renderer: (token) => `<span data-special="${escapeHtml(String(token['body']))}"></span>`,
}

const emoji: TokenizerAndRendererExtension = {
  name: 'emoji',
  level: 'inline',
  start: (source) => source.search(/:[a-z0-9_+-]+:/),
  tokenizer(source) {
    const match = /^:([a-z0-9_+-]{1,100}):/.exec(source)
    if (match === null || findEmoji(match[1] ?? '') === undefined) return undefined
    return { type: 'emoji', raw: match[0], body: match[1] }
  },
  renderer: (token) => `<span data-emoji="${escapeHtml(String(token['body']))}"></span>`,
}

const markdown = new Marked({
  gfm: true,
  breaks: true,
  async: false,
  extensions: [special, emoji],
  renderer: {
    // Slack shows raw HTML as it is written, and an image as a link: nothing is loaded from where a model says.
    html: ({ text }) => escapeHtml(text),
    image: ({ href, text }) => `<a href="${escapeHtml(href)}">${escapeHtml(text || href)}</a>`,
    // Unlike other Markdown, Slack's decodes its three entities in code as well; apps have to write them there.
    code: ({ text }) => `<pre><code>${escapeHtml(decodeEntities(text))}</code></pre>`,
    codespan: ({ text }) => `<code>${escapeHtml(decodeEntities(text))}</code>`,
  },
})

/** Renders standard Markdown (a `markdown` block, a streamed answer) as DOM nodes that cannot run anything. */
export function renderMarkdown(source: string, directory: Directory): DocumentFragment {
  const fragment = DOMPurify.sanitize(markdown.parse(source, { async: false }), {
    ALLOWED_TAGS: allowedTags,
    ALLOWED_ATTR: allowedAttributes,
    ALLOW_DATA_ATTR: false,
    RETURN_DOM_FRAGMENT: true,
  })
  for (const link of fragment.querySelectorAll('a')) guardLink(link)
  for (const span of fragment.querySelectorAll<HTMLElement>('[data-special]')) {
    span.replaceWith(renderSpecial(span.dataset['special'] ?? '', directory))
  }
  for (const span of fragment.querySelectorAll<HTMLElement>('[data-emoji]'))
    span.replaceWith(renderEmoji(span.dataset['emoji'] ?? ''))
  for (const table of fragment.querySelectorAll('table')) wrapTable(table)
  return fragment
}

function guardLink(link: HTMLAnchorElement): void {
  const url = safeUrl(link.getAttribute('href') ?? '')
  if (url === undefined) {
    link.replaceWith(...link.childNodes)
    return
  }
  link.href = url
  link.target = '_blank'
  link.rel = 'noopener noreferrer nofollow'
}

function wrapTable(table: HTMLTableElement): void {
  const frame = document.createElement('div')
  frame.className = 'table-frame'
  table.replaceWith(frame)
  frame.append(table)
}

const entities: Readonly<Record<string, string>> = { '&lt;': '<', '&gt;': '>', '&amp;': '&' }

// In one pass: what stands decoded is never decoded again.
function decodeEntities(text: string): string {
  return text.replace(/&(?:lt|gt|amp);/g, (entity) => entities[entity] ?? entity)
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}
