/** Behaviour of JavaScript that people ask about again and again. */
const puzzles: readonly (readonly [sign: RegExp, answer: string])[] = [
  [
    /\.sort\(\s*\)/,
    'Without a comparison `sort()` compares the elements **as text**, and as text "10" comes before "2". Say how to '
      + 'compare:\n\n```ts\n[1, 10, 2].sort((one, other) => one - other) // 1, 2, 10\n```\n\n- `toSorted` does the '
      + 'same and leaves the given list as it is.',
  ],
  [
    /0\.1\s*\+\s*0\.2|floating[- ]point/i,
    'Numbers are kept in binary, and 0.1 has no finite binary form: the sum is **0.30000000000000004**. Count in the '
      + 'smallest unit instead, and compare with a tolerance:\n\n```ts\nconst cents = 10 + 20 // exactly 30\n'
      + 'Math.abs(0.1 + 0.2 - 0.3) < Number.EPSILON // true\n```',
  ],
  [
    /typeof null/i,
    '`typeof null` is `"object"` since the first JavaScript, and too much depends on it to correct it. Compare with '
      + '`null`:\n\n```ts\nconst isObject = typeof value === "object" && value !== null\n```',
  ],
  [
    /parseInt/,
    '`map` hands three arguments to its function, and `parseInt` takes the second one, the index, as the base. Pass '
      + 'only the first:\n\n```ts\n["1", "2", "3"].map((text) => Number(text)) // 1, 2, 3\n```',
  ],
  [
    /\bNaN\b/,
    '`NaN` is the only value that is not equal to itself, so `x === NaN` is never true:\n\n```ts\nNumber.isNaN(x)\n```',
  ],
]

/** The explanation of a well-known puzzle in a request; undefined where there is none. */
export function explainPuzzle(asked: string): string | undefined {
  return puzzles.find(([sign]) => sign.test(asked))?.[1]
}
