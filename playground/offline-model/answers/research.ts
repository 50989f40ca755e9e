import { clipped, sentencesOf } from '../phrases.ts'
import type { Conversation } from '../read-conversation.ts'
import { subjectOf } from '../subject.ts'
import { overlapOf, stemsOf } from '../words.ts'
import { comparisonOf } from './comparison.ts'
import { definitionIn } from './glossary.ts'

/**
 * What the conversation itself says about a question, what would have to be found out, and how. Facts are never made
 * up.
 */
export function answerResearch(conversation: Conversation): string {
  const { asked } = conversation
  const what = subjectOf(asked)
  const comparison = comparisonOf(asked)
  const definition = definitionIn(asked)
  const given = evidenceIn(conversation)
  return [
    `**Question**: ${clipped(asked.split('\n')[0] ?? asked, 200)}`,
    '',
    ...(definition === undefined ? [] : [definition, '']),
    ...(comparison === undefined ? [] : [comparison, '']),
    ...(given.length === 0
      ? []
      : ['**What is said here already**', ...given.map((sentence) => `- ${clipped(sentence, 240)}`), '']),
    '**What to find out**',
    `1. How is ${what} defined, and by whom? Different sources mean different things.`,
    `2. What has been measured about ${what}, when, and on how many cases?`,
    '3. Who disagrees, and what would they accept as proof?',
    '',
    '**Where to look**: primary sources first (documentation, papers, official figures), then independent '
      + 'comparisons; note the date of each.',
    '',
    `**Confidence**: ${given.length > 1 ? 'medium for what is quoted above' : 'low'}; nothing was looked up. Give `
      + `me a URL and I read it.`,
  ].join('\n')
}

function evidenceIn(conversation: Conversation): string[] {
  const stems = stemsOf(conversation.asked)
  const text = [conversation.background, ...conversation.turns.map((turn) => turn.text)]
    .join('\n')
    .replace(/<[^>]+>/g, ' ')
  return [...new Set(sentencesOf(text))]
    .map((sentence) => ({ sentence, hits: overlapOf(stems, stemsOf(sentence)) }))
    .filter(({ hits }) => hits > 0)
    .sort((one, other) => other.hits - one.hits)
    .slice(0, 4)
    .map(({ sentence }) => sentence)
}
