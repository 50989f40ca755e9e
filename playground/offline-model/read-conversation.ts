import type { ChatMessage, ChatRequest } from './chat-request.ts'
import type { Field } from './fields.ts'
import { fieldNamed, fieldOf } from './fields.ts'
import { linesPattern } from './lines-pattern.ts'
import type { Turn } from './read-turns.ts'
import { readTurns } from './read-turns.ts'
import { splitAsked } from './split-asked.ts'

/** A tool that was called after the last thing a person said, and what it gave back. */
export interface ToolResult {
  readonly name: string
  readonly arguments: string
  readonly content: string
}

/** A chat request as a reader understands it: who speaks, what is asked, what is known. */
export interface Conversation {
  readonly system: string
  /** What the person wants, without the wrapping of the prompt around it. */
  readonly asked: string
  /** The rest of the last user message: thread, context, candidates. */
  readonly background: string
  /** System prompt and user messages in one text. */
  readonly prompt: string
  /** What was said before, oldest first: earlier messages and thread lines in the background. */
  readonly turns: readonly Turn[]
  readonly toolResults: readonly ToolResult[]
  readonly field: Field
  /** Tells agents of one swarm apart: everything the system prompt says. */
  readonly persona: string
  /** How far a loop has come, from "round 2", "iteration 3", finished items and own turns; 0 at the start. */
  readonly progress: number
  readonly nowMs: number
}

/** What shows that a piece of work in a list is finished. */
const finishedMark = linesPattern(
  String.raw`
  \[x\]|✅|\b(?:completed|finished|done)\b\s*[:)\]]|"status":\s*"(?:completed|done)"|<result\b|
  ^[ \t]*(?:[-*][ \t]*)?results?\b.{0,40}:
`,
  'gim',
)

export function readConversation(request: ChatRequest, nowMs: number): Conversation {
  const { messages } = request
  const system = squeezed(
    messages
      .filter(isInstruction)
      .map((message) => message.text)
      .join('\n\n'),
  )
  const lastUser = messages.findLastIndex((message) => message.role === 'user')
  const lastText = squeezed(messages[lastUser]?.text ?? '')
  const { asked, background } = splitAsked(lastText)
  const earlier = messages
    .slice(0, Math.max(lastUser, 0))
    .filter((message) => message.role === 'user' || message.role === 'assistant')
  const users = messages.filter((message) => message.role === 'user').map((message) => squeezed(message.text))
  return {
    system,
    asked,
    background,
    prompt: [system, ...users].join('\n\n'),
    turns: [...earlier.filter((message) => message.text !== '').flatMap(toTurns), ...readTurns(background)],
    toolResults: readToolResults(messages.slice(lastUser + 1)),
    field: fieldFor(system, asked),
    persona: system,
    progress: progressOf(system + lastText, messages),
    nowMs,
  }
}

/** Long runs of blanks say nothing, and patterns with optional blanks take quadratic time over them. */
function squeezed(text: string): string {
  return text.replace(/\s{40,}/g, (blanks) => (blanks.includes('\n') ? '\n\n' : ' '))
}

function isInstruction(message: ChatMessage): boolean {
  return message.role === 'system' || message.role === 'developer'
}

/** Earlier messages name their author by `name` or, as apps for channels do, in the text: "alice: hello". */
function toTurns(message: ChatMessage): Turn[] {
  if (message.role === 'assistant') return [{ who: message.name ?? 'Murmur', text: message.text }]
  if (message.name !== undefined) return [{ who: message.name, text: message.text }]
  const turns = readTurns(message.text)
  return turns.length > 0 ? turns : [{ who: 'You', text: message.text }]
}

function readToolResults(messages: readonly ChatMessage[]): ToolResult[] {
  const calls = messages.flatMap((message) => message.toolCalls)
  return messages
    .filter((message) => message.role === 'tool')
    .map((message) => {
      const call = calls.find((one) => one.id === message.toolCallId)
      return { name: call?.name ?? 'tool', arguments: call?.arguments ?? '{}', content: message.text }
    })
}

/** A prompt names its specialist in the beginning; one that names none, or all of them, leaves it to the request. */
function fieldFor(system: string, asked: string): Field {
  const start = /you(?:'re| are)\s+([^.\n]{1,120})/i.exec(system)?.[1] ?? system.slice(0, 80)
  const named = fieldNamed(start)
  return named === 'general' && !/general|helpful|no specialist/i.test(start) ? fieldOf(asked) : named
}

function progressOf(text: string, messages: readonly ChatMessage[]): number {
  let round = 0
  for (const match of text.matchAll(/\b(?:round|iteration|cycle|turn|attempt)\s*[:#]?\s*(\d{1,3})/gi))
    round = Math.max(round, Number(match[1]) - 1)
  const finished = text.match(finishedMark)
  const own = messages.filter((message) => message.role === 'assistant' && message.toolCalls.length === 0).length
  return Math.max(round, finished?.length ?? 0, own)
}
