import { BaseChatModel } from '@langchain/core/language_models/chat_models'
import { AIMessage, type BaseMessage, HumanMessage, ToolMessage } from '@langchain/core/messages'
import type { ChatResult } from '@langchain/core/outputs'
import { type DynamicStructuredTool, tool as langchainTool } from '@langchain/core/tools'
import {
  type AgentMiddleware,
  createAgent,
  modelCallLimitMiddleware,
  toolCallLimitMiddleware,
  toolRetryMiddleware,
} from 'langchain'
import { asMurmurError, MurmurError } from '../errors.ts'
import type { AgentAnswer, AnswerText, ToolSteps } from './agent-answer.ts'
import type { ChatMessage, ChatModel, ChatReply, ChatRequest, ToolCall } from './chat-model.ts'
import { callTool } from './tools/call-tool.ts'
import { toolError, type Tool, type ToolContext } from './tools/tool.ts'

export interface ToolLoopInput {
  /** The reply that asked for tools; it is the loop's first and not asked for again. */
  readonly first: ChatReply
  /** The request that brought it, tools included. */
  readonly request: ChatRequest
  readonly stream: AnswerText
  readonly model: ChatModel
  readonly tools: readonly Tool<never>[]
  readonly maxModelCalls: number
  readonly maxToolCalls: number
  readonly steps: ToolSteps | undefined
  readonly toolContext: ToolContext
}

/** Each round takes a step for every middleware hook, one for the model and one for the tools. */
const stepsPerRound = 8
const conclude: ChatMessage = {
  role: 'user',
  content: 'There are no tool calls left. Answer now from what you have, and say what is missing.',
}

/**
 * Runs LangChain's agent loop over the ChatModel port, from a first reply on.
 * @throws {MurmurError} what the port and the steps throw, unchanged; MUR_RUN_CANCELLED once the signal is aborted
 */
export async function runToolLoop(input: ToolLoopInput): Promise<AgentAnswer> {
  const { signal } = input.toolContext
  const bridge = new PortChatModel(input)
  try {
    const agent = createAgent({
      model: bridge,
      tools: input.tools.map((tool) => wrapTool(tool, bridge, input)),
      middleware: limitsOf(input),
    })
    const state = await agent.invoke(
      { messages: [new HumanMessage('')] },
      { signal, recursionLimit: 10 + input.maxModelCalls * stepsPerRound },
    )
    const last = bridge.isConcluded ? bridge.last : await bridge.concludeAfter(state.messages)
    if (last.text === '')
      throw new MurmurError('MUR_MODEL_MALFORMED', { reason: 'it only asked for tools', modelId: last.modelId, tool: failedTool(state.messages) })
    return { text: last.text, toolsUsed: bridge.toolsUsed, modelCalls: bridge.calls, finishReason: last.finishReason }
  } catch (error) {
    throw signal.aborted ? new MurmurError('MUR_RUN_CANCELLED', {}, { cause: error }) : ownError(error)
  }
}

function limitsOf({ maxModelCalls, maxToolCalls }: ToolLoopInput): AgentMiddleware[] {
  // LangChain's declarations of its own middleware, and of their options, do not hold under exactOptionalPropertyTypes.
  const middleware: unknown[] = [
    // One call is kept for the conclusion.
    modelCallLimitMiddleware({ runLimit: maxModelCalls - 1, exitBehavior: 'end' } as never),
    toolCallLimitMiddleware({ runLimit: maxToolCalls, exitBehavior: 'continue' } as never),
    // Tools report their failures as text; what is thrown comes from storing their results, which may work next time.
    toolRetryMiddleware({ maxRetries: 1, initialDelayMs: 0, retryOn: mayWorkAgain, onFailure: 'error' }),
  ]
  return middleware as AgentMiddleware[]
}

/**
 * The port as a LangChain chat model. System prompt, history and request stay on this side; the graph sees only what
 * the loop adds.
 * Arguments of tool calls also stay here as the model wrote them, because LangChain takes none that are not JSON.
 */
class PortChatModel extends BaseChatModel {
  readonly #input: ToolLoopInput
  readonly #callsById = new Map<string, ToolCall>()
  readonly #toolsUsed = new Set<string>()
  #last: ChatReply
  #calls = 0

  constructor(input: ToolLoopInput) {
    super({})
    this.#input = input
    this.#last = input.first
  }

  get last(): ChatReply {
    return this.#last
  }

  get calls(): number {
    return this.#calls
  }

