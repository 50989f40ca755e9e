import { firstWords } from '../../agents/files/outline.ts'
import type { FoundPassage } from './look-up-passages.ts'

const reference = /(?<![\w\]])\[p\.?\s?\d{1,6}(?:\s*(?:,|;|&|and|to|-|–)\s*p?\.?\s?\d{1,6}){0,20}\]/gi
/** A quotation of some length with a reference right behind it. */
const quotation = /["“„«]([^"“”„«»\n]{24,1200})["”“»][.,;:]?\s{0,2}(?:\([^)\n]{0,60}\)\s?)?(\[p\d{1,6}\])/g
const maxChecked = 60
const maxListed = 12
const notWordForWord = ' (not word for word)'

/** Finds the passage of a number; undefined where there is none. */
export type FindPassage = (number: number) => Promise<FoundPassage | undefined>

/**
 * Holds the references of an answer against the store: those that lead nowhere are taken out, quotations that do not stand in their passage
 * are marked, and the passages that are left are listed below with their place. An answer without references stays as it is.
 */
export async function checkReferences(answer: string, find: FindPassage): Promise<string> {
  const numbers = [...new Set([...answer.matchAll(reference)].flatMap(([found]) => numbersIn(found)))].slice(0, maxChecked)
  const passages = new Map<number, FoundPassage>()
  for (const number of numbers) {
    const passage = await find(number)
    if (passage) passages.set(number, passage)
  }
  const kept = answer.replaceAll(new RegExp(` ?${reference.source}`, 'gi'), (found) => {
    const given = numbersIn(found)
    const real = given.filter((number) => passages.has(number))
    if (real.length === given.length) return found
    return real.length === 0 ? '' : `${found.startsWith(' ') ? ' ' : ''}[${real.map((number) => `p${number}`).join(', ')}]`
  })
  if (passages.size === 0) return kept
  const checked = await markQuotations(kept, passages, find)
  return `${checked.trimEnd()}\n\n${listSources([...passages.values()])}`
}

async function markQuotations(text: string, passages: ReadonlyMap<number, FoundPassage>, find: FindPassage): Promise<string> {
  let checked = text
  for (const [whole, quoted = '', ref = ''] of text.matchAll(quotation)) {
    const number = Number(ref.replaceAll(/\D/g, ''))
    // What a border cut stands half in the next passage.
    const around = [passages.get(number)?.text, (await find(number + 1))?.text].join(' ')
    if (!isIn(quoted, around)) checked = checked.replace(whole, () => `${whole}${notWordForWord}`)
  }
  return checked
}

/** Letters and digits alone count; what `…` leaves out may be anything. */
function isIn(quoted: string, text: string): boolean {
  const plain = lettersOf(text)
  return quoted.split(/\[?(?:…|\.{3})\]?/).every((part) => plain.includes(lettersOf(part)))
}

const lettersOf = (text: string): string => text.normalize('NFKC').toLowerCase().replaceAll(/[^\p{L}\p{N}]+/gu, '')

function listSources(passages: readonly FoundPassage[]): string {
  const shown = passages.toSorted((a, b) => a.number - b.number).slice(0, maxListed)
  const lines = shown.map(({ number, head, heading, text }) => {
    const place = [head.name, heading].filter((part) => part !== '').join(', ').replaceAll(/[[\]*_`\n]/g, ' ')
    return `- [p${number}] ${place}: “${firstWords(text, 80).replaceAll(/[[\]*_`]/g, ' ')}”`
  })
  const more = passages.length - shown.length
  return ['**Sources**', ...lines, ...(more > 0 ? [`- and ${more} more`] : [])].join('\n')
}

/** `[p3, p5]` and `[p3-5]`: of a range both ends count. */
const numbersIn = (found: string): number[] => [...found.matchAll(/\d+/g)].map(([digits]) => Number(digits))
