import { reduceWithoutStart } from './reduce-without-start.ts'

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

/** What is to be said about given code: what can go wrong with it, a corrected form where there is one, and tests. */
export function reviewCode(code: string, error: string | undefined): string {
  const lines = code.split('\n')
  const names = [
    ...code.matchAll(/\b(?:function|def|fn|func|class)\s+(\w+)|\bconst\s+(\w+)\s*=\s*(?:async\s*)?\(/g),
  ].map((match) => match[1] ?? match[2] ?? '')
  const found = smells.flatMap(({ sign, remark }) => {
    const line = lines.findIndex((one) => sign.test(one))
    return line === -1 && !sign.test(code) ? [] : [`- ${line === -1 ? '' : `Line ${line + 1}: `}${remark}`]
  })
  const reduced = reduceWithoutStart(code)
  if (reduced !== undefined) found.unshift(...reduced.remarks.map((remark) => `- ${remark}`))
  const longest = Math.max(...lines.map((line) => line.length))
  return [
    `**${countLines(lines)}**${
      names.length > 0
        ? `, defining ${names
            .slice(0, 5)
            .map((name) => `\`${name}\``)
            .join(', ')}`
        : ''
    }.`,
    '',
    ...(error === undefined ? [] : [error, '']),
    ...(found.length > 0
      ? ['**What can go wrong, and what I would change**', ...found]
      : ['Nothing in it looks wrong at first sight.']),
    ...(longest > 120 ? [`- The longest line has ${longest} characters; break it.`] : []),
    ...(reduced?.fixed === undefined ? [] : ['', '**Safer**', '```ts', reduced.fixed, '```']),
    '',
    `**Test it with**: an empty input, one element, many, and one that must `
      + `fail${names[0] === undefined ? '' : ` (\`${names[0]}\` first)`}.`,
  ].join('\n')
}

function countLines(lines: readonly string[]): string {
  const count = lines.filter((line) => line.trim() !== '').length
  return count === 1 ? '1 line' : `${count} lines`
}
