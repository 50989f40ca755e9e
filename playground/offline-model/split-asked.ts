import { isFields } from './chat-request.ts'

const askKeys = 'request asked objective question text task motion topic message prompt input query'.split(' ')
const labels = [
  'request',
  'objective',
  'question',
  'task',
  'motion',
  'proposition',
  'topic',
  'goal',
  'message',
  'the request',
  'current request',
  'user request',
  'new request',
  'new message',
]
const tagNames = labels.flatMap((label) => [...new Set([label.replace(' ', '_'), label.replace(' ', '-')])])
const maxBlocks = 50
/** Begins with a label of its own, ends before the next heading, label or tag, or with the text. */
const labelledRequest = new RegExp(
  `^[#* \\t]*(?:${labels.join('|')})[ \\t]*\\**[ \\t]*[:\\n]\\**[ \\t]*\\n?([\\s\\S]*?)`
    + `(?=\\n[ \\t]*\\n[#*<]*[A-Z][\\w '()-]{0,60}[:>\\n]|\\n[#<][^\\n]+|$(?![\\s\\S]))`,
  'im',
)

/** Finds the request inside a prompt: a JSON field, an XML tag or a labelled line, in this order; else all of it. */
export function splitAsked(text: string): { asked: string; background: string } {
  const trimmed = text.trim()
  const fromJson = trimmed.startsWith('{') ? askedInJson(trimmed) : undefined
  if (fromJson !== undefined) return { asked: fromJson, background: trimmed }
  const tag = tagNames.map((name) => findBlock(trimmed, name, 0)).find((block) => block !== undefined)
  if (tag !== undefined) return { asked: tag.inside.trim(), background: trimmed.replace(tag.whole, ' ').trim() }
  const label = labelledRequest.exec(trimmed)
  if (label !== null && (label[1] ?? '').trim() !== '') {
    return { asked: (label[1] ?? '').trim(), background: trimmed.replace(label[0], ' ').trim() }
  }
  const blocks = findBlocks(trimmed)
  const outside = blocks.reduce((rest, block) => rest.replace(block, ' '), trimmed).trim()
  return outside === '' ? { asked: trimmed, background: '' } : { asked: outside, background: blocks.join('\n') }
}

/** The outermost `<name>...</name>` blocks, at most 50. */
function findBlocks(text: string): string[] {
  const blocks: string[] = []
  // A tag that is not closed after this place is not closed after a later one either: without remembering that, a text
  // of
  // many open tags would be searched to its end for each of them.
  const unclosed = new Set<string>()
  const opening = /<(\w[\w-]{0,60})(?:\s[^<>]{0,200})?>/g
  for (let match = opening.exec(text); match !== null && blocks.length < maxBlocks; match = opening.exec(text)) {
    const name = match[1] ?? ''
    const block = unclosed.has(name) ? undefined : findBlock(text, name, match.index)
    if (block === undefined) {
      unclosed.add(name)
      continue
    }
    blocks.push(block.whole)
    opening.lastIndex = block.end
  }
  return blocks
}

function findBlock(
  text: string,
  name: string,
  from: number,
): { whole: string; inside: string; end: number } | undefined {
  const opening = new RegExp(`<${name}(?:\\s[^<>]{0,200})?>`, 'gi')
  opening.lastIndex = from
  const match = opening.exec(text)
  if (match === null) return undefined
  const closing = new RegExp(`</${name}>`, 'gi')
  closing.lastIndex = opening.lastIndex
  const end = closing.exec(text)
  if (end === null) return undefined
  return {
    whole: text.slice(match.index, closing.lastIndex),
    inside: text.slice(opening.lastIndex, end.index),
    end: closing.lastIndex,
  }
}

function askedInJson(text: string): string | undefined {
  try {
    const value: unknown = JSON.parse(text)
    if (!isFields(value)) return undefined
    for (const key of askKeys) {
      const found = value[key]
      if (typeof found === 'string' && found !== '') return found
      if (isFields(found) && typeof found['text'] === 'string') return found['text']
    }
  } catch {
    // Not JSON after all, only something that begins like it.
  }
  return undefined
}
