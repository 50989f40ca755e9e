import { answer } from '../agents/agent.ts'
import type { AgentInstance } from '../agents/agent-instance.ts'
import type { Specialty } from '../agents/specialty.ts'
import type { SpecialtyCatalogue } from '../agents/specialty-catalogue.ts'
import { boundText, toolError, type Colleagues, type Tool, type ToolContext } from '../agents/tools/tool.ts'
import { MurmurError } from '../errors.ts'
import type { RunRecord } from '../storage/records.ts'
import type { KnownAgent } from './agent-registry.ts'
import type { AgentAssigner, Assignment } from './assign-agent.ts'
import type { AgentOpener } from './open-agent.ts'
import type { RunMeter } from './paid-calls/metered-model.ts'
import type { NamedModel } from './paid-calls/worst-case.ts'
import type { RunWork } from './run-work.ts'
import type { SendMail } from './send-mail.ts'
import { isSpawnRefusal } from './spawn-specialist.ts'
import type { RunSteps, ThreadPort } from './thread-port.ts'

/** Assists of one run, over all its agents and restarts. */
const maxAssists = 3
/** The run's agent is at depth 0; those at this depth ask nobody. */
const maxDepth = 2
const assistOutputTokens = 1_500
const maxQuotedRequest = 2_000
const maxLineChars = 160

/** What the agents of one run share when they turn to each other. */
export interface ColleagueRun {
  readonly run: RunRecord
  readonly goalId: string
  readonly thread: Pick<ThreadPort, 'post'>
  readonly journal: RunSteps
  readonly meter: Pick<RunMeter, 'metered'>
  readonly work: RunWork
  readonly main: NamedModel
  readonly catalogue: SpecialtyCatalogue
  readonly tools: readonly Tool<never>[]
  readonly assigner: Pick<AgentAssigner, 'tryAssign'>
  readonly opener: Pick<AgentOpener, 'tryOpen'>
  readonly sendMail: SendMail
  readonly nowMs: () => number
  /** What tools of this run know, the call and the colleagues aside. */
  readonly toolContext: ToolContext
}

/** Who asks: an agent of the run, and through whom it was asked itself. */
interface Caller {
  readonly agent: KnownAgent
  /** Specialties from the run's own agent to this one; nobody is asked twice on one path. */
  readonly path: readonly string[]
  /** Keeps the ids of its calls apart from those of the others. */
  readonly scope: string
}

/** Lets the agents of one run ask and tell each other, inside its budget, its time and its limits. */
export class RunColleagues {
  readonly #run: ColleagueRun
  /** Assists begun in this attempt, and the calls that began them. */
  readonly #begun = new Map<number, string>()

  constructor(run: ColleagueRun) {
    this.#run = run
  }

  /** Whom an agent of the run can turn to. @param scope where several agents work side by side: keeps the ids of their calls apart */
  for(agent: KnownAgent, scope = ''): Colleagues {
    return this.#of({ agent, path: [agent.specialtyId], scope })
  }

