import { isFields } from './chat-request.ts'

const askKeys = 'request asked objective question text task motion topic message prompt input query'.split(' ')
const labels =
  'request|objective|question|task|motion|proposition|topic|goal|message|the request|current request|user request|'
  + 'new request|new message'
const taggedRequest = new RegExp(`<(${labels.replaceAll(' ', '[_-]')})(?:\\s[^>]*)?>([\\s\\S]*?)</\\1>`, 'i')
/** Begins with a label of its own, ends before the next heading, label or tag, or with the text. */
const labelledRequest = new RegExp(
  `^[#*\\s]*(?:${labels})\\s*\\**\\s*[:\\n]\\**[ \\t]*\\n?([\\s\\S]*?)`
    + `(?=\\n\\s*\\n[#*<]*[A-Z][\\w '()-]{0,60}[:>\\n]|\\n[#<][^\\n]+|$(?![\\s\\S]))`,
  'im',
)

/** Finds the request inside a prompt: a JSON field, an XML tag or a labelled line, in this order; else all of it. */
export function splitAsked(text: string): { asked: string; background: string } {
  const trimmed = text.trim()
  const fromJson = trimmed.startsWith('{') ? askedInJson(trimmed) : undefined
  if (fromJson !== undefined) return { asked: fromJson, background: trimmed }
  const tag = taggedRequest.exec(trimmed)
  if (tag !== null) return { asked: (tag[2] ?? '').trim(), background: trimmed.replace(tag[0], ' ').trim() }
  const label = labelledRequest.exec(trimmed)
  if (label !== null && (label[1] ?? '').trim() !== '') {
    return { asked: (label[1] ?? '').trim(), background: trimmed.replace(label[0], ' ').trim() }
  }
  const blocks = trimmed.match(/<(\w[\w-]*)(?:\s[^>]*)?>[\s\S]*?<\/\1>/g) ?? []
  const outside = blocks.reduce((rest, block) => rest.replace(block, ' '), trimmed).trim()
  return outside === '' ? { asked: trimmed, background: '' } : { asked: outside, background: blocks.join('\n') }
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
