import type { Passage } from './split-passages.ts'

const mostLines = 60
const mostChars = 4_000
const lineChars = 120

/**
 * What a text is about, in lines that name a passage each: its headings or, where it has hardly any, how every so many passages begin.
 * At most 60 lines and 4,000 characters.
 * @param first the number of the first passage
 */
export function outlineOf(text: string, passages: readonly Passage[], first: number): string {
  const beginnings = passages.flatMap(({ heading }, at) => (heading !== '' && heading !== passages[at - 1]?.heading ? [at] : []))
  const hasHeadings = beginnings.length >= 3
  const lines = evenly(hasHeadings ? beginnings : passages.keys().toArray(), mostLines).map((at) => {
    const passage = passages[at]
    const says = hasHeadings ? (passage?.heading ?? '') : text.slice(passage?.start, passage?.end)
    return `[p${first + at}] ${firstWords(says, lineChars)}`
  })
  let room = mostChars
  return lines.filter((line) => (room -= line.length + 1) >= 0).join('\n')
}

/** The first sentence, on one line. */
export function firstWords(text: string, maxChars: number): string {
  const line = text.slice(0, maxChars * 4).replaceAll(/\s+/g, ' ').trim()
  const sentence = /^.{20,}?[.!?](?=\s)/.exec(line)?.[0] ?? line
  return sentence.length <= maxChars ? sentence : `${sentence.slice(0, maxChars - 1).replace(/\s+\S*$/, '').toWellFormed()}…`
}

function evenly(all: readonly number[], most: number): number[] {
  if (all.length <= most) return [...all]
  return Array.from({ length: most }, (_, at) => all[Math.floor((at * all.length) / most)] ?? 0)
}