  get toolsUsed(): readonly string[] {
    return [...this.#toolsUsed]
  }

  /** False when a limit ended the loop while the model still wanted tools. */
  get isConcluded(): boolean {
    return this.#last.toolCalls.length === 0
  }

  /** The call as the model wrote it; marks its tool as used. */
  takeCall(id: string): ToolCall | undefined {
    const call = this.#callsById.get(id)
    if (call) this.#toolsUsed.add(call.name)
    return call
  }

  /** Asks once more, without tools, after a limit ended the loop. */
  async concludeAfter(messages: readonly BaseMessage[]): Promise<ChatReply> {
    return this.#ask([...this.#withLoop(messages), conclude], false)
  }

  override _llmType(): string {
    return 'murmur'
  }

  /** The port gets its own tool descriptions with each request. */
  override bindTools(): this {
    return this
  }

  override async _generate(messages: BaseMessage[]): Promise<ChatResult> {
    const results = messages.filter((message) => ToolMessage.isInstance(message)).length
    const reply =
      this.#calls === 0
        ? this.#count(this.#input.first)
        : await this.#ask(this.#withLoop(messages), results < this.#input.maxToolCalls)
    const message = new AIMessage({ content: reply.text, tool_calls: this.#remember(reply.toolCalls) })
    return { generations: [{ text: reply.text, message }] }
  }

  async #ask(messages: readonly ChatMessage[], mayUseTools: boolean): Promise<ChatReply> {
    const { tools, ...request } = this.#input.request
    const { model, stream } = this.#input
    const reply = await model.complete(
      { ...request, messages, ...(mayUseTools && tools ? { tools } : {}) },
      stream.options,
    )
    // A wish for tools that were not offered is no wish.
    return this.#count(
      mayUseTools || reply.toolCalls.length === 0 ? reply : { ...reply, toolCalls: [], finishReason: 'stop' },
    )
  }

  #count(reply: ChatReply): ChatReply {
    this.#calls++
    this.#last = reply
    if (reply.toolCalls.length > 0) this.#input.stream.markStale()
    return reply
  }

  /** Ids must differ over the whole loop, and servers that send none number each reply's calls anew. */
  #remember(
    calls: readonly ToolCall[],
  ): { id: string; name: string; args: Record<string, unknown>; type: 'tool_call' }[] {
    return calls.map((call) => {
      let id = call.id
      for (let copy = 2; this.#callsById.has(id); copy++) id = `${call.id}-${copy}`
      this.#callsById.set(id, { ...call, id })
      return { id, name: call.name, args: {}, type: 'tool_call' as const }
    })
  }

  #withLoop(messages: readonly BaseMessage[]): ChatMessage[] {
    const loop = messages.flatMap((message): ChatMessage[] => {
      if (ToolMessage.isInstance(message))
        return [{ role: 'tool', content: message.text, toolCallId: message.tool_call_id }]
      const toolCalls = AIMessage.isInstance(message)
        ? (message.tool_calls ?? []).flatMap(({ id }) => this.#callsById.get(id ?? '') ?? [])
        : []
      // Replies without calls end the loop; the only other ones are the notices that LangChain's limits leave behind.
      return toolCalls.length === 0 ? [] : [{ role: 'assistant', content: message.text, toolCalls }]
    })
    return [...this.#input.request.messages, ...loop]
  }
}

/** Takes any arguments: ours are checked by the tool's own schema, and what is wrong goes back to the model as text. */
const anyArguments = { type: 'object', properties: {}, additionalProperties: true } as const

function wrapTool(
  tool: Tool<never>,
  bridge: PortChatModel,
  { steps, toolContext }: ToolLoopInput,
): DynamicStructuredTool {
  const run = async (_: unknown, config: { toolCall?: { id?: string } }): Promise<string> => {
    const call = bridge.takeCall(config.toolCall?.id ?? '')
    if (!call) throw new MurmurError('MUR_BUG', { rule: 'a tool runs for a call of the model' })
    const effect = async (): Promise<string> => callTool(tool, parseArguments(call.argumentsJson), { ...toolContext, callId: call.id })
    return steps ? steps.onceTool(`tool:${call.id}`, effect) : effect()
  }
  return langchainTool(run, {
    name: tool.name,
    description: tool.description,
    schema: anyArguments,
  }) as unknown as DynamicStructuredTool
}

/** Text that is not JSON stays text, which no tool's schema accepts: the model reads that and tries again. */
function parseArguments(argumentsJson: string): unknown {
  if (argumentsJson.trim() === '') return {}
  try {
    return JSON.parse(argumentsJson)
  } catch {
    return argumentsJson
  }
}

function mayWorkAgain(error: Error): boolean {
  const own = causeOf(error)
  return own !== undefined && own.retry !== 'no'
}

/** The tool that the model could not get past: the last one it called, where that failed. */
function failedTool(messages: readonly BaseMessage[]): string | undefined {
  const last = messages.findLast((message) => ToolMessage.isInstance(message))
  return last?.text.startsWith(toolError('')) === true ? (last.name ?? 'unknown') : undefined
}

/** LangChain wraps what middleware and tools throw; our own error lies on the chain of causes. */
function ownError(error: unknown): MurmurError {
  const own = causeOf(error) ?? asMurmurError(error)
  // LangGraph writes the id of its task on what passes through it.
  Reflect.deleteProperty(own, 'pregelTaskId')
  return own
}

function causeOf(error: unknown): MurmurError | undefined {
  let cause = error
  for (let depth = 0; depth < 10 && typeof cause === 'object' && cause !== null; depth++) {
    if (cause instanceof MurmurError) return cause
    cause = 'cause' in cause ? cause.cause : undefined
  }
  return undefined
}
