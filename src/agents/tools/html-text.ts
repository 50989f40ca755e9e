import { setImmediate } from 'node:timers/promises'
import { Parser } from 'htmlparser2'

/** What a reader would read of an HTML page. */
export interface HtmlText {
  readonly title: string
  /**
   * The main part if the page marks one that says something, else the whole body. Blocks on lines, headings with #,
   * items with *.
   */
  readonly text: string
}

/** Parsed between two turns of the event loop: a few milliseconds. */
const chunkChars = 32_768
/** More than any article has; the rest is not read. */
const maxHtmlChars = 1_000_000
/** Real pages stay below 100. The parser's own work grows with the depth of open tags, so a deeper page ends here. */
const maxOpenTags = 400
const maxTitleChars = 300
/** A main part shorter than this is a frame that scripts fill in: the body says more. */
const leastMainChars = 200

const skippedTags = new Set(
  (
    'script style noscript template svg math iframe object canvas audio video map nav footer button select dialog ' +
    'title'
  ).split(' '),
)
/** Begin and end a line. */
const lineTags = new Set(
  'address article aside body dd details div dt fieldset figcaption form header li main section summary tr'.split(' '),
)
/** Are set off by an empty line. */
const paragraphTags = new Set('blockquote dl figure hr ol p pre table ul h1 h2 h3 h4 h5 h6'.split(' '))
const headings: Readonly<Record<string, string>> = {
  h1: '# ',
  h2: '## ',
  h3: '### ',
  h4: '#### ',
  h5: '##### ',
  h6: '###### ',
}

/**
 * Reads HTML into text. Written over a streaming parser and not with a converter that builds a tree: those take seconds
 * or overflow the stack on hostile nesting and tables, and this must never hold the event loop.
 * @param baseUrl when given, links are followed by their absolute target in brackets
 * @param maxChars the rest is not read; default a million
 */
export async function readHtmlText(html: string, baseUrl?: string, maxChars = maxHtmlChars): Promise<HtmlText> {
  const reader = new HtmlReader(baseUrl)
  const end = Math.min(html.length, maxChars)
  for (let at = 0; at < end && reader.openTags <= maxOpenTags; at += chunkChars) {
    reader.write(html.slice(at, Math.min(at + chunkChars, end)))
    await setImmediate()
  }
  return reader.finish()
}

class HtmlReader {
  readonly #parser: Parser
  readonly #baseUrl: string | undefined
  readonly #body: string[] = []
  readonly #main: string[] = []
  readonly #linkTargets: string[] = []
  #title = ''
  #openTags = 0
  #isInTitle = false
  #skipping = 0
  #inPre = 0
  /** Depths at which main parts began: one that is named by its role ends with any tag, so only the depth tells. */
  readonly #mainDepths: number[] = []

  constructor(baseUrl: string | undefined) {
    this.#baseUrl = baseUrl
    this.#parser = new Parser({
      onopentag: (name, attributes) => this.#open(name, attributes),
      ontext: (text) => this.#readText(text),
      onclosetag: (name) => this.#close(name),
    })
  }

  get openTags(): number {
    return this.#openTags
  }

  write(html: string): void {
    this.#parser.write(html)
  }

  finish(): HtmlText {
    this.#parser.end()
    const main = tidy(this.#main.join(''))
    const title = this.#title.replace(/\s+/g, ' ').trim().slice(0, maxTitleChars)
    return { title, text: main.length >= leastMainChars ? main : tidy(this.#body.join('')) }
  }

  #open(name: string, attributes: Readonly<Record<string, string>>): void {
    this.#openTags += 1
    // Only the first one: drawings have titles too.
    if (name === 'title') this.#isInTitle = this.#title === ''
    if (skippedTags.has(name)) this.#skipping += 1
    if (name === 'main' || name === 'article' || attributes['role'] === 'main') {
      this.#mainDepths.push(this.#openTags)
    }
    if (name === 'pre') this.#inPre += 1
    if (name === 'a') this.#linkTargets.push(attributes['href'] ?? '')
    this.#breakLine(name)
    if (name === 'br') this.#emit('\n')
    if (name === 'li') this.#emit('* ')
    if (Object.hasOwn(headings, name)) this.#emit(headings[name] ?? '')
  }

  #close(name: string): void {
    if (name === 'a') this.#emit(describeLink(this.#linkTargets.pop() ?? '', this.#baseUrl))
    if (name === 'td' || name === 'th') this.#emit(' | ')
    this.#breakLine(name)
    if (name === 'pre') this.#inPre -= 1
    if (name === 'title') this.#isInTitle = false
    if (this.#mainDepths.at(-1) === this.#openTags) this.#mainDepths.pop()
    if (skippedTags.has(name)) this.#skipping -= 1
    this.#openTags -= 1
  }

  #readText(text: string): void {
    if (this.#isInTitle && this.#title.length < maxTitleChars) this.#title += text
    if (this.#inPre > 0) {
      this.#emit(text)
      return
    }
    const spaced = text.replace(/\s+/g, ' ')
    this.#emit(this.#isLineStart() ? spaced.trimStart() : spaced)
  }

  #breakLine(name: string): void {
    if (paragraphTags.has(name)) this.#emit('\n\n')
    else if (lineTags.has(name) && !this.#isLineStart()) this.#emit('\n')
  }

  #isLineStart(): boolean {
    return this.#body.at(-1)?.endsWith('\n') ?? true
  }

  #emit(text: string): void {
    if (this.#skipping > 0 || text === '') return
    this.#body.push(text)
    if (this.#mainDepths.length > 0) this.#main.push(text)
  }
}

/** Nothing for anchors inside the page, and for what is no web address. */
function describeLink(href: string, baseUrl: string | undefined): string {
  if (baseUrl === undefined || href === '' || href.startsWith('#')) return ''
  const url = URL.parse(href, baseUrl)
  return url && /^https?:$/.test(url.protocol) && url.href.length <= 500 ? ` [${url.href}]` : ''
}

/**
 * Trims each line, keeps at most one empty line between two. Line by line: patterns over the whole text can go
 * quadratic on spaces.
 */
function tidy(text: string): string {
  const lines: string[] = []
  for (const line of text.split('\n')) {
    const trimmed = line.trimEnd().replace(/ \|$/, '')
    if (trimmed !== '' || lines.at(-1) !== '') lines.push(trimmed)
  }
  return lines.join('\n').trim()
}
