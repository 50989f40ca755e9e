import { clipped } from '../phrases.ts'

const questions = [
  'What it is best at',
  'What it costs to start',
  'What it costs to run',
  'Who already knows it',
  'Way back if it fails',
]

/** The table of a comparison of two things, with the questions that decide it; undefined where nothing is compared. */
export function comparisonOf(asked: string): string | undefined {
  const pair = pairIn(asked)
  if (pair === undefined) return undefined
  const [one, other] = pair
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
  ]
  for (const pattern of patterns) {
    const match = pattern.exec(asked)
    if (match !== null) return [clipped((match[1] ?? '').trim(), 40), clipped((match[2] ?? '').trim(), 40)]
  }
  return undefined
}
