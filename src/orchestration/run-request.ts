import type { AgentInstance } from '../agents/agent-instance.ts'
import type { PoolLease } from '../agents/agent-pool.ts'
import type { FinishReason } from '../agents/chat-model.ts'
import type { Specialty } from '../agents/specialty.ts'
import { MurmurError } from '../errors.ts'
import { findStoredAnswer } from '../learning/answers/stored-answers.ts'
import type { FailureClass } from '../storage/failure-class.ts'
import type { RemedyName } from '../storage/remedy-store.ts'
import type { RunOutcome } from '../storage/run-store.ts'
import { answerAgain } from './answer-again.ts'
import { findFlaw } from './answer-flaw.ts'
import { askAgent } from './ask-agent.ts'
import { auditSampledHit } from './audit-hit.ts'
import { classifyFailure } from './classify-failure.ts'
import { confirmCost } from './confirm-cost.ts'
import { answerInTiers, type TieredAnswer } from './degrade.ts'
import { embedDocuments } from './documents/embed-documents.ts'
import { takeInMaterial, type Material } from './documents/take-in-material.ts'
import { estimateLongInput } from './estimate-cost.ts'
import { takeRemark } from './improvements/take-remark.ts'
import { judgeSampledRun } from './judge-run.ts'
import { orderWays, otherWaysFor } from './other-ways.ts'
import { replyWithoutModel } from './reply-without-model.ts'
import { routeToAgent } from './route-to-agent.ts'
import type { RunAttempt, RunDeps } from './run-attempt.ts'
import { runStudy } from './studies/run-study.ts'
import { runSwarm } from './swarms/run-swarm.ts'
import { tellWarnings } from './tell-warnings.ts'
import type { AnswerFooter } from './thread-port.ts'

/** Runs of a channel that are searched for an earlier answer when no model answers. */
const searchedRuns = 200

/** Said under an answer that is not all the model wanted to say. */
const endings: Partial<Record<FinishReason, string>> = {
  length: 'cut at the longest length an answer may have; ask me to go on',
  content_filter: 'ended by a content filter of the provider',
}

/** Said under an answer that another way gave. */
const wayWords: Partial<Record<RemedyName, string>> = { other_model: 'another model, without tools', other_specialist: 'another specialist, without tools' }

/**
 * One run from request to answer, top to bottom. Every effect is a step of the journal, so a repeated call goes on
 * where the last one was cut off.
 */
export async function runRequest(deps: RunDeps, given: RunAttempt): Promise<RunOutcome> {
  const { thread, signal } = given
  // Opening the thread has said it.
  if (given.run.request.surface === 'notice') return { status: 'completed', answer: undefined, tier: undefined, errorCode: undefined }
  if (given.run.request.study) return runStudy(deps, given, given.run.request.study)
  const reply = replyWithoutModel(given.run.request)
  if (reply !== undefined) return say(given, reply)
  const taken = (await takeRemark(deps, given)) ?? (await answerAgain(deps, given))
  if (taken) return taken

  const signOfLife = thread.showStatus('is finding the right specialist …')
  const material = await takeInMaterial(deps, given)
  if (material.refusal !== undefined) return say(given, material.refusal)
  const attempt = withRequest(given, material.request)
  const { run } = attempt
  if (run.request.swarm) {
    await showCost(deps, attempt, material, [])
    await embedDocuments(deps, attempt, material.fresh)
    return runSwarm(deps, attempt, run.request.swarm, material)
  }
  const history = run.request.isReply ? await thread.readHistory(signal) : []
  const { specialty, temperature } = await routeToAgent(deps, attempt, history)
  await signOfLife
  await showCost(deps, attempt, material, [specialty.prompt, ...history.map(({ text }) => text)])
  await embedDocuments(deps, attempt, material.fresh)
  const topology = attempt.work.follows?.recipe.topology
  if (topology !== undefined) return runSwarm(deps, attempt, { topology }, material)
  const lease = await openAgent(deps, attempt, specialty)
  try {
    const instance = temperature === undefined ? lease.instance : { ...lease.instance, temperature }
    const stream = thread.openAnswer()
    const answered = await answerInTiers({
      full: () => askAgent(deps, attempt, { instance, history, material, stream }),
      ways: otherWaysFor(deps, attempt, instance),
      orderFor: (failureClass) => orderWays(deps, attempt, failureClass),
      flawOf: (answered) => findFlaw({ request: run.request.text, answer: answered.text, mayBeTooShort: !run.request.isReply && attempt.work.follows === undefined && answered.toolsUsed.length === 0 }),
      findStored: async () => findStoredAnswer(run.request.text, await deps.runs.listChannel(run.workspaceId, run.request.channelId, searchedRuns)),
      onDegrade: () => stream.restart(),
    })
    const text = await material.checked(answered.text)
    await stream.finish(text, footerOf(attempt, instance, answered))
    const modelId = answered.tier <= 2 ? attempt.meter.modelIds.at(-1) : undefined
    await lookBack(deps, attempt, answered)
    return { status: 'completed', answer: text, tier: answered.tier, errorCode: answered.cause?.code, failureClass: failureOf(attempt, answered), tried: answered.tried, modelId }
  } finally {
    lease.release()
  }
}