  #of(caller: Caller): Colleagues {
    return {
      ask: (callId, specialtyId, question) => this.#ask(caller, `${caller.scope}${callId}`, specialtyId, question),
      tell: (callId, to, text) => this.#tell(caller, `${caller.scope}${callId}`, to, text),
    }
  }

  async #ask(caller: Caller, callKey: string, specialtyId: string, question: string): Promise<string> {
    const { catalogue } = this.#run
    if (!catalogue.has(specialtyId)) return toolError(`There is no ${specialtyId.slice(0, 60)}; there are ${catalogue.list().map(({ id }) => id).join(', ')}.`)
    const specialty = catalogue.get(specialtyId)
    if (caller.path.length > maxDepth) return toolError('You were asked for help yourself, so answer without asking further.')
    if (caller.path.includes(specialtyId)) return toolError(`The ${specialty.name} is at work on this already and waits for the answer. Answer yourself.`)
    const turn = await this.#takeTurn(callKey)
    if (turn === undefined) return toolError(`Colleagues were asked ${maxAssists} times already, which is all there is for one request. Answer from what you have.`)
    const assignment = await this.#assign(caller, specialty)
    if (!assignment) return toolError(`No ${specialty.name} is free now. Answer without, and say what is missing.`)
    try {
      return await this.#assist(caller, { turn, specialty, question, agent: assignment.agent })
    } finally {
      assignment.release()
    }
  }

  /** The call's number among the run's assists, the same again after a restart; undefined when there were enough. */
  async #takeTurn(callKey: string): Promise<number | undefined> {
    const { journal } = this.#run
    for (let turn = 1; turn <= maxAssists; turn++) {
      const begunBy = this.#begun.get(turn)
      if (begunBy !== undefined && begunBy !== callKey) continue
      if (!journal.has(`assist:${turn}`)) this.#begun.set(turn, callKey)
      const owner = await journal.once(`assist:${turn}`, async () => callKey)
      if (owner === callKey) return turn
    }
    return undefined
  }

  /** Never waits: the asking agent holds its own place, and two that wait for each other's would wait for ever. */
  async #assign(caller: Caller, specialty: Specialty): Promise<Assignment | undefined> {
    const { run, goalId, assigner, toolContext } = this.#run
    try {
      const { workspaceId, runId } = run
      return await assigner.tryAssign({ workspaceId, goalId, specialty, runId, parentAgentId: caller.agent.agentId, signal: toolContext.signal })
    } catch (error) {
      if (isSpawnRefusal(error)) return undefined
      throw error
    }
  }

  async #assist(caller: Caller, { turn, specialty, question, agent }: { turn: number; specialty: Specialty; question: string; agent: KnownAgent }): Promise<string> {
    const { work, opener, catalogue, tools, nowMs } = this.#run
    await this.#show(`assist:${turn}`, `:handshake: *${caller.agent.name}* asks *${agent.name}*: ${oneLine(question)}`)
    const lease = await opener.tryOpen(agent, { specialty, tools, specialties: catalogue.list() })
    if (!lease) return toolError(`No ${specialty.name} is free now. Answer without, and say what is missing.`)
    const startedAtMs = nowMs()
    const note = (isSuccess: boolean): void => work.noteAssist({ agent, isSuccess, latencyMs: nowMs() - startedAtMs })
    try {
      const text = await this.#answer(caller, { turn, question, agent, instance: lease.instance })
      note(true)
      return boundText(`${agent.name} answers:\n${text}`)
    } catch (error) {
      if (!(error instanceof MurmurError) || !error.code.startsWith('MUR_MODEL_')) throw error
      note(false)
      return toolError(`The ${agent.name} could not answer (${error.code}). Answer without, and say what is missing.`)
    } finally {
      lease.release()
    }
  }

  async #answer(caller: Caller, { turn, question, agent, instance }: { turn: number; question: string; agent: KnownAgent; instance: AgentInstance }): Promise<string> {
    const { run, journal, meter, main, toolContext } = this.#run
    const scope = `assist:${turn}:`
    const path = [...caller.path, agent.specialtyId]
    const { text } = await answer({
      agent: { ...withoutHelp(instance, path.length > maxDepth), maxOutputTokens: Math.min(assistOutputTokens, main.profile.maxOutputTokens) },
      history: [{ role: 'user', content: `Your colleague, the ${caller.agent.name}, works on this request and asks you for a part of it:\n${run.request.text.slice(0, maxQuotedRequest)}` }],
      request: question,
      model: meter.metered(`assist:${turn}`, main),
      steps: { onceTool: (key, effect) => journal.once(`${scope}${key}`, effect) },
      toolContext: { ...toolContext, colleagues: this.#of({ agent, path, scope }) },
      signal: toolContext.signal,
    })
    return text
  }

  async #tell(caller: Caller, callKey: string, to: string, text: string): Promise<string> {
    const { run, goalId, journal, sendMail } = this.#run
    const sent = await sendMail({ run, goalId, journal, from: caller.agent, stepKey: `message:${callKey}`, to, text })
    if ('problem' in sent) return toolError(sent.problem)
    await this.#show(`message:${callKey}`, `:envelope: *${caller.agent.name}* to *${sent.toName}*: ${oneLine(text)}`)
    return `The ${sent.toName} reads it with their next task.`
  }

  /** One compact line in the thread. A channel that does not take it is no reason to give up the work. */
  async #show(stepKey: string, line: string): Promise<void> {
    try {
      await this.#run.thread.post(stepKey, line)
    } catch (error) {
      if (!(error instanceof MurmurError) || !error.code.startsWith('MUR_SLACK_')) throw error
    }
  }
}

/** At the last depth the tool is not offered at all. */
function withoutHelp(instance: AgentInstance, isLast: boolean): AgentInstance {
  if (!isLast) return instance
  const keep = ({ name }: { readonly name: string }): boolean => name !== 'request_assistance'
  return { ...instance, tools: instance.tools.filter(keep), toolSpecs: instance.toolSpecs.filter(keep) }
}

function oneLine(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').trim()
  return line.length > maxLineChars ? `${line.slice(0, maxLineChars - 1).toWellFormed()}…` : line
}
