import { keywordsOf } from '../keywords.ts'
import { capitalised, clipped } from '../phrases.ts'
import type { Conversation } from '../read-conversation.ts'
import { asksAboutThread } from './asks-about-thread.ts'
import { explainPuzzle } from './code-puzzles.ts'
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
  if (given !== null && !/\b(write|create|add)\b.*\bfunction\b/i.test(asked)) return review(given[2] ?? '', error)
  if (error !== undefined && !/\b(write|create|implement)\b/i.test(asked)) return error
  const puzzle = explainPuzzle(asked)
  if (puzzle !== undefined && !/\b(write|create|implement)\b/i.test(asked)) return puzzle
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

interface Smell {
  readonly sign: RegExp
  readonly remark: string
}

const smells: readonly Smell[] = [
  { sign: /(?<![=!])==(?!=)/, remark: '`==` converts types before it compares; use `===`.' },
  { sign: /\bvar\s/, remark: '`var` is visible in the whole function; use `const`, or `let` where the value changes.' },
  {
    sign: /:\s*any\b|as any\b/,
    remark: '`any` switches the type checker off from here on; use `unknown` and narrow it.',
  },
  {
    sign: /catch\s*(?:\(\w*\))?\s*\{\s*\}/,
    remark: 'An empty `catch` hides every failure, also the ones you did not think of.',
  },
  { sign: /console\.log|print\(/, remark: 'Output for debugging is left in.' },
  { sign: /\b(?:TODO|FIXME)\b/, remark: 'There is an open TODO.' },
  {
    sign: /(?:SELECT|INSERT|UPDATE|DELETE)\b[^;\n]*(?:\+|\$\{|%s|f")/i,
    remark: 'Input becomes part of an SQL command; bind it as a parameter.',
  },
  {
    sign: /\.forEach\(\s*async/,
    remark: '`forEach` does not wait for async functions; use `for ... of` with `await`, or `Promise.all`.',
  },
  { sign: /while\s*\(\s*true\s*\)/, remark: 'The loop has no visible bound.' },
  { sign: /except\s*:/, remark: 'A bare `except` also catches the interrupt key; name the exception.' },
]

function review(code: string, error: string | undefined): string {
  const lines = code.split('\n')
  const names = [
    ...code.matchAll(/\b(?:function|def|fn|func|class)\s+(\w+)|\bconst\s+(\w+)\s*=\s*(?:async\s*)?\(/g),
  ].map((match) => match[1] ?? match[2] ?? '')
  const found = smells.flatMap(({ sign, remark }) => {
    const line = lines.findIndex((one) => sign.test(one))
    return line === -1 && !sign.test(code) ? [] : [`- ${line === -1 ? '' : `Line ${line + 1}: `}${remark}`]
  })
  const longest = Math.max(...lines.map((line) => line.length))
  return [
    `**${lines.filter((line) => line.trim() !== '').length} lines**${
      names.length > 0
        ? `, defining ${names
            .slice(0, 5)
            .map((name) => `\`${name}\``)
            .join(', ')}`
        : ''
    }.`,
    '',
    ...(error === undefined ? [] : [error, '']),
    ...(found.length > 0 ? ['**What I would change**', ...found] : ['Nothing in it looks wrong at first sight.']),
    ...(longest > 120 ? [`- The longest line has ${longest} characters; break it.`] : []),
    '',
    `**Test it with**: an empty input, one element, many, and one that must `
      + `fail${names[0] === undefined ? '' : ` (\`${names[0]}\` first)`}.`,
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