/** From here on the request is what is wanted; the material stands beside it. */
const withRequest = (attempt: RunAttempt, text: string): RunAttempt => ({ ...attempt, run: { ...attempt.run, request: { ...attempt.run.request, text } } })

/** A long input shows what it costs about before it is worked on, and a dear one asks first. */
async function showCost({ main, limits, memory }: RunDeps, attempt: RunAttempt, { fresh, isWhole, outline }: Material, context: readonly string[]): Promise<void> {
  if (fresh.length === 0) return
  const inputTokens = fresh.reduce((sum, { tokens }) => sum + tokens, 0)
  const embedder = await memory?.priceOf(attempt.run.workspaceId)
  const estimate = estimateLongInput(main.profile, { inputTokens, isWhole, context: isWhole ? context : [...context, outline], embedder })
  if (estimate) await confirmCost({ ...attempt, limits }, estimate)
}

function openAgent({ staff, tools, catalogue }: RunDeps, { work, signal }: RunAttempt, specialty: Specialty): Promise<PoolLease<AgentInstance>> {
  if (!work.agent) throw new MurmurError('MUR_BUG', { rule: 'a routed run has its agent' })
  return staff.opener.open(work.agent, { specialty, tools, specialties: catalogue.list() }, signal)
}

/** What follows an answer that the person has already. */
async function lookBack(deps: RunDeps, attempt: RunAttempt, { text, tier, toolsUsed }: TieredAnswer): Promise<void> {
  const { router, main, staff } = deps
  if (tier === 1) await auditSampledHit(deps, attempt, toolsUsed)
  if (tier === 1) await judgeSampledRun(staff, { ...attempt, answer: text, judge: router ?? main })
  await tellWarnings(attempt)
}

/** From this figure of a judge on an answer was of little use, 1 to 5. */
const poorQuality = 2

const failureOf = ({ work }: RunAttempt, { cause }: TieredAnswer): FailureClass | undefined =>
  cause ? classifyFailure(cause) : work.judgement && work.judgement.quality <= poorQuality ? 'poor' : undefined

async function say({ run, thread }: RunAttempt, text: string): Promise<RunOutcome> {
  const footer = { runId: run.runId, agentName: '', agentIcon: '', tier: 1, note: '', asksFeedback: false }
  await thread.openAnswer().finish(text, footer)
  return { status: 'completed', answer: text, tier: undefined, errorCode: undefined }
}

function footerOf({ run, meter, work }: RunAttempt, { name, specialty }: AgentInstance, { tier, toolsUsed, finishReason, tried }: TieredAnswer): AnswerFooter {
  const cost = tier <= 2 ? `$${(meter.spentMicroUsd / 1_000_000).toFixed(4)}` : ''
  const tools = toolsUsed.length > 0 ? `used ${[...new Set(toolsUsed)].join(', ')}` : ''
  const cheaper = meter.hasUsedCheaper ? 'a cheaper model, to stay within the budget' : ''
  const recipe = work.follows === undefined ? '' : `recipe v${work.follows.version}${work.follows.isCanary ? ' (on trial)' : ''}${run.request.comparesWith === undefined ? '' : ', to compare'}`
  const helped = tried?.find(({ isSuccess }) => isSuccess)
  const way = (helped && wayWords[helped.remedy]) ?? ''
  const note = [meter.modelIds.at(-1) ?? '', cost, tools, recipe, way, cheaper, (finishReason && endings[finishReason]) ?? ''].filter((part) => part !== '').join(' · ')
  return { runId: run.runId, agentName: name, agentIcon: specialty.icon, tier, note, asksFeedback: true }
}
