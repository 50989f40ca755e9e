import { inlineCodeIn } from '../inline-code.ts'
import { keywordsOf } from '../keywords.ts'
import { capitalised, clipped } from '../phrases.ts'
import type { Conversation } from '../read-conversation.ts'
import { asksAboutThread } from './asks-about-thread.ts'
import { explainPuzzle } from './code-puzzles.ts'
import { reviewCode } from './code-review.ts'
import { findSnippet } from './code-snippets.ts'
import { explainError } from './explain-error.ts'
import { knownFrom } from './thread-summary.ts'

/**
 * A function for the request with a word on why it is so, a look at code that was given, or the meaning of an error.
 */
export function answerCode(conversation: Conversation): string {
  const { asked, background } = conversation
  const given = /```(\w*)\n([\s\S]*?)(?:```|$)/.exec(`${asked}\n${background}`)
  const error = explainError(asksAboutThread(asked) ? `${asked}\n${background}` : asked)
  if (given !== null && !/\b(write|create|add)\b.*\bfunction\b/i.test(asked)) return reviewCode(given[2] ?? '', error)
  if (error !== undefined && !/\b(write|create|implement)\b/i.test(asked)) return error
  const puzzle = explainPuzzle(asked)
  if (puzzle !== undefined && !/\b(write|create|implement)\b/i.test(asked)) return puzzle
  const inline = inlineCodeIn(asked)
  if (inline !== undefined) return reviewCode(inline, error)
  const snippet = findSnippet(asked)
  if (snippet === undefined)
    return /\b(error|bug|exception|crash\w*|fail\w*|throws?|broken|debug)\b/i.test(asked)
      ? hunt(conversation)
      : outline(asked)
  return [
    `Here is ${snippet.what}:`,
    '',
    `\`\`\`${snippet.language}`,
    snippet.code,
    '```',
    '',
    ...snippet.notes.map((note) => `- ${note}`),
  ].join('\n')
}

/** A fault without a known message: how to corner it. */
function hunt(conversation: Conversation): string {
  return [
    ...knownFrom(conversation),
    '**How I would corner it**',
    '1. The exact message and the first line of the stack that is your own code.',
    '2. The smallest input that shows it; write it down as a failing test.',
    '3. What changed before it began: halve the changes until one is left (`git bisect`).',
    '4. Print what comes in and goes out at the border where it is still right.',
    '',
    'Send me the message, the lines around it and the versions, and I look at them.',
  ].join('\n')
}

/** No ready function for it: the signature that the request suggests, the cases to test, and how to go about it. */
function outline(asked: string): string {
  const words = keywordsOf(asked, 4).filter(
    (word) => !/^(?:functions?|code|typescript|javascript|python|implement|script)$/i.test(word),
  )
  const name =
    words
      .slice(0, 3)
      .map((word, index) =>
        index === 0 ? word.toLowerCase().replace(/([a-z]{3})s$/, '$1') : capitalised(word.toLowerCase()),
      )
      .join('')
      .replace(/[^A-Za-z0-9]/g, '') || 'solve'
  return [
    'I have no ready function for this, so this is how I would go about it:',
    '',
    '```ts',
    `/** ${clipped(asked.split('\n')[0]?.replaceAll('*/', '') ?? '', 90)} */`,
    `export function ${name}(input: Input): Output`,
    '```',
    '',
    '1. **Types first**: write down `Input` and `Output`, and what is an error rather than a result.',
    '2. **Pure core**: the decision without network, clock and files; these come in as arguments.',
    `3. **Tests**: \`${name}\` with nothing, with one, with many, and with what must be refused.`,
    '4. **Edges**: limits on size, time and number of attempts, each with a name that has its unit.',
    '',
    'Show me an example of input and wanted output, and I can be more concrete.',
  ].join('\n')
}
