import type { PatternExample } from '../../storage/records.ts'

/** What a pattern's row may hold of its examples: the newest ones. */
const maxExamples = 40
const maxChars = 6_000
export const maxExampleChars = 500

/** A run is an example once, and never with the same words as another: repeats say nothing new. */
export function addExample(examples: readonly PatternExample[], example: PatternExample): readonly PatternExample[] {
  if (examples.some(({ runId }) => runId === example.runId)) return examples
  const kept = [...examples.filter(({ text }) => text !== example.text), example].slice(-maxExamples)
  let chars = 0
  const first = kept.findLastIndex(({ text }) => (chars += text.length) > maxChars)
  return kept.slice(first + 1)
}
