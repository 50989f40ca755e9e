import { formatNumber, showCalculation } from '../arithmetic.ts'
import { clipped, sentencesOf } from '../phrases.ts'
import type { Conversation, ToolResult } from '../read-conversation.ts'
import { readTurns } from '../read-turns.ts'
import { quotePassages } from './document-quotes.ts'
import { asksForSummary } from './asks-about-thread.ts'
import { mostTelling } from './most-telling.ts'
import { summariseThread } from './thread-summary.ts'

const maxQuoted = 1_200

/**
 * An answer that rests on what the tools gave back. Where the request wants more than the tool's result (a plan with
 * today's date, say) the specialist's own answer follows.
 */
export function answerWithTools(
  conversation: Conversation,
  specialist: (conversation: Conversation) => string,
): string {
  const { asked, toolResults } = conversation
  const isPlan = wantsPlan(conversation)
  const parts = toolResults
    // A plan shows the dates itself, and a reminder needs none.
    .filter(
      (result) =>
        !((isPlan || /\bremind (?:me|us)\b/i.test(asked)) && isDate(result) && !isFailure(plainText(result.content))),
    )
    .map((result) => partFor(result, conversation))
    .filter((part) => part !== '')
  const isEnough =
    (!isPlan
      && (toolResults.some((result) => !isHelp(result.name)) || toolResults.some((result) => isNote(result.name))))
    || (parts.length > 0 && (asksForDate(asked) || asksForSummary(asked)))
  if (isEnough) return parts.join('\n\n')
  return [...parts, specialist(withThread(conversation))].join('\n\n')
}

/** A plan needs what the tools say, but it is never said by a tool. */
function wantsPlan({ asked, field }: Conversation): boolean {
  if (asksForDate(asked) || asksForSummary(asked)) return false
  return (
    /\b(?:plan|schedule|roadmap|timeline|milestones)\b/i.test(asked)
    || (field === 'planning' && !/\b(?:calculate|compute|remember|recall|https?)\b/i.test(asked))
  )
}

function isDate({ name }: ToolResult): boolean {
  return /date|time|clock|calendar/i.test(name)
}

function isFailure(plain: string): boolean {
  return /^\s*(?:error|failed|refused)/i.test(plain)
}

/** Tools that give what an answer needs, but rarely the answer. */
function isHelp(tool: string): boolean {
  return /date|time|thread|history|conversation/i.test(tool)
}

function isNote(tool: string): boolean {
  return /recall|remember/i.test(tool)
}

/** A question whose answer is a date, a time or a number of days, unlike a plan that only needs one. */
function asksForDate(asked: string): boolean {
  return /\b(?:what|which|when|how many|how long)\b.{0,30}\b(?:dates?|times?|days?|weeks?|months?|today|is it)\b/i.test(
    asked,
  )
}

/** What was read of the thread becomes what the specialist knows. */
function withThread(conversation: Conversation): Conversation {
  const turns = conversation.toolResults
    .filter((result) => isThread(result.name))
    .flatMap((result) => readTurns(result.content))
  if (turns.length === 0) return conversation
  const background = [conversation.background, ...turns.map((turn) => turn.text)].join('\n')
  return { ...conversation, turns, background }
}

function isThread(tool: string): boolean {
  return /thread|history|conversation/i.test(tool)
}

function partFor(result: ToolResult, conversation: Conversation): string {
  const { name, content } = result
  const plain = plainText(content)
  if (isFailure(plain)) return `I tried \`${name}\`, but it did not work: ${clipped(plain, 300)}`
  if (/calculat/i.test(name)) return showCalculation(givenText(result), resultNumber(plain))
  if (isThread(name)) return threadPart(content, plain, conversation)
  if (isDate(result)) return `**${clipped(plain.trim(), 300).replaceAll('\n', ' ')}**`
  if (/fetch|url|web|page|browse|download/i.test(name)) return pagePart(result, plain)
  if (/assist|ask_|delegate|peer|colleague/i.test(name))
    return `I asked a colleague (\`${name}\`), who says:\n\n${quoted(plain)}`
  if (/remember|save|store|memori[sz]e/i.test(name)) return `Noted: ${clipped(givenText(result), 300)}`
  if (/search_document|passage/i.test(name)) return quotePassages(content, conversation.prompt, conversation.asked) || 'I found nothing about that in the document.'
  if (/recall|search|retriev|find|lookup|look_up|read/i.test(name))
    return `This is what I found with \`${name}\`:\n\n${points(plain)}`
  return `\`${name}\` gave:\n\n${quoted(plain)}`
}

/** A summary where that is what is wanted; else nothing, because the specialist speaks about what was read. */
function threadPart(content: string, plain: string, conversation: Conversation): string {
  const turns = readTurns(content)
  if (!asksForSummary(conversation.asked)) return ''
  return turns.length === 0 ? `The thread says:\n\n${points(plain)}` : summariseThread({ ...conversation, turns })
}

function pagePart(result: ToolResult, plain: string): string {
  const url = /https?:\/\/[^\s"']+/.exec(result.arguments)?.[0] ?? 'the page'
  // The tool's own line about where the text comes from is no part of the page.
  const text = plain.replace(/^Text of [^\n]*\n+/, '')
  return `What ${url} says, in its own words:\n\n${points(text)}`
}

function points(text: string): string {
  const said = sentencesOf(text).map((sentence, at) => ({ who: '', sentence, at }))
  const chosen = mostTelling(said, 5)
  return chosen.length === 0 ? quoted(text) : chosen.map(({ sentence }) => `- ${clipped(sentence, 240)}`).join('\n')
}

function quoted(text: string): string {
  return clipped(text, maxQuoted)
    .split('\n')
    .map((line) => `> ${line}`)
    .join('\n')
}

function resultNumber(text: string): string {
  const found = /-?\d[\d,]*(?:\.\d+)?(?:e[+-]?\d+)?(?!.*\d)/i.exec(text.replace(/\n/g, ' '))?.[0]
  const value = found === undefined ? Number.NaN : Number(found.replaceAll(',', ''))
  return Number.isNaN(value) ? clipped(text, 200) : formatNumber(value)
}

/** The longest text among the arguments of the call: the expression, the fact, the question. */
function givenText(result: ToolResult): string {
  const given = parsed(result.arguments)
  const texts =
    typeof given === 'object' && given !== null ? Object.values(given).filter((value) => typeof value === 'string') : []
  return texts.sort((one, other) => other.length - one.length)[0] ?? result.arguments
}

/** Tools answer in JSON or in plain text; of JSON the telling field is read, else all of it as lines. */
function plainText(content: string): string {
  const value = parsed(content)
  if (typeof value === 'string' || typeof value === 'number') return String(value)
  if (typeof value !== 'object' || value === null) return content
  for (const key of ['error', 'result', 'answer', 'text', 'content', 'value', 'markdown', 'iso', 'now', 'date']) {
    const found = (value as Record<string, unknown>)[key]
    if (typeof found === 'string' || typeof found === 'number')
      return key === 'error' ? `error: ${found}` : String(found)
  }
  return Object.entries(value)
    .map(([key, child]) => `${key}: ${typeof child === 'string' ? child : JSON.stringify(child)}`)
    .join('\n')
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
