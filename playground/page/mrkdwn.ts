/**
 * Slack's mrkdwn as a tree. `special` is what stands between angle brackets: a person, channel, broadcast, date or
 * link.
 * Source: https://docs.slack.dev/messaging/formatting-message-text
 */
export type Mrkdwn =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'break' }
  | { readonly kind: 'bold' | 'italic' | 'strike' | 'code' | 'quote'; readonly children: readonly Mrkdwn[] }
  | { readonly kind: 'pre'; readonly children: readonly Mrkdwn[] }
  | { readonly kind: 'emoji'; readonly name: string }
  | { readonly kind: 'link'; readonly url: string }
  | { readonly kind: 'special'; readonly body: string }

const styles = { '*': 'bold', _: 'italic', '~': 'strike' } as const
type Delimiter = keyof typeof styles

// Sticky expressions, so that a scan never looks further than the thing it stands on.
const specialHere = /<([^<>\n]{1,3000})>/y
const emojiHere = /:([a-z0-9_+'-]{1,100}(?:::skin-tone-[2-6])?):/y
const urlHere = /https?:\/\/[^\s<>|*]{1,2000}/y
const maxDepth = 4

/** Parses mrkdwn. Total over any text: what does not parse stays text. Time grows linearly with the text. */
export function parseMrkdwn(source: string): readonly Mrkdwn[] {
  const nodes: Mrkdwn[] = []
  source.split('```').forEach((part, index, parts) => {
    const isFenced = index % 2 === 1 && index < parts.length - 1
    if (isFenced) nodes.push({ kind: 'pre', children: parseVerbatim(part.replace(/^\n|\n$/g, '')) })
    else nodes.push(...parseLines(index % 2 === 1 ? '```' + part : trimAround(part, index, parts.length)))
  })
  return nodes
}

/** Decodes the three entities that Slack encodes. */
export function decodeEntities(text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&')
}

// A fenced block is a box of its own: the line breaks that touch it are not drawn again.
function trimAround(part: string, index: number, count: number): string {
  const afterFence = index > 0 ? part.replace(/^\n/, '') : part
  return index < count - 2 ? afterFence.replace(/\n$/, '') : afterFence
}

function parseLines(text: string): readonly Mrkdwn[] {
  const nodes: Mrkdwn[] = []
  let quoted: Mrkdwn[] | undefined
  if (text === '') return nodes
  for (const [index, line] of text.split('\n').entries()) {
    const quote = /^(?:&gt;|>)\s?(.*)$/.exec(line)
    if (quote === null) {
      if (index > 0 && quoted === undefined) nodes.push({ kind: 'break' })
      quoted = undefined
      nodes.push(...parseInline(line, 0))
      continue
    }
    if (quoted === undefined) nodes.push({ kind: 'quote', children: (quoted = []) })
    else quoted.push({ kind: 'break' })
    quoted.push(...parseInline(quote[1] ?? '', 0))
  }
  return nodes
}

function parseVerbatim(text: string): readonly Mrkdwn[] {
  const nodes: Mrkdwn[] = []
  let from = 0
  for (const match of text.matchAll(/<((?:https?:|mailto:)[^<>\n]{1,3000})>/g)) {
    nodes.push(
      { kind: 'text', text: decodeEntities(text.slice(from, match.index)) },
      { kind: 'special', body: match[1] ?? '' },
    )
    from = match.index + match[0].length
  }
  return [...nodes, { kind: 'text', text: decodeEntities(text.slice(from)) }]
}

interface Found {
  readonly node: Mrkdwn
  readonly end: number
}

function parseInline(line: string, depth: number): readonly Mrkdwn[] {
  const nodes: Mrkdwn[] = []
  // A delimiter without a closer from here on has none later either: remembering it keeps the scan linear.
  const unclosed = new Set<string>()
  let from = 0
  for (let at = 0; at < line.length;) {
    const found = readAt(line, at, depth, unclosed)
    if (found === undefined) {
      at += 1
      continue
    }
    if (at > from) nodes.push({ kind: 'text', text: decodeEntities(line.slice(from, at)) })
    nodes.push(found.node)
    at = from = found.end
  }
  if (from < line.length) nodes.push({ kind: 'text', text: decodeEntities(line.slice(from)) })
  return nodes
}

function readAt(line: string, at: number, depth: number, unclosed: Set<string>): Found | undefined {
  const character: string = line[at] ?? ''
  switch (character) {
    case '<':
      return readPattern(line, at, specialHere, (match) => ({ kind: 'special', body: match[1] ?? '' }))
    case ':':
      return readPattern(line, at, emojiHere, (match) => ({ kind: 'emoji', name: match[1] ?? '' }))
    case 'h':
      return /\w/.test(line[at - 1] ?? '')
        ? undefined
        : readPattern(line, at, urlHere, (match) => ({ kind: 'link', url: decodeEntities(match[0]) }))
    case '`':
      return readCode(line, at, unclosed)
    case '*':
    case '_':
    case '~':
      return depth < maxDepth ? readStyled(line, at, character as Delimiter, depth, unclosed) : undefined
    default:
      return undefined
  }
}

function readPattern(
  line: string,
  at: number,
  pattern: RegExp,
  toNode: (match: RegExpExecArray) => Mrkdwn,
): Found | undefined {
  pattern.lastIndex = at
  const match = pattern.exec(line)
  return match === null ? undefined : { node: toNode(match), end: at + match[0].length }
}

function readCode(line: string, at: number, unclosed: Set<string>): Found | undefined {
  if (unclosed.has('`')) return undefined
  const close = line.indexOf('`', at + 1)
  if (close === -1) unclosed.add('`')
  if (close <= at + 1) return undefined
  return { node: { kind: 'code', children: parseVerbatim(line.slice(at + 1, close)) }, end: close + 1 }
}

function readStyled(
  line: string,
  at: number,
  delimiter: Delimiter,
  depth: number,
  unclosed: Set<string>,
): Found | undefined {
  const opens = !/[\w]/.test(line[at - 1] ?? '') && /[^\s]/.test(line[at + 1] ?? '') && line[at + 1] !== delimiter
  if (!opens || unclosed.has(delimiter)) return undefined
  for (let close = line.indexOf(delimiter, at + 2); close !== -1; close = line.indexOf(delimiter, close + 1)) {
    if (/\s/.test(line[close - 1] ?? '') || /\w/.test(line[close + 1] ?? '')) continue
    const children = parseInline(line.slice(at + 1, close), depth + 1)
    return { node: { kind: styles[delimiter], children }, end: close + 1 }
  }
  unclosed.add(delimiter)
  return undefined
}
