import { answer } from '../agents/agent.ts'
import type { AgentAnswer } from '../agents/agent-answer.ts'
import type { AgentInstance } from '../agents/agent-instance.ts'
import type { AgentDocuments, ToolContext } from '../agents/tools/tool.ts'
import { RunColleagues } from './colleagues.ts'
import type { Material } from './documents/take-in-material.ts'
import { fitContext } from './fit-context.ts'
import { modelFor, withRecipe } from './follow-recipe.ts'
import { createRunMemory } from './memory-tools.ts'
import { readInbox } from './read-inbox.ts'
import type { RunAttempt, RunDeps } from './run-attempt.ts'
import type { AnswerStream, ThreadLine } from './thread-port.ts'

/** Output limit of an ordinary answer; every call has one, so that its worst case has a price. */
const answerOutputTokens = 4_000

export interface AgentQuestion {
  readonly instance: AgentInstance
  readonly history: readonly ThreadLine[]
  readonly stream: AnswerStream
  readonly material: Pick<Material, 'outline' | 'documents'>
}

/** Lets the run's agent answer, with its mail, its tools and its colleagues. */
export async function askAgent(deps: RunDeps, attempt: RunAttempt, { instance: usual, history, material, stream }: AgentQuestion): Promise<AgentAnswer> {
  const { run, journal, meter, work, signal } = attempt
  const { staff, nowMs } = deps
  const recipe = work.follows?.recipe
  const instance = withRecipe(usual, recipe)
  const main = modelFor(deps, recipe)
  const { contextTokens } = main.profile
  const maxOutputTokens = Math.min(answerOutputTokens, main.profile.maxOutputTokens)
  const request = run.request.text
  const inbox = await readInbox(staff.mailbox, staff.registry, work)
  const { outline, documents } = material
  const toolContext = createToolContext(deps, attempt, history, documents)
  const isResumed = journal.has('model:answer:0')
  const startedAtMs = nowMs()
  const answered = await answer({
    agent: { ...instance, maxOutputTokens },
    history: [...inbox, ...fitContext({ history, request, systemPrompt: instance.prompt + outline, contextTokens, maxOutputTokens }), ...(outline === '' ? [] : [{ role: 'user' as const, content: outline }])],
    request,
    model: meter.metered('answer', main),
    steps: { onceTool: (key, effect) => journal.once(key, effect) },
    toolContext: withColleagues(deps, attempt, toolContext),
    signal,
    onText: (delta) => stream.append(delta),
    onRestart: () => stream.restart(),
  })
  work.noteAnswered({ latencyMs: isResumed ? undefined : nowMs() - startedAtMs, costMicroUsd: meter.spentMicroUsd })
  return answered
}

/** What the tools of a run's agents know, their colleagues aside. */
export function createToolContext(deps: RunDeps, attempt: RunAttempt, history: readonly ThreadLine[], documents: AgentDocuments | undefined): ToolContext {
  return { signal: attempt.signal, nowMs: deps.nowMs, timeZone: deps.timeZone, thread: history, ...memoryOf(deps, attempt), ...(documents ? { documents } : {}) }
}

function memoryOf({ memory, staff, timeZone }: RunDeps, { run, goalId, work, signal }: RunAttempt): Pick<ToolContext, 'memory'> {
  if (!memory) return {}
  const nameOf = async (agentId: string) => (await staff.agents.find(run.workspaceId, agentId))?.name
  return { memory: createRunMemory({ memory, run, goalId, agentId: work.agentId, nameOf, timeZone, signal }) }
}

function withColleagues({ main, catalogue, tools, staff, nowMs }: RunDeps, attempt: RunAttempt, toolContext: ToolContext): ToolContext {
  const { agent } = attempt.work
  if (!agent) return toolContext
  const { assigner, opener, sendMail } = staff
  const colleagues = new RunColleagues({ ...attempt, main, catalogue, tools, assigner, opener, sendMail, nowMs, toolContext })
  return { ...toolContext, colleagues: colleagues.for(agent) }
}
