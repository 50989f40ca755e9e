/**
 * A short text that a regular expression matches: the first alternative, the fewest repetitions. Covers what schemas
 * use (classes, groups, alternatives, counts); undefined where the result does not match, for instance because of
 * look- arounds.
 */
export function stringForPattern(pattern: string): string | undefined {
  try {
    const made = alternatives({ pattern, at: 0 })
    return new RegExp(pattern, 'u').test(made) ? made : undefined
  } catch {
    return undefined
  }
}

interface Reading {
  readonly pattern: string
  at: number
}

const classes: Readonly<Record<string, string>> = {
  d: '1',
  w: 'a',
  s: ' ',
  D: 'a',
  W: '-',
  S: 'a',
  t: '\t',
  n: '\n',
  p: 'a',
}
const maxLength = 1_000

function alternatives(state: Reading): string {
  const first = sequence(state)
  while (state.pattern[state.at] === '|') {
    state.at += 1
    sequence(state)
  }
  return first
}

function sequence(state: Reading): string {
  let made = ''
  while (state.at < state.pattern.length && !'|)'.includes(state.pattern[state.at] ?? '')) {
    const piece = atom(state)
    made += piece.repeat(repetitions(state))
    if (made.length > maxLength) throw new RangeError('too long')
  }
  return made
}

function atom(state: Reading): string {
  const letter = state.pattern[state.at] ?? ''
  state.at += 1
  if (letter === '^' || letter === '$') return ''
  if (letter === '.') return 'a'
  if (letter === '\\') return escaped(state)
  if (letter === '[') return characterClass(state)
  if (letter !== '(') return letter
  const marker = /^\?(?::|<[^=!][^>]*>)/.exec(state.pattern.slice(state.at))?.[0] ?? ''
  state.at += marker.length
  const made = alternatives(state)
  state.at += 1
  return made
}

function escaped(state: Reading): string {
  const letter = state.pattern[state.at] ?? ''
  state.at += 1
  if (letter === 'b' || letter === 'B') return ''
  if (letter === 'p' || letter === 'P') state.at = state.pattern.indexOf('}', state.at) + 1
  return classes[letter] ?? letter
}

function characterClass(state: Reading): string {
  const isNegated = state.pattern[state.at] === '^'
  if (isNegated) state.at += 1
  const start = state.at
  let first: string | undefined
  while (state.at < state.pattern.length && (state.pattern[state.at] !== ']' || state.at === start)) {
    const letter = state.pattern[state.at] ?? ''
    state.at += 1
    const meant = letter === '\\' ? escaped(state) : letter
    first ??= meant
  }
  const inside = state.pattern.slice(start, state.at)
  state.at += 1
  if (!isNegated) return first ?? ''
  return ['a', '1', ' ', '-', '_', 'A'].find((letter) => !new RegExp(`[${inside}]`, 'u').test(letter)) ?? 'a'
}

function repetitions(state: Reading): number {
  const rest = state.pattern.slice(state.at)
  const found = /^(?:([*?])|(\+)|\{(\d+)(?:,\d*)?\})[?+]?/.exec(rest)
  if (found === null) return 1
  state.at += found[0].length
  if (found[1] !== undefined) return 0
  return found[3] === undefined ? 1 : Number(found[3])
}
