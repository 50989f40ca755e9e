import { RecursiveCharacterTextSplitter } from '@langchain/textsplitters'
import { findHeadings, type Heading } from './find-headings.ts'

/** A piece of a text that can be found, read and quoted: `[start, end)` in UTF-16 units. */
export interface Passage {
  readonly start: number
  readonly end: number
  /** What it stands under; empty where the text has no headings. */
  readonly heading: string
}

/**
 * About 400 tokens: so that six of them fit a tool's result, and a reference leads to a paragraph and not to a page. Far below what an
 * embedding model reads, because a vector of a long piece says little of any one sentence (`npm run bench` has the figures).
 */
export const passageChars = 1_500
/** A sentence or two, so that what a border cuts is whole in one of the two. */
const overlapChars = 150
/** A section that is shorter goes with the one before it. */
const leastSectionChars = 200
/** The splitter's work grows faster than its text where that has no borders. */
const mostSplitChars = 40_000
const separators = ['\n\n', '\n', '. ', '! ', '? ', '; ', ', ', ' ', '']

/** Cuts a text at its natural borders: headings, paragraphs, lines, sentences, words, in this order; whitespace alone makes no passage. */
export async function splitPassages(text: string): Promise<Passage[]> {
  const splitter = new RecursiveCharacterTextSplitter({ chunkSize: passageChars, chunkOverlap: overlapChars, separators, keepSeparator: true })
  const passages: Passage[] = []
  for (const { start, end, heading } of sectionsOf(text, findHeadings(text))) {
    const section = text.slice(start, end)
    let covered = 0
    for (const chunk of await splitter.splitText(section)) {
      // Backwards from where nothing would be left out: in a text that repeats itself the same words stand in many places.
      const at = section.lastIndexOf(chunk, firstVisible(section, covered))
      if (at < 0 || at + chunk.length <= covered) continue
      passages.push({ start: start + at, end: start + at + chunk.length, heading })
      covered = at + chunk.length
    }
  }
  return passages
}

function firstVisible(text: string, from: number): number {
  let at = from
  while (at < text.length && /\s/.test(text.charAt(at))) at++
  return at
}

/** From heading to heading, none too short and none too long for the splitter. */
function sectionsOf(text: string, headings: readonly Heading[]): Passage[] {
  const sections: Passage[] = []
  let start = 0
  let heading = ''
  const close = (end: number): void => {
    for (let at = start; at < end; at = cutBefore(text, at, end)) sections.push({ start: at, end: cutBefore(text, at, end), heading })
  }
  for (const next of headings) {
    if (next.start - start >= leastSectionChars) {
      close(next.start)
      start = next.start
      heading = next.title
    } else if (heading === '') heading = next.title
    else heading = `${heading} / ${next.title}`.slice(0, 160)
  }
  close(text.length)
  return sections
}

/** The end of a piece that begins at `at`: where a paragraph, a line or a word ends, else anywhere. */
function cutBefore(text: string, at: number, end: number): number {
  const furthest = at + mostSplitChars
  if (furthest >= end) return end
  for (const border of ['\n\n', '\n', ' ']) {
    const found = text.lastIndexOf(border, furthest)
    if (found > at + mostSplitChars / 2) return found + border.length
  }
  // Never between the halves of a character.
  return /[\uD800-\uDBFF]/.test(text.charAt(furthest - 1)) ? furthest - 1 : furthest
}
