import { isMisleading, safeAddress } from './check-link.ts'
import { breaker, escapeAngles, escapeInline } from './escape-text.ts'
import { isHeadOpen, meetFence, openedFence, quoteLength, readLineHead } from './read-fence.ts'
import type { Fence } from './read-fence.ts'
import { addressIn, plainLabel, readLink } from './read-link.ts'
import type { TextStage } from './text-stage.ts'

/** What one step read: so many characters, standing for this text. */
interface Step {
  readonly length: number
  readonly text: string
}

const plainRun = /[^\n\\`<>@![\]]+/y
const escapable = /[\\`*_{}[\]()#+.!|~-]/
const massMention = /^@(?:channel|here|everyone)(?![A-Za-z0-9_])/i
const slackReference = /^<([@#])([A-Z0-9]{1,24})(?:\|[^<>|\n]{0,80})?>/
const slackLink = /^<((?:https?:\/\/|mailto:)[^\s<>|]{1,2000})(?:\|([^<>|\n]{0,500}))?>/i
const angleEnd = /[<>\n]/
const longestAngle = 2_600
const longestCodeSpan = 500

/**
 * Makes Markdown of a model or a person safe for Slack's `markdown_text` and `markdown` block: see `sanitizeText` for
 * what that means. Reads tokens from left to right and keeps back the one that the text so far does not finish.
 */
export class MarkupStage implements TextStage {
  readonly #mentionable: ReadonlySet<string>
  #held = ''
  #isLast = false
  #isLineStart = true
  #isInList = false
  #fence: Fence | undefined

  constructor(mentionable: Iterable<string>) {
    this.#mentionable = new Set(mentionable)
  }

  push(text: string): string {
    this.#held += text
    return this.#take()
  }

  /** The rest; a code fence that is still open is closed, so that what follows in the message is no code. */
  end(): string {
    this.#isLast = true
    const rest = this.#take()
    if (!this.#fence) return rest
    const { marker, quoteDepth } = this.#fence
    this.#fence = undefined
    return `${rest}${this.#isLineStart ? '' : '\n'}${'> '.repeat(quoteDepth)}${marker}`
  }

  #take(): string {
    const text = this.#held
    const out: string[] = []
    let at = 0
    while (at < text.length) {
      const step = this.#isLineStart ? this.#readLineStart(text, at) : this.#readToken(text, at)
      if (!step) break
      out.push(step.text)
      at += step.length
    }
    this.#held = text.slice(at)
    return out.join('')
  }

  #readLineStart(text: string, at: number): Step | undefined {
    const lineEnd = text.indexOf('\n', at)
    const isWhole = lineEnd >= 0 || this.#isLast
    const line = text.slice(at, lineEnd < 0 ? text.length : lineEnd)
    if (this.#fence) {
      if (!isWhole) return undefined
      const met = meetFence(line, this.#fence)
      if (met !== 'gone') return this.#readCodeLine(line, met === 'closed', lineEnd >= 0)
      this.#fence = undefined
    }
    if (!isWhole && isHeadOpen(line)) return undefined
    return this.#readTextLine(line, lineEnd >= 0)
  }

  #readCodeLine(line: string, isClosing: boolean, hasNewline: boolean): Step {
    const quoted = quoteLength(line, this.#fence?.quoteDepth ?? 0)
    if (isClosing) this.#fence = undefined
    this.#isLineStart = hasNewline
    const text = `${line.slice(0, quoted)}${escapeAngles(line.slice(quoted))}${hasNewline ? '\n' : ''}`
    return { length: line.length + (hasNewline ? 1 : 0), text }
  }

  #readTextLine(line: string, hasNewline: boolean): Step {
    const { quote, list } = readLineHead(line)
    if (/\S/.test(list)) this.#isInList = true
    else if (list === '' && line.length > quote.length) this.#isInList = false
    this.#fence = openedFence(line, this.#isInList)
    // After a fence's own line comes code; of another line only the quote marks are read here.
    if (this.#fence) {
      this.#isLineStart = hasNewline
      const text = `${quote}${escapeAngles(line.slice(quote.length))}${hasNewline ? '\n' : ''}`
      return { length: line.length + (hasNewline ? 1 : 0), text }
    }
    this.#isLineStart = false
    return { length: quote.length, text: quote }
  }

  #readToken(text: string, at: number): Step | undefined {
    plainRun.lastIndex = at
    const run = plainRun.exec(text)?.[0]
    if (run !== undefined) return { length: run.length, text: run }
    switch (text.charAt(at)) {
      case '\n':
        this.#isLineStart = true
        return { length: 1, text: '\n' }
      case '\\':
        return this.#readBackslash(text, at)
      case '`':
        return this.#readCodeSpan(text, at)
      case '<':
        return this.#readAngle(text, at)
      case '>':
        return { length: 1, text: '&gt;' }
      case '@':
        return this.#readAt(text, at)
      case '!':
        return this.#readImage(text, at)
      case '[':
        return this.#readLink(text, at, 'link')
      default:
        return this.#readClosingBracket(text, at)
    }
  }

  #readBackslash(text: string, at: number): Step | undefined {
    const next = text.charAt(at + 1)
    if (next === '') return this.#isLast ? { length: 1, text: '\\' } : undefined
    // The angle is escaped anyway, and the entity must not be.
    if (next === '<' || next === '>') return { length: 1, text: '' }
    return escapable.test(next) ? { length: 2, text: `\\${next}` } : { length: 1, text: '\\' }
  }

  #readCodeSpan(text: string, at: number): Step | undefined {
    const opening = countRun(text, at)
    if (at + opening === text.length && !this.#isLast) return undefined
    let end = at + opening
    while (end < text.length && end - at <= longestCodeSpan && text.charAt(end) !== '\n') {
      const run = countRun(text, end)
      if (run > 0 && end + run === text.length && !this.#isLast) return undefined
      if (run === opening) return { length: end + run - at, text: escapeAngles(text.slice(at, end + run)) }
      end += Math.max(1, run)
    }
    const isOpen = end >= text.length && end - at <= longestCodeSpan && !this.#isLast
    return isOpen ? undefined : { length: opening, text: '`'.repeat(opening) }
  }

  #readAngle(text: string, at: number): Step | undefined {
    const tail = text.slice(at, at + longestAngle)
    const reference = slackReference.exec(tail)
    if (reference) {
      const [whole, sign = '', id = ''] = reference
      return { length: whole.length, text: this.#mentionable.has(id) ? `<${sign}${id}>` : escapeAngles(whole) }
    }
    const link = slackLink.exec(tail)
    if (link) return { length: link[0].length, text: showLink(link[2] ?? '', link[1] ?? '') }
    const isOpen = !this.#isLast && tail.length < longestAngle && !angleEnd.test(tail.slice(1)) && mayBecomeTag(tail)
    return isOpen ? undefined : { length: 1, text: '&lt;' }
  }

  #readAt(text: string, at: number): Step | undefined {
    const tail = text.slice(at, at + 10).toLowerCase()
    const mayGrow = ['@channel', '@here', '@everyone'].some((word) => word.startsWith(tail))
    if (mayGrow && !this.#isLast) return undefined
    return { length: 1, text: massMention.test(tail) ? `@${breaker}` : '@' }
  }

  #readImage(text: string, at: number): Step | undefined {
    const next = text.charAt(at + 1)
    if (next === '' && !this.#isLast) return undefined
    if (next !== '[') return { length: 1, text: '!' }
    const link = this.#readLink(text, at + 1, 'image')
    // Without a link the exclamation mark is just that, and its bracket is read again.
    return link && (link.length > 1 ? { length: link.length + 1, text: link.text } : { length: 1, text: '!' })
  }

  #readLink(text: string, at: number, kind: 'link' | 'image'): Step | undefined {
    const found = readLink(text, at)
    if (found === 'more' && !this.#isLast) return undefined
    if (typeof found === 'string') return { length: 1, text: '[' }
    const label = plainLabel(found.label)
    const address = addressIn(found.target) ?? found.target
    return { length: found.length, text: showLink(label || (kind === 'image' ? 'image' : ''), address) }
  }

  /**
   * Whatever other parsers make of the brackets before it: without a checked link no round bracket or colon follows
   * at once.
   */
  #readClosingBracket(text: string, at: number): Step | undefined {
    const next = text.charAt(at + 1)
    if (next === '' && !this.#isLast) return undefined
    return { length: 1, text: next === '(' || next === ':' ? `]${breaker}` : ']' }
  }
}

/** A safe link as Markdown; another one as plain words, with its address where everyone can see it. */
function showLink(label: string, address: string): string {
  const safe = safeAddress(address)
  if (safe === undefined) return escapeInline(label === '' ? address : `${label} (${address})`)
  if (label === '' || label === address) return safe
  return isMisleading(label, safe) ? escapeInline(`${label} (${address})`) : `[${escapeInline(label)}](${safe})`
}

function countRun(text: string, at: number): number {
  let end = at
  while (text.charAt(end) === '`') end++
  return end - at
}

/** True when what follows could still turn this into a Slack reference or link. */
function mayBecomeTag(tail: string): boolean {
  if (/^<[@#]/.test(tail)) return /^<[@#][A-Z0-9]{0,24}(?:\|[^<>|\n]{0,80})?$/.test(tail)
  const start = tail.slice(1, 9).toLowerCase()
  const isStarted = ['https://', 'http://', 'mailto:'].some((scheme) =>
    start.length < scheme.length ? scheme.startsWith(start) : start.startsWith(scheme),
  )
  return isStarted && /^<[^\s<>|]*(?:\|[^<>|\n]{0,500})?$/.test(tail)
}
