import { clipped } from '../phrases.ts'
import { comparedBy, findKnownThing } from './known-things.ts'

const questions = [
  'What it is best at',
  'What it costs to start',
  'What it costs to run',
  'Who already knows it',
  'Way back if it fails',
]

/**
 * The table of a comparison of two things: what is known of both, else the questions that decide it; undefined where
 * nothing is compared.
 */
export function comparisonOf(asked: string): string | undefined {
  const pair = pairIn(asked)
  if (pair === undefined) return undefined
  const [one, other] = pair
  const left = findKnownThing(one)
  const right = findKnownThing(other)
  if (left !== undefined && right !== undefined)
    return [
      `| | ${left.name} | ${right.name} |`,
      '|---|---|---|',
      ...comparedBy.map((question, row) => `| ${question} | ${left.facts[row]} | ${right.facts[row]} |`),
      '',
      `**In short**: ${left.name} for ${left.facts[0]}; ${right.name} for ${right.facts[0]}. Begin with the one that `
        + `fits today's load, and keep the code that touches it in one place.`,
    ].join('\n')
  return [
    `| | ${one} | ${other} |`,
    '|---|---|---|',
    ...questions.map((question) => `| ${question} | to fill in | to fill in |`),
    '',
    `Decide on the two rows that matter most before you fill in the others: that keeps ${one} and ${other} comparable.`,
  ].join('\n')
}

function pairIn(asked: string): readonly [string, string] | undefined {
  const thing = '([\\p{L}\\p{N}][\\p{L}\\p{N}.+#/ -]{0,40}?)'
  const patterns = [
    new RegExp(
      `\\bcompar\\w+\\s+${thing}\\s+(?:and|with|to|vs\\.?|versus|against)\\s+${thing}`
        + '(?=\\s+(?:for|in|as|on|when)\\b|[?.,;!\\n]|$)',
      'iu',
    ),
    new RegExp(`\\bdifferences?\\s+between\\s+${thing}\\s+and\\s+${thing}(?=\\s+(?:for|in|as)\\b|[?.,;!\\n]|$)`, 'iu'),
    new RegExp(`${thing}\\s+(?:vs\\.?|versus)\\s+${thing}(?=\\s+(?:for|in|as)\\b|[?.,;!\\n]|$)`, 'iu'),
    new RegExp(
      `\\b(?:trade-?offs?|choose|choosing|decide|deciding)\\s+between\\s+${thing}\\s+(?:and|or)\\s+${thing}`
        + '(?=\\s+(?:for|in|as)\\b|[?.,;!\\n]|$)',
      'iu',
    ),
  ]
  for (const pattern of patterns) {
    const match = pattern.exec(asked)
    if (match !== null) return [nameIn(match[1]), nameIn(match[2])]
  }
  return undefined
}

/** "the pros and cons of Kafka" is about "Kafka". */
function nameIn(found = ''): string {
  const name = found
    .replace(/^.*\b(?:of|about|compare|explain|discuss|choose|use)\s+/i, '')
    .replace(/^the\s+/i, '')
    .trim()
  return clipped(name === '' ? found.trim() : name, 40)
}
