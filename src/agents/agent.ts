import { z } from 'zod'
import { MurmurError } from '../errors.ts'
import { type AgentAnswer, AnswerText, type ToolSteps } from './agent-answer.ts'
import type { ChatMessage, ChatModel, ChatReply, ChatRequest, CompleteOptions, ToolSpec } from './chat-model.ts'
import { documentTools } from './tools/document-tools.ts'
import type { Tool, ToolContext } from './tools/tool.ts'

/** What makes a specialist: stored first, run when asked. */
export interface AgentConfig {
  readonly prompt: string
  /** 0 to 2. */
  readonly temperature: number
  readonly tools: readonly Tool<never>[]
  /** The tools as the model reads them, where they were described before. */
  readonly toolSpecs?: readonly ToolSpec[]
  /** Default 6; the last of them is made without tools, so that there is an answer. */
  readonly maxModelCalls?: number
  /** Default 10. */
  readonly maxToolCalls?: number
  readonly maxOutputTokens: number
}

export interface AnswerInput {
  readonly agent: AgentConfig
  /** What was said before, oldest first; already fitted to the model's window. */
  readonly history: readonly ChatMessage[]
  readonly request: string
  readonly model: ChatModel
  readonly steps?: ToolSteps
  readonly toolContext: ToolContext
  readonly signal: AbortSignal
  readonly onText?: (delta: string) => void
  /** What was shown so far is void: another attempt begins, or it was only said on the way to a tool. */
  readonly onRestart?: () => void
}

/**
 * Lets a specialist answer. Without a wish for tools that is one plain model call; only a wish for tools loads
 * LangChain, whose agent then goes on from the reply that is already there.
 * @throws {MurmurError} what the model and the steps throw, unchanged; MUR_RUN_CANCELLED once the signal is aborted
 */
export async function answer(input: AnswerInput): Promise<AgentAnswer> {
  const { model } = input
  const agent = withDocumentTools(input)
  const { maxModelCalls = 6, maxToolCalls = 10 } = agent
  const mayUseTools = agent.tools.length > 0 && maxModelCalls > 1 && maxToolCalls > 0
  const request: ChatRequest = {
    messages: [{ role: 'system', content: agent.prompt }, ...input.history, { role: 'user', content: input.request }],
    maxOutputTokens: agent.maxOutputTokens,
    temperature: agent.temperature,
    ...(mayUseTools ? { tools: agent.toolSpecs ?? agent.tools.map(toolSpecOf) } : {}),
  }
  if (!mayUseTools) return plainAnswer(await model.complete(request, streamOptions(input)))
  const stream = new AnswerText(input)
  const first = await model.complete(request, stream.options)
  if (first.toolCalls.length === 0) return plainAnswer(first)
  const { runToolLoop } = await import('./langchain-bridge.ts')
  return runToolLoop({
    first,
    request,
    stream,
    model,
    tools: agent.tools,
    maxModelCalls,
    maxToolCalls,
    steps: input.steps,
    toolContext: { ...input.toolContext, signal: input.signal },
  })
}

/** Whoever works on a request with documents can look into them. */
function withDocumentTools({ agent, toolContext }: AnswerInput): AgentConfig {
  if (!toolContext.documents) return agent
  const toolSpecs = [...(agent.toolSpecs ?? agent.tools.map(toolSpecOf)), ...documentTools.map(toolSpecOf)]
  return { ...agent, tools: [...agent.tools, ...documentTools], toolSpecs }
}

function streamOptions({ signal, onText, onRestart }: AnswerInput): CompleteOptions {
  return { signal, ...(onText ? { onText } : {}), ...(onRestart ? { onRestart } : {}) }
}

function plainAnswer(reply: ChatReply): AgentAnswer {
  if (reply.text === '' && reply.toolCalls.length > 0) {
    throw new MurmurError('MUR_MODEL_MALFORMED', {
      reason: 'it asked for tools it was not given',
      modelId: reply.modelId,
    })
  }
  return { text: reply.text, toolsUsed: [], modelCalls: 1, finishReason: reply.finishReason }
}

/** The cache forgets a description with its tool. */
const specs = new WeakMap<Tool<never>, ToolSpec>()

/** Describes a tool for a model. Tools are constants, so each is described once. */
export function toolSpecOf(tool: Tool<never>): ToolSpec {
  let spec = specs.get(tool)
  if (!spec) {
    const { $schema: _, ...parameters } = z.toJSONSchema(tool.input, { io: 'input' })
    spec = { name: tool.name, description: tool.description, parameters }
    specs.set(tool, spec)
  }
  return spec
}
