import { MurmurError } from '../../errors.ts'
import type { RunnerUp, SwarmWish } from '../../storage/records.ts'
import type { RunOutcome } from '../../storage/run-store.ts'
import { formatUsd } from '../budget-wait.ts'
import { confirmCost } from '../confirm-cost.ts'
import type { Material } from '../documents/take-in-material.ts'
import type { CostEstimate } from '../estimate-cost.ts'
import type { NamedModel } from '../paid-calls/worst-case.ts'
import type { RunAttempt, RunDeps } from '../run-attempt.ts'
import { tellWarnings } from '../tell-warnings.ts'
import type { AnswerFooter } from '../thread-port.ts'
import { absenceWords } from './absence-words.ts'
import { describeResult, excerptOf } from './describe-result.ts'
import { typicalCallMicroUsd } from './obstacle-before.ts'
import { objectiveOf, planSwarm } from './plan-swarm.ts'
import { seatMembers } from './seat-members.ts'
import { SwarmStage } from './show-swarm.ts'
import { swarmLimitMs } from './swarm-bounds.ts'
import { createSwarmDesk, type RunDesk } from './swarm-desk.ts'
import type { SwarmPlan } from './swarm-plan.ts'
import type { Member, SwarmEvent, SwarmResult } from './topology.ts'

/** The step under which the answer that was not chosen is kept. */
export const runnerUpStep = 'swarm:runner-up'

/**
 * A run by several agents, from the objective to one answer: who sits in it and in which form they work, what they say as they
 * say it, and what came of it. As every run it goes on where it was cut off.
 */
export async function runSwarm(deps: RunDeps, attempt: RunAttempt, wish: SwarmWish, material: Material): Promise<RunOutcome> {
  const { run, thread } = attempt
  const model = wantedModel(deps, wish)
  const plan = await planSwarm(deps, attempt, wish)
  await confirmCost({ ...attempt, limits: deps.limits, thread: { showStatus: async () => {} } }, estimateSwarm(plan, model, objectiveOf(run)))
  const history = run.request.isReply ? await thread.readHistory(attempt.signal) : []
  const seats = await seatMembers(deps, attempt, plan)
  const stage = openStage(deps, attempt, { plan, wish, members: seats.members })
  const signOfLife = thread.showStatus(`is at work with ${seats.members.length} agents …`)
  const stop = new AbortController()
  const desk = createSwarmDesk(deps, { ...attempt, signal: AbortSignal.any([attempt.signal, stop.signal]) }, { plan, seats, history, material, model })
  try {
    const result = await watch(plan.topology.run(desk), stage)
    await refuseEmpty(desk, result, swarmLimitMs(wish))
    return await tellResult(attempt, { plan, result, stage, desk, material })
  } catch (error) {
    stop.abort(error)
    await stage.leave()
    // A drained run goes on elsewhere, and with it its board.
    if (attempt.signal.reason instanceof MurmurError) await stage.end('stopped')
    throw error
  } finally {
    // Nothing of this attempt may still be under way when another one begins.
    await Promise.all([desk.turns.settle(), signOfLife])
    desk.tally.tell(attempt.work)
    seats.release()
  }
}

function wantedModel({ main, modelOf }: RunDeps, { modelId }: SwarmWish): NamedModel {
  if (modelId === undefined) return main
  const wanted = modelOf(modelId)
  if (wanted) return wanted
  throw new MurmurError('MUR_USAGE', { wanted: 'a model that can be used after `--model`', found: `\`${modelId.slice(0, 60)}\``, hint: '`/swarm models` lists them.' })
}

function estimateSwarm({ topology, members, rounds }: SwarmPlan, { profile }: NamedModel, objective: string): CostEstimate {
  const calls = topology.mostCalls(members.length, rounds)
  const what = `This ${topology.name} of ${members.length} agents (up to ${calls} calls)`
  return { what, doing: `is working on it with ${members.length} agents`, costMicroUsd: calls * typicalCallMicroUsd(profile, objective) }
}

interface Staged {
  readonly plan: SwarmPlan
  readonly wish: SwarmWish
  readonly members: readonly Member[]
}

