import type { FailureClass } from '../storage/failure-class.ts'

/** What makes an answer none, by its words alone. */
export const answerFlaws = ['empty', 'too_short', 'refusal'] as const satisfies readonly FailureClass[]
export type AnswerFlaw = (typeof answerFlaws)[number]

export interface JudgedAnswer {
  readonly request: string
  readonly answer: string
  /** False where somebody may have asked for few words elsewhere: in the thread, in a recipe, or by a file that a tool made. */
  readonly mayBeTooShort: boolean
}

/** Dots, dashes and stars alone; other marks can be an answer, such as `[]`. */
const wordless = /^[.…\-–—_*\s]*$/

const thing = '(?:that|this|it|(?:your|this|that|the) (?:request|question|query|task|topic))'
const apology = "(?:(?:i['’]?m|i am|we['’]re)?\\s*(?:very |so |really )?(?:sorry|afraid)|i apologi[sz]e|my apologies|apologies|unfortunately|as an ai(?: language)?(?: model| assistant)?)"
const inability = "i(?:\\s*am|['’]m)? ?(?:can['’]?t|cannot|can not|could ?n['’]?t|unable to|not able to|won['’]t(?: be able to)?|not allowed to|don['’]t know how to)"
const service = `(?:(?:help|assist|answer|respond|comply|do|fulfil|fulfill|complete|process|discuss)(?: you)?(?: (?:with|to|on|about))?)`
/** All there is, from the first word to the last: one reason, one thing that is missing, and it says something. */
const refusal = new RegExp(
  `^(?:${apology}[,.!]?\\s*(?:but\\s+|that\\s+)?)?${inability} ${service}(?: ${thing})?(?: (?:right now|at the moment|at this time))?[.!]?\\s*(?:${apology}[.!]?|(?:is there anything else|how else can i|can i help|please (?:try|ask)(?: me)? (?:again|something else))[^.?!]*[.?!]?)?$`,
  'i',
)
const onlyApology = new RegExp(`^(?:oh,? )?${apology}(?: (?:for (?:the|any) (?:confusion|inconvenience|trouble|misunderstanding)|about that))?[.!]*$`, 'i')
const maxRefusalChars = 240

/** Wants a text of its own, which its promise is not. In English only: where it can't be told nothing is said. */
const wantsText = /\b(?:write|draft|compose|prepare)\b[^.?!\n]{0,60}\b(?:report|essay|article|blog post|e-?mail|letter|proposal|newsletter|guide|tutorial|documentation|speech|announcement|press release)\b/i
const wantsExplanation = /^\s*(?:please |(?:can|could|would) you (?:please )?)?(?:explain|elaborate)\b/i
/** Asked for briefly, or asked for a part of the text that is short. */
const wantsLittle =
  /\b(?:brief|briefly|short|shortest|shorter|concise|tl;?dr|one|two|three|single|only|just|max(?:imum)?|at most|words?|sentences?|lines?|yes|no|true|false|title|headline|subject|name|slogan|tagline|greeting|sign-?off|number|emoji|haiku|code|command|regex|query|is (?:it|this|that)|are (?:there|these|those)|whether|if)\b/i
/** Promises the text and ends. Other few words may be all there is to say, and only this is certain to be no text. */
const onlyPromise = /^(?:sure(?: thing)?|of course|certainly|absolutely|gladly|with pleasure|no problem|here (?:it is|you go|you are))[.!:]*$/i

/**
 * Tells whether an answer is none: without words, nothing but an apology or a refusal, or the promise of a text without it. It keeps to what
 * is certain: `yes`, `42`, a refusal with its reason, and few words on a question are answers.
 */
export function findFlaw({ request, answer, mayBeTooShort }: JudgedAnswer): AnswerFlaw | undefined {
  if (wordless.test(answer)) return 'empty'
  const text = answer.trim().replaceAll(/\s+/g, ' ')
  if (text.length <= maxRefusalChars && (onlyApology.test(text) || refusal.test(text))) return 'refusal'
  return mayBeTooShort && onlyPromise.test(text) && (wantsText.test(request) || wantsExplanation.test(request)) && !wantsLittle.test(request) ? 'too_short' : undefined
}
