export interface ReadableText {
  readonly text: string
  /** Ids of the people and channels that the text links, without the bot; at most 50. */
  readonly mentions: readonly string[]
  /** True when the bot itself is named. */
  readonly namesBot: boolean
}

const longestText = 200_000
const mostMentions = 50
const link = /<([^<>]*)>/g
/** Stands for the bot while the text is read; control characters of the text itself are dropped first. */
const botMark = '\u0000'
const afterMark = /^[\s,:;]+/
const massMentions = new Set(['here', 'channel', 'everyone'])

/**
 * What a person meant by a message: Slack's link markup becomes words, `&lt;` becomes `<`, user links stay (`<@U123>`).
 * The bot's own mention is dropped at both ends, where it only addresses, and is its name elsewhere.
 */
export function readSlackText(source: string, botUserId: string, botName = 'Murmur'): ReadableText {
  const mentions = new Set<string>()
  const marked = source
    .slice(0, longestText)
    .replaceAll(botMark, '')
    .replace(link, (whole, inner: string) => {
      const id = /^[@#]([A-Z0-9]{2,30})(?:\||$)/.exec(inner)?.[1]
      if (id === botUserId) return botMark
      if (id !== undefined && mentions.size < mostMentions) mentions.add(id)
      return id !== undefined && inner.startsWith('@') ? `<@${id}>` : readLinkText(inner, whole)
    })
  const namesBot = marked.includes(botMark)
  const text = dropAtEnds(marked).replaceAll(botMark, botName)
  return { text: decodeEntities(text).trim().toWellFormed(), mentions: [...mentions], namesBot }
}

function readLinkText(inner: string, whole: string): string {
  const bar = inner.indexOf('|')
  const target = bar < 0 ? inner : inner.slice(0, bar)
  const label = bar < 0 ? '' : inner.slice(bar + 1)
  if (target.startsWith('#')) return label === '' ? `<${target}>` : `#${label}`
  if (target.startsWith('!'))
    return massMentions.has(target.slice(1)) ? `@${target.slice(1)}` : label || target.slice(1)
  if (!/^[a-z][a-z0-9+.-]*:/i.test(target)) return whole
  const address = target.replace(/^mailto:/, '')
  return label === '' || label === address || label === target ? address : `${label} (${address})`
}

function dropAtEnds(text: string): string {
  let rest = text.trim()
  while (rest.startsWith(botMark)) rest = rest.slice(1).replace(afterMark, '')
  while (rest.endsWith(botMark)) rest = rest.slice(0, -1).trimEnd()
  return rest
}

/** Slack escapes three characters and no others; `&amp;` comes last, so that `&amp;lt;` stays the text `&lt;`. */
function decodeEntities(text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&')
}
