import type { Specialty } from '../agents/specialty.ts'
import type { Trx } from '../storage/database.ts'
import type { Recipe, RouteDecision, RunRecord } from '../storage/records.ts'
import { narrowByNeeds } from './capable-specialties.ts'
import { asFollowed, findWorkflow, routeByWorkflow } from './follow-recipe.ts'
import { routeRequest } from './route-request.ts'
import type { RunAttempt, RunDeps } from './run-attempt.ts'
import type { FollowedRecipe } from './run-work.ts'
import type { CriteriaWeights } from './selection-criteria.ts'
import type { ThreadLine } from './thread-port.ts'
import { asWeights, temperatureName, weightsName } from './tuning/tunables.ts'
import type { TunedValue } from './tuning/tuned-settings.ts'

interface Decided {
  readonly specialtyId: string
  readonly follows?: FollowedRecipe
  /** Settings that had a part in it, as they were tuned. */
  readonly tuned?: TunedRun
}

interface TunedRun {
  readonly versions: readonly { readonly name: string; readonly version: number }[]
  readonly temperature?: number
}

export interface RoutedTo {
  readonly specialty: Specialty
  /** As it is tuned for this run; undefined: as configured. */
  readonly temperature: number | undefined
}

/**
 * Decides who answers: by the route a specialty, of that one agent of the goal. Both are stored in one write; a later
 * attempt takes the same agent again, unless that is retired.
 * @throws {MurmurError} MUR_RUN_CANCELLED; MUR_BUDGET_SPENT and MUR_AGENTS_BUSY when there is no agent to be had
 */
export async function routeToAgent(deps: RunDeps, attempt: RunAttempt, history: readonly ThreadLine[]): Promise<RoutedTo> {
  const { run, journal, work } = attempt
  let specialty: Specialty | undefined
  let route: RouteDecision | undefined
  // The decision with its scores is long and stands with the run; the step only needs what a later attempt goes by.
  const decide = async (): Promise<Decided> => {
    const [last, found, tuned] = await Promise.all([findLastInThread(deps, run), findWorkflow(deps, attempt), deps.tuned?.of(run.workspaceId, run.runId)])
    route = (last ? undefined : routeByWorkflow(found, deps.catalogue, run.request)) ?? (await decideRoute(deps, attempt, { history, last, weights: asWeights(tuned?.(weightsName).values) }))
    specialty = await assignAgent(deps, attempt, route, last?.agentId)
    const isFor = found && [undefined, route.specialtyId].includes(found.version.recipe.specialtyId)
    const follows = isFor ? asFollowed(found, route.layer) : undefined
    return { specialtyId: route.specialtyId, ...(follows ? { follows } : {}), ...(tuned ? { tuned: tunedRun(tuned, route, follows?.recipe) } : {}) }
  }
  const alongside = async (trx: Trx, { follows, tuned }: Decided): Promise<void> => {
    for (const { name, version } of tuned?.versions ?? []) await deps.tuned?.note(trx, run, name, version)
    if (route) await deps.runs.setRoute(trx, run.runId, route, work.agentId)
    if (follows) await deps.runs.setWorkflow(trx, run.runId, follows)
  }
  const decided = await journal.once('route', decide, { alongside })
  work.follow(decided.follows)
  return { specialty: specialty ?? (await assignAgent(deps, attempt, decided, run.agentId)), temperature: decided.tuned?.temperature }
}

/** Which settings count for a run: a recipe's own temperature does, and a swarm's members have theirs. */
function tunedRun(tuned: (name: string) => TunedValue, { specialtyId, isWeighed }: RouteDecision, recipe: Recipe | undefined): TunedRun {
  const name = temperatureName(specialtyId)
  const { version, values } = tuned(name)
  const isFree = recipe?.temperature === undefined && recipe?.topology === undefined
  const versions = [...(isWeighed === true ? [{ name: weightsName, version: tuned(weightsName).version }] : []), ...(isFree ? [{ name, version }] : [])]
  return { versions, ...(isFree && values?.['temperature'] !== undefined ? { temperature: values['temperature'] } : {}) }
}

async function findLastInThread({ runs }: RunDeps, { workspaceId, runId, request }: RunRecord): Promise<RunRecord | undefined> {
  return request.isReply && request.threadId ? runs.lastInThread(workspaceId, request.channelId, request.threadId, runId) : undefined
}

interface RouteContext {
  readonly history: readonly ThreadLine[]
  readonly last: RunRecord | undefined
  readonly weights: CriteriaWeights | undefined
}

async function decideRoute(deps: RunDeps, { run, meter, signal }: RunAttempt, { history, last, weights }: RouteContext): Promise<RouteDecision> {
  const { request } = run
  const { catalogue, scoreKeywords } = deps
  return routeRequest({
    text: request.text,
    context: history.map(({ text }) => text).join('\n'),
    threadSpecialtyId: last?.route?.specialtyId,
    weights,
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
