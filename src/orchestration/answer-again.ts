import type { Trx } from '../storage/database.ts'
import type { RouteDecision, RunId } from '../storage/records.ts'
import type { RunOutcome } from '../storage/run-store.ts'
import { findWorkflow } from './follow-recipe.ts'
import type { RunAttempt, RunDeps } from './run-attempt.ts'

interface GivenAgain {
  readonly runId: RunId
  readonly text: string
  readonly answeredAtMs: number
  readonly specialtyId: string
  readonly agentName: string
}

const step = 'cached'

/**
 * Gives the answer of an earlier run to the same question, at no model call, marked as such.
 * @returns undefined when there is none; then nothing was stored or shown
 */
export async function answerAgain(deps: RunDeps, attempt: RunAttempt): Promise<RunOutcome | undefined> {
  const { run, journal, thread } = attempt
  // A run that was begun without it stays with what it has paid for.
  if (!deps.answers || (run.startedAtMs !== undefined && !journal.has(step))) return undefined
  const found = journal.has(step) ? undefined : await find(deps, attempt)
  if (!journal.has(step) && !found) return undefined
  const given = await journal.once<GivenAgain | undefined>(step, async () => found, { alongside: (trx, kept) => (kept ? noteRoute(deps, run.runId, trx, kept) : Promise.resolve()) })
  if (!given) return undefined
  const icon = deps.catalogue.has(given.specialtyId) ? deps.catalogue.get(given.specialtyId).icon : ''
  const note = `answered before, ${ageWords(deps.nowMs() - given.answeredAtMs)} ago · $0`
  await thread.openAnswer().finish(given.text, { runId: run.runId, agentName: given.agentName, agentIcon: icon, tier: 1, note, asksFeedback: true, isGivenAgain: true })
  return { status: 'completed', answer: given.text, tier: 1, errorCode: undefined }
}

async function find(deps: RunDeps, attempt: RunAttempt): Promise<GivenAgain | undefined> {
  const { run } = attempt
  if (run.parentRunId !== undefined) return undefined
  const recipe = async (): Promise<string> => {
    const found = await findWorkflow(deps, attempt)
    return found ? `${found.workflow.workflowId}:${found.version.version}` : ''
  }
  const earlier = await deps.answers?.find(run.workspaceId, run.request, { settingsBasis: deps.settingsBasis ?? '', recipe })
  if (!earlier?.route || earlier.answer === undefined) return undefined
  const { specialtyId } = earlier.route
  const agent = earlier.agentId && (await deps.staff.agents.find(run.workspaceId, earlier.agentId))
  const agentName = (agent ? agent.name : undefined) ?? (deps.catalogue.has(specialtyId) ? deps.catalogue.get(specialtyId).name : specialtyId)
  return { runId: earlier.runId, text: earlier.answer, answeredAtMs: earlier.finishedAtMs ?? earlier.createdAtMs, specialtyId, agentName }
}

function noteRoute({ runs }: RunDeps, runId: RunId, trx: Trx, { specialtyId, runId: earlierId }: GivenAgain): Promise<void> {
  const route: RouteDecision = {
    specialtyId,
    layer: 'cache',
    confidence: 1,
    reason: `The same question was answered before (\`${earlierId}\`), and that answer was found good.`,
    answerOf: earlierId,
    candidates: [{ specialtyId, score: 1 }],
  }
  return runs.setRoute(trx, runId, route)
}

function ageWords(ageMs: number): string {
  const minutes = Math.max(1, Math.round(ageMs / 60_000))
  if (minutes < 90) return `${minutes} ${minutes === 1 ? 'minute' : 'minutes'}`
  return `${Math.round(minutes / 60)} hours`
}