function openStage({ nowMs }: RunDeps, { run, thread, meter }: RunAttempt, { plan, wish, members }: Staged): SwarmStage {
  const cap = wish.budgetMicroUsd === undefined ? '' : ` of ${formatUsd(wish.budgetMicroUsd)}`
  const describeSpend = (): string => `${formatUsd(meter.spentMicroUsd)}${cap} · ${meter.calls} calls`
  return new SwarmStage({ thread, title: capitalised(plan.topology.name), objective: objectiveOf(run), members, describeSpend, nowMs })
}

/** Lets the swarm work, and shows what happens meanwhile. */
async function watch(events: AsyncGenerator<SwarmEvent, SwarmResult>, stage: SwarmStage): Promise<SwarmResult> {
  for (;;) {
    const step = await events.next()
    if (step.done) return step.value
    await stage.show(step.value)
  }
}

/**
 * A swarm that found nothing out ends as a single agent would that got no answer: it waits for whoever can make room, is tried
 * again, or fails with the reason. The next attempt asks everybody again.
 */
async function refuseEmpty({ turns }: RunDesk, { text, stoppedBy }: SwarmResult, limitMs: number): Promise<void> {
  if (text.trim() !== '') return
  await turns.forgetAbsences()
  if (stoppedBy === 'time') throw new MurmurError('MUR_RUN_TIMED_OUT', { limitMs })
  throw (stoppedBy === 'budget' ? (turns.budgetError ?? turns.modelError) : (turns.modelError ?? turns.budgetError)) ?? new MurmurError('MUR_MODEL_MALFORMED', { reason: 'nobody gave an answer that can be used' })
}

interface Told {
  readonly plan: SwarmPlan
  readonly result: SwarmResult
  readonly stage: SwarmStage
  readonly desk: RunDesk
  readonly material: Pick<Material, 'checked'>
}

async function tellResult(attempt: RunAttempt, told: Told): Promise<RunOutcome> {
  const { run, thread, journal } = attempt
  const { plan, result, stage, material } = told
  const leftOut = [...stage.absent.values()].map(({ member, reason }) => ({ name: member.name, reason: absenceWords[reason] }))
  const text = await material.checked(describeResult(result, leftOut))
  const excerpt = excerptOf(text)
  const { runnerUp } = result
  if (runnerUp) await journal.once(runnerUpStep, async (): Promise<RunnerUp> => runnerUp)
  await stage.flush()
  if (excerpt !== text) await thread.post('result', text.replace(/^# .*\n+/, ''))
  await Promise.all([stage.end('done'), tellWarnings(attempt)])
  const name = plan.topology.name
  await thread.postFile('transcript', {
    name: `${name}-${run.runId.slice(-8)}.md`,
    title: `${capitalised(name)}: all that was said`,
    mimeType: 'text/markdown',
    bytes: stage.transcript.finish(text),
    comment: '',
  })
  await thread.openAnswer().finish(excerpt, footerOf(attempt, told))
  return { status: 'completed', answer: text, tier: 1, errorCode: undefined, modelId: attempt.meter.modelIds.at(-1) }
}

function footerOf({ run, meter }: RunAttempt, { plan, result, stage, desk }: Told): AnswerFooter {
  const cheaper = meter.hasUsedCheaper ? 'a cheaper model, to stay within the budget' : ''
  const seconds = (stage.elapsedMs / 1_000).toFixed(1)
  const note = [plan.topology.name, meter.modelIds.join(', '), `${meter.calls} calls`, formatUsd(meter.spentMicroUsd), `${seconds} s`, cheaper].filter((part) => part !== '').join(' · ')
  return {
    runId: run.runId,
    agentName: `Swarm of ${desk.members.length}`,
    agentIcon: ':busts_in_silhouette:',
    tier: 1,
    note,
    asksFeedback: true,
    ...(result.runnerUp ? { runnerUp: result.runnerUp.who } : {}),
  }
}

const capitalised = (word: string): string => word.replace(/^./, (letter) => letter.toUpperCase())
