import { linesPattern } from '../lines-pattern.ts'

const summaryWords = linesPattern(
  String.raw`
  \b(?:recap|tl;?dr|catch me up|what (?:did|have|has|was|were) (?:we|they|i|everyone|everybody|\w+) (?:decide|
  agree|say|said|discuss)\w*|(?:decisions?|summar\w+|key points|open questions)\b.{0,40}\b(?:thread|
  conversation|discussion|above|so far|channel)|summar\w+ (?:this|that|it)|(?:this|the) (?:thread|conversation|
  discussion)\W*$)
`,
  'i',
)

/** A request that cannot be understood without what was said before. */
export function asksAboutThread(asked: string): boolean {
  return (
    asksForSummary(asked) || /\b(?:(?:this|the) (?:thread|conversation|discussion)|above|so far|earlier)\b/i.test(asked)
  )
}

/** A request whose whole answer is what was said before. */
export function asksForSummary(asked: string): boolean {
  return summaryWords.test(asked)
}
