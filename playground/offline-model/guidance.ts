import { linesPattern } from './lines-pattern.ts'
import { capitalised } from './phrases.ts'

const labelledGuidance = linesPattern(
  String.raw`
  ^[#* \t]*(?:[\w' ]{0,40}\b)?(?:guidance|learned|preferences|
  improvements?)\b[^\n:]{0,60}[:\n]\**([\s\S]*?)(?=\n[ \t]*\n|\n#|$(?![\s\S]))
`,
  'im',
)

/** A wish about how answers look, the rule it becomes, and what it does to an answer. */
interface Style {
  readonly wish: RegExp
  readonly rule: string
  readonly apply: (answer: string) => string
}

const shortLines = 7

/** Wishes that the offline model can follow, so that an improvement shows in the next answer. */
const styles: readonly Style[] = [
  {
    wish: linesPattern(
      String.raw`
      \b(shorter|short|brief(ly)?|concise|too long|less text|at most (?:five|three|\w+) (?:sentences|lines|
      bullets)|keep (?:it|answers) short)\b
    `,
      'i',
    ),
    rule: 'Keep answers short: at most five sentences.',
    apply: shortened,
  },
  { wish: /\b(bullet(?:s|ed| points?)?|as a list|list form)\b/i, rule: 'Answer in bullet points.', apply: bulleted },
  {
    wish: linesPattern(
      String.raw`
      \b(tl;?dr|(?:start|begin|lead) with (?:a |the )?(?:one[- ]line |short )?(?:summary|conclusion|answer|
      recommendation)|summary first|conclusion first)\b
    `,
      'i',
    ),
    rule: 'Start with a one-line summary (TL;DR).',
    apply: withSummary,
  },
  {
    wish: /\b(next steps?|action items?|what to do next)\b/i,
    rule: 'End with the next steps.',
    apply: (answer) =>
      `${answer}\n\n**Next steps**\n1. Check the assumptions above with the person who knows most.\n2. Decide on `
      + `the first point.\n3. Come back here with what you found.`,
  },
  {
    wish: /\b(examples?)\b/i,
    rule: 'Include one concrete example.',
    apply: (answer) =>
      `${answer}\n\n**Example**: take one real case from last week and go through the points above with it.`,
  },
  { wish: /\b(tables?|tabular)\b/i, rule: 'Put comparisons and numbers into a table.', apply: tabled },
  {
    wish: /\b(friendl(?:y|ier)|warm(?:er)?|encouraging)\b/i,
    rule: 'Write in a friendly tone.',
    apply: (answer) => `Happy to help!\n\n${answer}`,
  },
  {
    wish: /\b(sources?|cite|citations?|references?)\b/i,
    rule: 'Name the source of each fact, or say that there is none.',
    apply: (answer) => `${answer}\n\n**Sources**: only this conversation; nothing was looked up.`,
  },
]

/** Turns what a person says about an answer into a rule for the next ones. */
export function guidanceFrom(feedback: string): string {
  const rules = styles.filter((style) => style.wish.test(feedback)).map((style) => style.rule)
  if (rules.length > 0) return rules.join(' ')
  const plain = feedback
    .replace(/^(please|could you|can you|i want you to|you should|next time)[,\s]+/i, '')
    .replace(/\s+/g, ' ')
    .trim()
  return plain === '' ? 'Keep to what was asked.' : `${capitalised(plain).replace(/[.!?]*$/, '')}.`
}

/**
 * Shapes an answer as the request and the guidance in the system prompt want it. Only lines under a heading or label
 * such as "Guidance" count in the system prompt: a specialist's own description must not be taken for a wish.
 */
export function applyGuidance(answer: string, system: string, asked: string): string {
  const learned = learnedGuidance(system)
  const wanted = styles.filter((style) => style.wish.test(learned) || isWishInRequest(style, asked))
  const shaped = wanted.reduce((text, style) => style.apply(text), answer)
  const unknown = learned
    .split(/\n|(?<=\.)\s+/)
    .map((line) => line.replace(/^[\s*-]+/, '').trim())
    .filter((line) => line.length > 8 && !styles.some((style) => style.wish.test(line)))
  return unknown.length === 0 ? shaped : `${shaped}\n\n_With your guidance in mind: ${unknown.slice(0, 3).join(' ')}_`
}

function learnedGuidance(system: string): string {
  const block = /<(?:guidance|learned|preferences)[^>]*>([\s\S]*?)<\//i.exec(system)?.[1]
  const labelled = labelledGuidance.exec(system)?.[1]
  return (block ?? labelled ?? '').trim()
}

/** In a request the word alone is not enough: "shorten the queue" is no wish about the answer. */
function isWishInRequest(style: Style, asked: string): boolean {
  const wish = /\b(?:in|as|with|use|using|be|make it|keep it|answer|give)\b[^.\n]{0,30}$/i
  const found = style.wish.exec(asked)
  return found !== null && wish.test(asked.slice(0, found.index)) && asked.length < 600
}

function shortened(answer: string): string {
  if (answer.includes('```')) return answer
  const lines = answer.split('\n').filter((line) => line.trim() !== '')
  return lines.length <= shortLines ? lines.join('\n') : lines.slice(0, shortLines).join('\n')
}

function bulleted(answer: string): string {
  if (answer.includes('```')) return answer
  return answer
    .split('\n')
    .map((line) => (/^\s*(?:[-*•]|\d+[.)])\s|^#|^\||^\s*$|^\*\*/.test(line) ? line : `- ${line}`))
    .join('\n')
}

function withSummary(answer: string): string {
  const first = answer
    .split('\n')
    .map((line) => line.replace(/^[#>*\s-]+|\*\*/g, '').trim())
    .find((line) => line.length > 20)
  return first === undefined ? answer : `**TL;DR**: ${first}\n\n${answer}`
}

/** Turns the first run of list lines into a two-column table. */
function tabled(answer: string): string {
  if (/^\|.*\|$/m.test(answer) || answer.includes('```')) return answer
  const rows = answer.split('\n').filter((line) => /^\s*(?:[-*•]|\d+[.)])\s/.test(line))
  if (rows.length < 2) return answer
  const cells = rows.map((row) => row.replace(/^\s*(?:[-*•]|\d+[.)])\s+/, '').replaceAll('|', '/'))
  const table = ['| # | Point |', '|---|---|', ...cells.map((cell, index) => `| ${index + 1} | ${cell} |`)].join('\n')
  const [first, ...others] = rows
  return answer
    .split('\n')
    .filter((line) => !others.includes(line))
    .map((line) => (line === first ? table : line))
    .join('\n')
}
