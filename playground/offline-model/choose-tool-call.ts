import { asksAboutThread } from './answers/asks-about-thread.ts'
import { findCalculations } from './arithmetic.ts'
import type { ChatRequest, ChatTool } from './chat-request.ts'
import { dateArguments } from './date-arguments.ts'
import { argumentsForTool } from './instance-of-schema.ts'
import { keywordsOf } from './keywords.ts'
import { linesPattern } from './lines-pattern.ts'
import type { Conversation } from './read-conversation.ts'
import type { ToolCall } from './reply.ts'
import { overlapOf, stemsOf } from './words.ts'

type Hints = Readonly<Record<string, unknown>>

/** When a tool helps, and what its arguments are then, by property name. */
interface ToolRule {
  readonly tool: RegExp
  /** One set for each call. */
  readonly hints: (conversation: Conversation) => Hints | readonly Hints[] | undefined
}

const maxCallsAtOnce = 3
const maxRounds = 4
const peers = linesPattern(
  String.raw`
    \b(?:ask|check with|consult|involve|bring in|hand (?:it |this )?(?:over )?to|get (?:help|input|
    an opinion) from|second opinion from|help (?:of|from)|together with)\s+(?:an? |the |our |
    your )?([\w -]{0,30}?(?:engineer|developer|analyst|writer|editor|researcher|planner|support|specialist|
    colleague|peer|teammate|expert|agent)\w*)
  `,
  'i',
)

const rules: readonly ToolRule[] = [
  {
    tool: /calculat|arithmetic|math/i,
    hints: ({ asked }) =>
      findCalculations(asked).map(({ expression }) => ({
        expression,
        formula: expression,
        input: expression,
        query: expression,
      })),
  },
  {
    tool: /fetch|url|browse|web_?page|download|http/i,
    hints: ({ asked }) =>
      [...new Set(asked.match(/https?:\/\/[^\s<>|"')\]]+/g) ?? [])]
        .map((found) => found.replace(/[.,;:!?]+$/, ''))
        .map((url) => ({ url, uri: url, address: url, link: url, input: url })),
  },
  { tool: /(?:^|_)(?:date|time|clock|today|calendar)/i, hints: ({ asked }) => dateArguments(asked) },
  {
    tool: /read_?thread|thread_?(?:history|messages)|conversation_?history/i,
    hints: ({ asked }) => (asksAboutThread(asked) ? {} : undefined),
  },
  {
    tool: /assist|ask_(?:a_)?(?:peer|colleague|agent)|delegate|consult/i,
    hints: ({ asked }) => {
      const peer = peers.exec(asked)?.[1]?.trim()
      return peer === undefined
        ? undefined
        : { question: asked, task: asked, request: asked, message: asked, reason: `The request asks for the ${peer}.` }
    },
  },
  {
    tool: /message_agent|direct_?message|(?:tell|notify)_(?:an?_)?(?:agent|colleague|peer)/i,
    hints: ({ asked }) => {
      const message = /\b(?:tell|inform|let)\s+(?:the |our )?([a-z][\w -]{2,30}?)\s+(?:know\s+)?that\s+(.{3,})$/is.exec(asked)
      const to = message?.[1]?.trim().toLowerCase().replaceAll(' ', '-')
      const text = message?.[2]?.trim()
      return to === undefined || text === undefined || /^(?:me|us|everybody|everyone|them)$/.test(to)
        ? undefined
        : { to, recipient: to, agent: to, text, message: text, content: text }
    },
  },
  {
    tool: /remember|save_(?:note|memory|fact)|store_|memori[sz]e/i,
    hints: ({ asked }) => {
      const fact = /\b(?:remember|note|keep in mind|don't forget|save)\s+(?:that\s+)?(.{3,})$/is.exec(asked)?.[1]
      return fact === undefined || /\b(?:do|can) you remember\b/i.test(asked)
        ? undefined
        : { fact, text: fact, content: fact, note: fact, memory: fact, value: fact }
    },
  },
  {
    tool: /recall|search_(?:memory|notes)|memory_search/i,
    hints: (conversation) =>
      /\b(recall|do you remember|what did (?:i|we) (?:say|tell|decide)|last time|previously|as i told you)\b/i.test(
        conversation.asked,
      )
        ? queryOf(conversation)
        : undefined,
  },
  {
    tool: /retriev|search_(?:passage|file|document|text)|read_(?:file|document)|look_?up/i,
    hints: (conversation) =>
      /\b(attached|attachment|uploaded|stored as|too long|excerpt|document|file|passages?)\b/i.test(conversation.prompt)
        ? queryOf(conversation)
        : undefined,
  },
]

/**
 * The tools to call before answering; none when a text or the wanted JSON is the better next turn. No tool is called
 * twice for one request, and no more than four rounds are made, so that a loop around the model always ends.
 */
export function chooseToolCalls(request: ChatRequest, conversation: Conversation): ToolCall[] {
  const { tools, toolChoice } = request
  if (tools.length === 0 || toolChoice === 'none') return []
  if (typeof toolChoice === 'object')
    return forced(
      tools.filter((tool) => tool.name === toolChoice.name),
      conversation,
    )
  const called = new Set(conversation.toolResults.map((result) => result.name))
  const open = tools.filter((tool) => !called.has(tool.name))
  const fitting = called.size >= maxRounds ? [] : helpful(open, conversation)
  if (fitting.length > 0) return fitting.slice(0, request.parallelToolCalls ? maxCallsAtOnce : 1)
  return toolChoice === 'required' ? forced(open.length > 0 ? open : tools, conversation) : []
}

function helpful(tools: readonly ChatTool[], conversation: Conversation): ToolCall[] {
  return rules.flatMap((rule) => {
    const tool = tools.find((one) => rule.tool.test(one.name))
    return tool === undefined ? [] : hintsOf(rule, conversation).map((hints) => callOf(tool, conversation, hints))
  })
}

function hintsOf(rule: ToolRule, conversation: Conversation): readonly Hints[] {
  const hints = rule.hints(conversation)
  return hints === undefined ? [] : [hints].flat()
}

/** A call must be made: of the tool that returns the answer where there is one, else of the one that sounds nearest. */
function forced(tools: readonly ChatTool[], conversation: Conversation): ToolCall[] {
  const stems = stemsOf(conversation.asked)
  const ranked = tools
    .map((tool, index) => ({
      tool,
      score:
        overlapOf(stemsOf(`${tool.name.replace(/[_-]/g, ' ')} ${tool.description}`), stems)
        + (/answer|respon|result|extract|final|output/i.test(tool.name) ? 3 : 0)
        - index / 100,
    }))
    .sort((one, other) => other.score - one.score)
  const chosen = ranked[0]?.tool
  if (chosen === undefined) return []
  const rule = rules.find((one) => one.tool.test(chosen.name))
  const hints = rule === undefined ? undefined : hintsOf(rule, conversation)[0]
  return [callOf(chosen, conversation, hints ?? {})]
}

function callOf(tool: ChatTool, conversation: Conversation, hints: Hints): ToolCall {
  return { name: tool.name, arguments: argumentsForTool(tool.parameters, conversation, hints) }
}

function queryOf(conversation: Conversation): Hints {
  const query = keywordsOf(conversation.asked, 8).join(' ')
  return { query, question: conversation.asked, text: query, topic: query }
}
