import { meetFence, openedFence } from './read-fence.ts'
import type { Fence } from './read-fence.ts'

export interface SplitOptions {
  /** UTF-8 bytes a part may have, 400 or more. */
  readonly limitBytes: number
  readonly maxParts?: number
}

/** A first part, complete in itself, and what comes after it. */
export interface SplitPart {
  readonly part: string
  /** What the next part must begin with to read the same: the line that opened a fence, the header of a table. */
  readonly carry: string
  readonly rest: string
}

/** Slack turns Markdown into blocks of its own, of which a message holds 50; each of these lines makes one or two. */
const mostStructures = 20
const structureLine = /^(?: {0,3}#{1,6} |(?:\s{0,3}[-*_]){3,}\s*$|\s*\|?\s*:?-+:?\s*\|)/
const delimiterRow = /^\s*\|?\s*:?-{1,}:?\s*(?:\|\s*:?-{1,}:?\s*)*\|?\s*$/
/** Far more than a table of 20 columns needs; the pattern takes quadratic time on blanks. */
const longestDelimiter = 1_000
const cutNotice = '\n\n_This is not the whole text: the rest is too long to show here._'

/**
 * Splits Markdown into messages, on blank lines, lines, sentences or words, in that order of preference.
 * A code fence that is cut is closed and opened again, a table gets its header again; no character is cut in two.
 * What does not fit in `maxParts` (20) is left out, and the last part says so.
 */
export function splitMessage(text: string, { limitBytes, maxParts = 20 }: SplitOptions): string[] {
  const parts: string[] = []
  for (let left = text; ;) {
    const isLast = parts.length === maxParts - 1
    const { part, carry, rest } = takePart(left, limitBytes - (isLast ? byteLength(cutNotice) : 0))
    if (rest === '') return [...parts, part]
    if (isLast) return [...parts, part + cutNotice]
    parts.push(part)
    left = carry + rest
  }
}

/**
 * The longest first part of `text` within the limit.
 * @param atLeast characters that must be in it, because they were already shown; 0 when none were
 */
export function takePart(text: string, limitBytes: number, atLeast = 0): SplitPart {
  const { structuresEnd } = scanLines(text, text.length)
  if (byteLength(text) <= limitBytes && structuresEnd === undefined) return { part: text, carry: '', rest: '' }
  const hard = Math.min(prefixLength(text, limitBytes - markerBytes(text)), structuresEnd ?? text.length)
  return cutAt(text, Math.max(atLeast, 1, bestCut(text, Math.max(hard, atLeast), atLeast)), atLeast, limitBytes / 4)
}

/**
 * Ends a part after exactly `length` characters, of which `atLeast` stay as they are, and closes what is open there.
 */
export function cutAt(text: string, length: number, atLeast = length, carryLimitBytes = 1_000): SplitPart {
  const { fence, carry } = scanLines(text, length)
  const shown = text.slice(0, atLeast) + text.slice(atLeast, length).trimEnd()
  const rest = text.slice(length).replace(fence ? /^\n/ : /^\n+/, '')
  const isWorthCarrying = rest.trim() !== '' || fence !== undefined
  return {
    part: fence ? closeFence(shown, fence) : shown,
    carry: isWorthCarrying && byteLength(carry) <= carryLimitBytes ? carry : '',
    rest: rest.trim() === '' ? '' : rest,
  }
}

export function byteLength(text: string): number {
  return Buffer.byteLength(text, 'utf8')
}

interface LineScan {
  /** The fence that is open where the scan ends. */
  readonly fence: Fence | undefined
  /** What the next part must begin with, so that it reads the same. */
  readonly carry: string
  /** Where the line begins that is one structure too many. */
  readonly structuresEnd: number | undefined
}

/** Reads the lines before `end` for what is open there. */
function scanLines(text: string, end: number): LineScan {
  let fence: Fence | undefined
  let opener = ''
  let header = ''
  let previous = ''
  let structures = 0
  let structuresEnd: number | undefined
  let line = ''
  for (let at = 0; at < end; at += line.length + 1) {
    line = lineAt(text, at)
    if (fence) {
      if (meetFence(line, fence) !== 'open') fence = undefined
      continue
    }
    fence = openedFence(line, true)
    if (fence) opener = line
    if (structureLine.test(line.slice(0, 100)) && ++structures === mostStructures + 1) structuresEnd = Math.max(1, at)
    if (isDelimiter(line) && previous.includes('|')) header = `${previous}\n${line}\n`
    else if (!line.includes('|')) header = ''
    previous = line
  }
  const isLineStart = end === 0 || text.charAt(end - 1) === '\n' || text.charAt(end) === '\n'
  const isInTable = isLineStart && lineAt(text, text.charAt(end) === '\n' ? end + 1 : end).includes('|')
  return { fence, carry: fence ? `${opener}\n` : isInTable ? header : '', structuresEnd }
}

function lineAt(text: string, start: number): string {
  const end = text.indexOf('\n', start)
  return text.slice(start, end < 0 ? text.length : end)
}

function isDelimiter(line: string): boolean {
  return line.length <= longestDelimiter && line.includes('-') && line.includes('|') && delimiterRow.test(line)
}

function closeFence(text: string, { marker, quoteDepth }: Fence): string {
  return `${text}${text.endsWith('\n') ? '' : '\n'}${'> '.repeat(quoteDepth)}${marker}`
}

/** Room to close any fence of the text again. */
function markerBytes(text: string): number {
  let longest = 0
  for (const [run] of text.matchAll(/^[ >]*(?:`{3,}|~{3,})/gm)) longest = Math.max(longest, run.length)
  return longest === 0 ? 0 : Math.min(longest, 150) + 2
}

/** Characters that fit into so many bytes, without half of a surrogate pair. */
function prefixLength(text: string, limitBytes: number): number {
  let bytes = 0
  let at = 0
  while (at < text.length) {
    const code = text.codePointAt(at) ?? 0
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4
    if (bytes > limitBytes) break
    at += code < 0x10000 ? 1 : 2
  }
  return at
}

/**
 * The best border before `hard`: a later border of a worse kind loses to an earlier one of a better kind in the last
 * 60 %.
 */
function bestCut(text: string, hard: number, atLeast: number): number {
  if (hard >= text.length) return hard
  const earliest = Math.max(atLeast, Math.floor(hard * 0.4))
  const room = text.slice(0, hard)
  const blank = lastOutsideFence(room, earliest)
  if (blank !== undefined) return blank
  for (const border of [/\n/g, /[.!?。！？…][)"'”’]?(?=\s)|[。！？]/g, /\s/g]) {
    const at = lastMatchEnd(room, border, earliest)
    if (at !== undefined) return beforeOpenLink(text, at, earliest)
  }
  return beforeOpenLink(text, hard, earliest)
}

/** The last blank line at which no fence is open. */
function lastOutsideFence(room: string, earliest: number): number | undefined {
  for (let at = room.lastIndexOf('\n\n'); at >= earliest && at > 0; at = room.lastIndexOf('\n\n', at - 1)) {
    if (!scanLines(room, at + 1).fence) return at + 1
  }
  return undefined
}

function lastMatchEnd(room: string, border: RegExp, earliest: number): number | undefined {
  let found: number | undefined
  for (const match of room.slice(earliest).matchAll(border)) found = earliest + match.index + match[0].length
  return found !== undefined && found > earliest ? found : undefined
}

/** A cut inside `[words](address)` moves before it. */
function beforeOpenLink(text: string, at: number, earliest: number): number {
  const open = text.lastIndexOf('[', at - 1)
  if (open <= earliest) return at
  const link = /^\[[^\]\n]{0,500}\]\([^)\n]{0,2500}\)/.exec(text.slice(open, open + 3_100))
  return link && open + link[0].length > at ? open : at
}
