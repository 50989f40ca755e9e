import { inlineCodeIn } from '../inline-code.ts'
import type { Conversation } from '../read-conversation.ts'
import { announcementOf } from './announcement.ts'
import { answerCode } from './code.ts'
import { findSnippet } from './code-snippets.ts'
import { comparisonOf } from './comparison.ts'
import { growthIn } from './growth.ts'
import { jobAdOf } from './job-ad.ts'
import { tradeOffsIn } from './trade-offs.ts'

/**
 * The answer to a request whose form leaves no doubt about what is wanted, whichever specialist is asked: numbers that
 * grew, code with a question, an announcement, a comparison, trade-offs. Undefined for any other.
 */
export function answerByShape(conversation: Conversation): string | undefined {
  const { asked, background } = conversation
  return (
    codeIn(conversation)
    ?? announcementOf(asked)
    ?? jobAdOf(asked)
    ?? growthIn(asked, background)
    ?? (isNumeric(asked) ? undefined : comparisonOf(asked))
    ?? tradeOffsIn(asked)
  )
}

function codeIn(conversation: Conversation): string | undefined {
  const { asked } = conversation
  if (inlineCodeIn(asked) !== undefined && asksAboutCode(asked)) return answerCode(conversation)
  const wantsQuery = /\b(?:write|give|create|need|show|draft)\b[^.\n]{0,40}\b(?:sql|query)\b/i.test(asked)
  return wantsQuery && findSnippet(asked) !== undefined ? answerCode(conversation) : undefined
}

function asksAboutCode(asked: string): boolean {
  return /\b(?:wrong|reviews?|problems?|bugs?|improve|issues?|check|safe|better|correct|fails?|explain|why|what)\b/i.test(
    asked,
  )
}

/** Three numbers or more are data, not names of things to be compared. */
function isNumeric(asked: string): boolean {
  return (asked.match(/\b\d+(?:\.\d+)?\b/g)?.length ?? 0) >= 3
}
