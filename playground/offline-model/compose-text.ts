import { asksForSummary } from './answers/asks-about-thread.ts'
import { answerByShape } from './answers/by-shape.ts'
import { answerCode } from './answers/code.ts'
import { answerData } from './answers/data.ts'
import { debateSpeech, isDebate } from './answers/debate-speech.ts'
import { answerFinance } from './answers/finance.ts'
import { answerGeneral, takeApart } from './answers/general.ts'
import { answerPlanning } from './answers/planning.ts'
import { answerProduct } from './answers/product.ts'
import { answerResearch } from './answers/research.ts'
import { answerDesign, answerLegal } from './answers/review.ts'
import { answerSupport } from './answers/support.ts'
import { summariseThread } from './answers/thread-summary.ts'
import { answerWithTools } from './answers/with-tools.ts'
import { answerWriting } from './answers/writing.ts'
import { findCalculations, formatNumber, showCalculation } from './arithmetic.ts'
import type { Field } from './fields.ts'
import { fieldOf } from './fields.ts'
import { applyGuidance } from './guidance.ts'
import { linesPattern } from './lines-pattern.ts'
import type { Conversation } from './read-conversation.ts'
import { viewpointOf } from './viewpoints.ts'
import { wordsOf } from './words.ts'

const byField: Readonly<Record<Field, (conversation: Conversation) => string>> = {
  data: answerData,
  code: answerCode,
  research: answerResearch,
  writing: answerWriting,
  planning: answerPlanning,
  support: answerSupport,
  finance: answerFinance,
  legal: answerLegal,
  translation: () => noTranslation,
  marketing: answerWriting,
  product: answerProduct,
  design: answerDesign,
  general: (conversation) => {
    const field = fieldOf(conversation.asked)
    return (
      answerGeneral(conversation)
      ?? (field === 'general' ? takeApart(conversation.asked) : byField[field](conversation))
    )
  },
}

const noTranslation =
  'I do not translate: the offline model has no dictionary, and a made-up translation would be worse than none. '
  + 'With a real model behind me (`OPENAI_API_KEY`) I can.'

/** Said to members of a swarm, and to nobody else. */
const swarmWords = linesPattern(
  String.raw`
    \b(swarm|particle|other agents|one of (?:several|\w+) (?:agents|candidates|competitors)|compete|
    your (?:own )?(?:approach|angle|viewpoint|proposal))\b
  `,
  'i',
)

/**
 * Free text in Markdown for what is asked, in the voice of the specialist, shaped by the guidance in the system prompt.
 */
export function composeText(conversation: Conversation): string {
  return applyGuidance(withViewpoint(bodyFor(conversation), conversation), conversation.system, conversation.asked)
}

function bodyFor(conversation: Conversation): string {
  const { asked, toolResults, turns } = conversation
  if (isDebate(conversation)) return debateSpeech(conversation)
  if (toolResults.length > 0) return answerWithTools(conversation, specialistAnswer)
  if (asksForSummary(asked) && turns.length > 0) return summariseThread(conversation)
  if (/\btranslat(e|ion)\b/i.test(asked)) return noTranslation
  const calculations = findCalculations(asked)
  if (calculations.length > 0 && wordsOf(asked).length < 25) {
    return calculations.map(({ expression, value }) => showCalculation(expression, formatNumber(value))).join('\n')
  }
  return specialistAnswer(conversation)
}

function specialistAnswer(conversation: Conversation): string {
  return answerByShape(conversation) ?? byField[conversation.field](conversation)
}

/** Members of a swarm look at the same thing from different sides; without this they would all say the same. */
function withViewpoint(text: string, conversation: Conversation): string {
  if (isDebate(conversation) || !swarmWords.test(conversation.system)) return text
  const viewpoint = viewpointOf(conversation.persona)
  return `**My angle: ${viewpoint.name}.** ${viewpoint.question}\n\n${text}`
}
