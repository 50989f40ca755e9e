import { answer } from '../agents/agent.ts'
import type { AgentAnswer } from '../agents/agent-answer.ts'
import type { KeywordScore } from '../agents/keyword-score.ts'
import type { Specialty } from '../agents/specialty.ts'
import type { SpecialtyCatalogue } from '../agents/specialty-catalogue.ts'
import type { Tool } from '../agents/tools/tool.ts'
import { findStoredAnswer } from '../learning/stored-answers.ts'
import type { RouteDecision, RunRecord } from '../storage/records.ts'
import type { RunOutcome, RunStore } from '../storage/run-store.ts'
import type { StepJournal } from '../storage/step-journal.ts'
import { formatUsd } from './budget-wait.ts'
import { answerInTiers, type TieredAnswer } from './degrade.ts'
import { fitContext } from './fit-context.ts'
import type { RunMeter } from './paid-calls/metered-model.ts'
import { describeScope } from './paid-calls/budget-guard.ts'
import type { NamedModel } from './paid-calls/worst-case.ts'
import { replyWithoutModel } from './reply-without-model.ts'
import { routeRequest } from './route-request.ts'
import type { StandingBook } from './standing-book.ts'
import type { AnswerFooter, AnswerStream, ThreadLine, ThreadPort } from './thread-port.ts'

/** Output limit of an ordinary answer; every call has one, so that its worst case has a price. */
const answerOutputTokens = 4_000
/** Runs of a channel that are searched for an earlier answer when no model answers. */
const searchedRuns = 200

/** What every run uses; made once. */
export interface RunDeps {
  readonly runs: RunStore
  readonly catalogue: SpecialtyCatalogue
  readonly scoreKeywords: (text: string) => readonly KeywordScore[]
  readonly tools: readonly Tool<never>[]
  readonly main: NamedModel
  readonly router: NamedModel | undefined
  readonly standings: StandingBook
  readonly timeZone: string
  readonly nowMs: () => number
}

/** What one attempt of one run uses. */
export interface RunAttempt {
  readonly run: RunRecord
  readonly thread: ThreadPort
  readonly journal: StepJournal
  readonly meter: RunMeter
  readonly signal: AbortSignal
}

/**
 * One run from request to answer, top to bottom. Every effect is a step of the journal, so a repeated call goes on
 * where the last one was cut off.
 */
export async function runRequest(deps: RunDeps, attempt: RunAttempt): Promise<RunOutcome> {
  const { run, thread } = attempt
  const reply = replyWithoutModel(run.request)
  if (reply !== undefined) return say(attempt, reply)

  const signOfLife = thread.showStatus('is finding the right specialist …')
  const history = run.request.isReply ? await thread.readHistory(attempt.signal) : []
  const route = await decideRoute(deps, attempt, history)
  const specialty = deps.catalogue.get(route.specialtyId)
  await signOfLife
  const stream = thread.openAnswer()
  const answered = await answerInTiers({
    full: () => askSpecialist(deps, attempt, { specialty, history, stream }),
    plainModel: attempt.meter.metered('plain', deps.main),
    request: run.request.text,
    findStored: async () => findStoredAnswer(run.request.text, await deps.runs.listChannel(run.workspaceId, run.request.channelId, searchedRuns)),
    onDegrade: () => stream.restart(),
    signal: attempt.signal,
  })
  await stream.finish(answered.text, footerOf(attempt, specialty, answered))
  await tellWarnings(attempt)
  return { status: 'completed', answer: answered.text, tier: answered.tier, errorCode: answered.cause?.code }
}

/** Said once a day and cap, by the run whose calls came near it. */
async function tellWarnings({ meter, thread }: RunAttempt): Promise<void> {
  for (const { state } of meter.takeWarnings()) {
    const spent = `${formatUsd(state.settledMicroUsd)} of ${formatUsd(state.limitMicroUsd)}`
    await thread.post(`budget-warning:${state.scope}`, `:warning: The ${describeScope(state.scope)} limit is nearly reached: ${spent} is spent today. An admin can raise it with \`/swarm budget set\`.`)
  }
}

async function say({ run, thread }: RunAttempt, text: string): Promise<RunOutcome> {
  const footer = { runId: run.runId, agentName: '', agentIcon: '', tier: 1, note: '', asksFeedback: false }
  await thread.openAnswer().finish(text, footer)
  return { status: 'completed', answer: text, tier: undefined, errorCode: undefined }
}

function decideRoute(deps: RunDeps, { run, journal, meter, signal }: RunAttempt, history: readonly ThreadLine[]): Promise<RouteDecision> {
  const { request } = run
  const decide = async (): Promise<RouteDecision> => {
    const last = request.isReply && request.threadId ? await deps.runs.lastInThread(run.workspaceId, request.channelId, request.threadId, run.runId) : undefined
    return routeRequest({
      text: request.text,
      context: history.map(({ text }) => text).join('\n'),
      threadSpecialtyId: last?.route?.specialtyId,
      forcedSpecialtyId: request.forcedSpecialtyId,
      standingOf: await deps.standings.of(run.workspaceId, request.userId),
      specialties: deps.catalogue.list(),
      generalistId: deps.catalogue.generalistId,
      scoreKeywords: deps.scoreKeywords,
      router: deps.router && meter.metered('route', deps.router),
      signal,
    })
  }
  return journal.once('route', decide, { alongside: (trx, route) => deps.runs.setRoute(trx, run.runId, route) })
}

interface SpecialistInput {
  readonly specialty: Specialty
  readonly history: readonly ThreadLine[]
  readonly stream: AnswerStream
}

function askSpecialist(deps: RunDeps, attempt: RunAttempt, { specialty, history, stream }: SpecialistInput): Promise<AgentAnswer> {
  const { run, journal, meter, signal } = attempt
  const { main, tools, timeZone, nowMs } = deps
  const { contextTokens } = main.profile
  const maxOutputTokens = Math.min(answerOutputTokens, main.profile.maxOutputTokens)
  const request = run.request.text
  return answer({
    agent: {
      prompt: specialty.prompt,
      temperature: specialty.temperature,
      tools: tools.filter(({ name }) => specialty.tools.includes(name)),
      maxOutputTokens,
    },
    history: fitContext({ history, request, systemPrompt: specialty.prompt, contextTokens, maxOutputTokens }),
    request,
    model: meter.metered('answer', main),
    steps: { onceTool: (key, effect) => journal.once(key, effect) },
    toolContext: { signal, nowMs, timeZone, thread: history },
    signal,
    onText: (delta) => stream.append(delta),
    onRestart: () => stream.restart(),
  })
}

function footerOf({ run, meter }: RunAttempt, specialty: Specialty, { tier, toolsUsed }: TieredAnswer): AnswerFooter {
  const cost = tier <= 2 ? `$${(meter.spentMicroUsd / 1_000_000).toFixed(4)}` : ''
  const tools = toolsUsed.length > 0 ? `used ${[...new Set(toolsUsed)].join(', ')}` : ''
  const cheaper = meter.hasUsedCheaper ? 'a cheaper model, to stay within the budget' : ''
  const note = [meter.modelIds.at(-1) ?? '', cost, tools, cheaper].filter((part) => part !== '').join(' · ')
  return { runId: run.runId, agentName: specialty.name, agentIcon: specialty.icon, tier, note, asksFeedback: true }
}
