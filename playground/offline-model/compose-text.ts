import { linesPattern } from './lines-pattern.ts'
import { answerCode } from './answers/code.ts'
import { answerData } from './answers/data.ts'
import { debateSpeech, isDebate } from './answers/debate-speech.ts'
import { answerGeneral, takeApart } from './answers/general.ts'
import { answerPlanning } from './answers/planning.ts'
import { answerResearch } from './answers/research.ts'
import { answerSupport } from './answers/support.ts'
import { answerWithTools } from './answers/with-tools.ts'
import { answerWriting } from './answers/writing.ts'
import { asksForSummary, summariseThread } from './answers/thread-summary.ts'
import { findCalculation, formatNumber } from './arithmetic.ts'
import { applyGuidance } from './guidance.ts'
import type { Conversation } from './read-conversation.ts'
import type { Field } from './specialties-known.ts'
import { fieldOf, wordCount } from './specialties-known.ts'
import { viewpointOf } from './viewpoints.ts'

const byField: Readonly<Record<Field, (conversation: Conversation) => string>> = {
  data: answerData,
  code: answerCode,
  research: answerResearch,
  writing: answerWriting,
  planning: answerPlanning,
  support: answerSupport,
  general: (conversation) => {
    const field = fieldOf(conversation.asked)
    return (
      answerGeneral(conversation)
      ?? (field === 'general' ? takeApart(conversation.asked) : byField[field](conversation))
    )
  },
}

/**
 * Free text in Markdown for what is asked, in the voice of the specialist, shaped by the guidance in the system prompt.
 */
export function composeText(conversation: Conversation): string {
  return applyGuidance(withViewpoint(bodyFor(conversation), conversation), conversation.system, conversation.asked)
}

function bodyFor(conversation: Conversation): string {
  const { asked, toolResults, turns, field } = conversation
  if (isDebate(conversation)) return debateSpeech(conversation)
  if (toolResults.length > 0) return answerWithTools(conversation, byField[field])
  if (asksForSummary(asked) && turns.length > 0) return summariseThread(conversation)
  if (/\btranslat(e|ion)\b/i.test(asked)) {
    return (
      'I do not translate: the offline model has no dictionary, and a made-up translation would be worse than none. '
      + 'With a real model behind me (`OPENAI_API_KEY`) I can.'
    )
  }
  const calculation = findCalculation(asked)
  if (calculation !== undefined && wordCount(asked) < 25) {
    return `**${calculation.expression.replace(/(\d) \/ 100 \* /g, '$1 % of ')} = ${formatNumber(calculation.value)}**`
  }
  return byField[field](conversation)
}

/** Members of a swarm look at the same thing from different sides; without this they would all say the same. */
function withViewpoint(text: string, conversation: Conversation): string {
  if (isDebate(conversation) || !swarmWords.test(conversation.system)) return text
  const viewpoint = viewpointOf(conversation.persona)
  return `**My angle: ${viewpoint.name}.** ${viewpoint.question}\n\n${text}`
}
