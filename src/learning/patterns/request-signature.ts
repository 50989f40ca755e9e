import { stemmer } from 'stemmer'

/** What may vary between requests of one kind. */
export type SlotKind = 'code' | 'url' | 'email' | 'person' | 'channel' | 'quote' | 'date' | 'time' | 'money' | 'number' | 'id' | 'name'

export interface Slot {
  readonly kind: SlotKind
  readonly value: string
}

/** A request with its varying parts taken out. */
export interface Signature {
  /** The words that are left, stemmed, and `{kind}` for each slot; in their order. */
  readonly tokens: readonly string[]
  readonly slots: readonly Slot[]
}

/** The gist of a longer request stands at its beginning. */
const maxChars = 2_000
const maxTokens = 200
const months = 'jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sep(?:t(?:ember)?)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?'
const weekdays = '(?:mon|tues?|wednes|thurs?|fri|satur|sun)day'

/** In this order: what is found first is not looked at again. */
const patterns: readonly (readonly [SlotKind, RegExp])[] = [
  ['code', /```[\s\S]*?(?:```|$)|`[^`\n]+`/g],
  ['url', /\bhttps?:\/\/\S+|\bwww\.\S+/gi],
  ['email', /[\w.+-]+@[\w-]+(?:\.[\w-]+)+/g],
  ['person', /<@[A-Z0-9]+(?:\|[^>]*)?>/g],
  ['channel', /<#[A-Z0-9]+(?:\|[^>]*)?>/g],
  ['quote', /"[^"\n]{1,300}"|“[^”\n]{1,300}”|«[^»\n]{1,300}»|(?<![\p{L}\p{N}])'[^'\n]{2,300}'(?![\p{L}\p{N}])/gu],
  ['date', new RegExp(`\\b(?:\\d{4}-\\d{2}-\\d{2}|\\d{1,2}[./]\\d{1,2}[./]\\d{2,4}|(?:${months})\\.? \\d{1,2}(?!\\d)(?:st|nd|rd|th)?(?:,? \\d{4})?|\\d{1,2}(?:st|nd|rd|th)? (?:of )?(?:${months})(?:,? \\d{4})?|(?:${months}) \\d{4}|Q[1-4](?: \\d{4})?|(?:next |last |this )?(?:${weekdays}|week|month|quarter|year)(?= |[.,?!;:]|$)|today|tomorrow|yesterday|tonight)`, 'gi')],
  ['time', /\b\d{1,2}(?::\d{2})? ?(?:am|pm)\b|\b\d{1,2}:\d{2}\b/gi],
  ['money', /[$€£]\s?\d+(?:[.,]\d+)*(?: ?(?:k|m|bn|million|billion))?|\b\d+(?:[.,]\d+)* ?(?:usd|eur|gbp|dollars?|euros?)\b/gi],
  ['id', /\b[A-Z]{2,10}-\d+\b|#\d+\b/g],
  ['number', /\d+(?:[.,]\d+)*(?:\s?%)?/g],
]
/** A slot is marked by one character of the private use area, which no word has. */
const firstMark = 0xe000
const marks = /[\uE000-\uF8FF]/g
const wordOrMark = /[\uE000-\uF8FF]|[\p{L}\p{N}][\p{L}\p{N}'’]*/gu
const names = /(?<=[\p{Ll}\p{N},;)\uE000-\uF8FF] +)\p{Lu}[\p{L}\p{N}'’-]+(?: +\p{Lu}[\p{L}\p{N}'’-]+)*/gu

/**
 * Takes out of a request what varies from one to the next of its kind: dates, numbers, names, quotes and the like. Two
 * requests of one kind have nearly the same tokens then.
 */
export function signatureOf(text: string): Signature {
  const { masked, slots } = mask(text)
  const tokens = (masked.match(wordOrMark) ?? []).slice(0, maxTokens).map((word) => asToken(word, slots))
  return { tokens, slots }
}

/** The same as people read it: `Summarise the sales of {date} for {name}`. */
export function describeSignature(text: string): string {
  const { masked, slots } = mask(text)
  return masked.replaceAll(marks, (found) => nameOf(found, slots)).replaceAll(/\s+/g, ' ').trim()
}

function mask(text: string): { readonly masked: string; readonly slots: readonly Slot[] } {
  const slots: Slot[] = []
  const take = (kind: SlotKind) => (value: string): string => String.fromCodePoint(firstMark + slots.push({ kind, value: value.trim() }) - 1)
  let masked = text.slice(0, maxChars).toWellFormed().normalize('NFKC').replaceAll(marks, ' ')
  for (const [kind, pattern] of patterns) masked = masked.replaceAll(pattern, take(kind))
  // Words that begin with a capital inside a sentence; those that stand together are one name.
  masked = masked.replaceAll(names, (name) => (/^I['’]/.test(name) ? name : take('name')(name)))
  return { masked, slots }
}

const asToken = (word: string, slots: readonly Slot[]): string =>
  word.charCodeAt(0) >= firstMark && word.length === 1 ? nameOf(word, slots) : stemmer(word.toLowerCase().replaceAll(/['’]s?$/g, '').replaceAll(/['’]/g, ''))

const nameOf = (found: string, slots: readonly Slot[]): string => `{${slots[found.charCodeAt(0) - firstMark]?.kind ?? 'name'}}`
