import type { Specialty } from '../agents/specialty.ts'
import type { Trx } from '../storage/database.ts'
import type { RouteDecision, RunRecord } from '../storage/records.ts'
import { narrowByNeeds } from './capable-specialties.ts'
import { asFollowed, findWorkflow, routeByWorkflow } from './follow-recipe.ts'
import { routeRequest } from './route-request.ts'
import type { RunAttempt, RunDeps } from './run-attempt.ts'
import type { FollowedRecipe } from './run-work.ts'
import type { ThreadLine } from './thread-port.ts'

interface Decided {
  readonly specialtyId: string
  readonly follows?: FollowedRecipe
}

/**
 * Decides who answers: by the route a specialty, of that one agent of the goal. Both are stored in one write; a later
 * attempt takes the same agent again, unless that is retired.
 * @throws {MurmurError} MUR_RUN_CANCELLED; MUR_BUDGET_SPENT and MUR_AGENTS_BUSY when there is no agent to be had
 */
export async function routeToAgent(deps: RunDeps, attempt: RunAttempt, history: readonly ThreadLine[]): Promise<Specialty> {
  const { run, journal, work } = attempt
  let specialty: Specialty | undefined
  let route: RouteDecision | undefined
  // The decision with its scores is long and stands with the run; the step only needs what a later attempt goes by.
  const decide = async (): Promise<Decided> => {
    const [last, found] = await Promise.all([findLastInThread(deps, run), findWorkflow(deps, attempt)])
    route = (last ? undefined : routeByWorkflow(found, deps.catalogue, run.request.needs)) ?? (await decideRoute(deps, attempt, history, last))
    specialty = await assignAgent(deps, attempt, route, last?.agentId)
    const isFor = found && [undefined, route.specialtyId].includes(found.version.recipe.specialtyId)
    return { specialtyId: route.specialtyId, ...(isFor ? { follows: asFollowed(found, route.layer) } : {}) }
  }
  const alongside = async (trx: Trx, { follows }: Decided): Promise<void> => {
    if (route) await deps.runs.setRoute(trx, run.runId, route, work.agentId)
    if (follows) await deps.runs.setWorkflow(trx, run.runId, follows)
  }
  const decided = await journal.once('route', decide, { alongside })
  work.follow(decided.follows)
  return specialty ?? assignAgent(deps, attempt, decided, run.agentId)
}

async function findLastInThread({ runs }: RunDeps, { workspaceId, runId, request }: RunRecord): Promise<RunRecord | undefined> {
  return request.isReply && request.threadId ? runs.lastInThread(workspaceId, request.channelId, request.threadId, runId) : undefined
}

async function decideRoute(deps: RunDeps, { run, meter, signal }: RunAttempt, history: readonly ThreadLine[], last: RunRecord | undefined): Promise<RouteDecision> {
  const { request } = run
  const { catalogue, scoreKeywords } = deps
  return routeRequest({
    text: request.text,
    context: history.map(({ text }) => text).join('\n'),
    threadSpecialtyId: last?.route?.specialtyId,
    standingOf: await deps.standings.of(run.workspaceId, request.userId),
    learned: last || request.forcedSpecialtyId !== undefined ? undefined : await deps.learnedRoute?.(run.workspaceId, request.text),
    ...narrowByNeeds({ specialties: catalogue.list(), generalistId: catalogue.generalistId, scoreKeywords, forcedSpecialtyId: request.forcedSpecialtyId }, request.needs),
    router: deps.router && meter.metered('route', deps.router),
    signal,
  })
}

async function assignAgent({ catalogue, staff }: RunDeps, { run, goalId, work, signal }: RunAttempt, route: Pick<RouteDecision, 'specialtyId'>, preferredAgentId: string | undefined): Promise<Specialty> {
  // A run that waited may come back to a configuration that no longer has its specialist.
  const specialty = catalogue.get(catalogue.has(route.specialtyId) ? route.specialtyId : catalogue.generalistId)
  const { workspaceId, runId } = run
  work.take(await staff.assigner.assign({ workspaceId, goalId, specialty, runId, preferredAgentId, signal }))
  return specialty
}
