import { keywordsOf } from './keywords.ts'
import { linesPattern } from './lines-pattern.ts'
import { clipped, listed } from './phrases.ts'
import { wordsOf } from './words.ts'

const maxWords = 8
const worry = /^what (?:do|should|can|would|will|happens) (?:(?:we|i|you|they) )?(?:do )?(?:if|when|about)\s+/i
const polite = linesPattern(
  String.raw`
    ^(?:<@\w+>\s*|@?murmur[,:]?\s+|please\s+|(?:can|could|would|will) you\s+(?:please\s+)?|(?:i|
    we)(?:'d| would)? (?:need|want|like)(?: you)?(?: to)?\s+|help (?:me|us)(?: to| with)?\s+|let'?s\s+|
    (?:so|and|but|then),?\s+|
    ok,?\s+)+
  `,
  'i',
)
const command = linesPattern(
  String.raw`
    ^(?:write|draft|create|make|give|plan|research|compare|explain|describe|summari[sz]e|analy[sz]e|
    find(?: out)?|prepare|design|build|implement|debate|discuss|suggest|propose|think about|tell|show|list|
    brainstorm|investigate|outline|organi[sz]e|proofread|rewrite|shorten|calculate|review|decide|
    optimi[sz]e|put together|compose)\b(?:\s+(?:me|us)\b)?[:,]?\s*
  `,
  'i',
)
const question = linesPattern(
  String.raw`
    ^(?:(?:what|how|why|when|where|who|
    which)\b(?:'s| is| are| was| were| do| does| did| can| could| should| would| to)?|(?:should|shall|can|could|
    is|are|do|does|will)\b)(?:\s+(?:we|i|you|it|they|there))?\s*
  `,
  'i',
)
const kind = linesPattern(
  String.raw`
    ^(?:(?:a|an|the|some|our|\d{1,2}|three|five|seven|ten)\s+)?(?:(?:short|brief|quick|long|detailed|friendly|linkedin|
    formal|new|best|typescript|javascript|python)\s+)*(?:plan|roadmap|e-?mail|letter|blog post|post|report|list|
    summary|subject lines?|user stor(?:y|ies)|
    function|script|query|agenda|trade-?offs|prd|one-pager|ideas?|tips|ways|suggestions?|options|
    announcement|text|paragraph|slogans?|
    taglines?|headlines?|names?|reply|message|tweet|release notes|difference|
    pros and cons)\b(?:\s+to\s+[\w ]{1,30}?(?=\s+(?:about|on|for)\b))?\s*(?:(?:for|about|on|of|to|that|which|
    between|announcing|saying)\b)?\s*
  `,
  'i',
)
const when = linesPattern(
  String.raw`
    \s+(?:in|within|by|until|before|over|for|during)\s+(?:the\s+)?(?:next\s+|
    coming\s+)?(?:end of\s+)?(?:\d{1,4}(?:-\d\d-\d\d)?|a|an|one|two|three|four|five|six)?\s*(?:days?|weeks?|
    months?|quarters?|hours?|(?:mon|tues|wednes|thurs|fri|satur|sun)day|tomorrow|today|q[1-4]|january|february|
    march|april|may|june|july|august|september|october|november|december)?\b\s*$
  `,
  'i',
)

/**
 * What a request is about, as a short phrase in its own words: "plan the launch of our newsletter in three weeks" is
 * about "the launch of your newsletter". Where the phrase would be long, its key words.
 */
export function subjectOf(asked: string): string {
  const first = asked.trim().split(/\n|(?<=[.?!])\s/)[0] ?? ''
  let phrase = first.replace(polite, '').replace(/[.?!:\s]+$/, '')
  // "What do we do if the printer is late" is about "the printer is late".
  phrase = phrase.replace(worry, '')
  // "Find out what others charge" is about "what others charge".
  const isIndirect = command.test(phrase)
  phrase = phrase.replace(command, '')
  // "How do we measure churn" is about "measuring churn".
  phrase =
    !isIndirect && question.test(phrase)
      ? gerund(phrase.replace(question, ''), /\b(?:we|i|you|they)\s*$/i.test(question.exec(phrase)?.[0] ?? ''))
      : phrase
  phrase = phrase.replace(kind, '')
  phrase = /^(\S+\s+\S.*?),\s/.exec(phrase)?.[1] ?? phrase
  for (let ends = 0; ends < 3; ends += 1) phrase = phrase.replace(when, '')
  phrase = phrase.replace(/\b(?:our|my)\b/gi, 'your').trim()
  if (wordsOf(phrase).length > maxWords)
    phrase = withoutWhose(phrase.replace(/\s(?:with|including|so that|because)\s.*$/i, ''))
  phrase = phrase.replace(/\s(?:next|this) (?:week|month|quarter|year)$/i, '')
  const count = wordsOf(phrase).length
  if (count >= 1 && count <= maxWords) return phrase
  const words = keywordsOf(asked, 3)
  return words.length === 0 ? 'this' : listed(words)
}

/** "the move of a ten-person team to a new tracker" is long for "the move to a new tracker". */
function withoutWhose(phrase: string): string {
  return phrase.replace(
    /^((?:the |a |your )?[\w-]+) of (?:a |the |your |all )?[\w' -]{2,40}? (?=(?:to|from|into|onto) )/i,
    '$1 ',
  )
}

/** "move to Oslo" becomes "moving to Oslo". */
export function gerund(phrase: string, isVerb = true): string {
  const [verb = '', ...rest] = phrase.replace(/\s+or not$/i, '').split(' ')
  if (!isVerb || !/^[a-z]+$/i.test(verb)) return phrase
  const doubled = /^(?:get|set|put|run|cut|let|stop|drop|plan|ship|quit|begin)$/i
  const stem = /[^aeiou]e$/i.test(verb) ? verb.slice(0, -1) : doubled.test(verb) ? verb + verb.slice(-1) : verb
  return [`${stem.toLowerCase()}ing`, ...rest].join(' ')
}

/** "Should we move to a four-day week?" becomes "moving to a four-day week", as far as rules can. */
export function matterOf(asked: string): string {
  const line = clipped(asked.split(/[?!\n]|\.\s/)[0] ?? '', 160).replace(/[.\s]+$/, '')
  const verb = /\b(?:should|shall|must|can|could|would) (?:we|i|they|you|the \w+|our \w+)\s+(.+)$/i.exec(line)?.[1]
  if (verb !== undefined) return gerund(verb)
  return /\b(?:debate|discuss|argue|motion)\b[:\s]+(?:whether |about |that )?(.+)$/i.exec(line)?.[1] ?? subjectOf(asked)
}
