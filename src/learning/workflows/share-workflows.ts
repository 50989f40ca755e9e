import { runIdsOf, type StoredEvent } from '../../storage/event-log.ts'
import { EventReader, type EventReading } from '../../storage/event-reader.ts'
import { inTurns } from '../../storage/in-turns.ts'
import type { PatternStore } from '../../storage/pattern-store.ts'
import type { RunRecord, VersionRecord, WorkflowRecord, WorkspaceId } from '../../storage/records.ts'
import type { RunStore } from '../../storage/run-store.ts'
import type { SwitchStore } from '../../storage/switch-store.ts'
import type { TrialStore } from '../../storage/trial-store.ts'
import type { WorkflowStore } from '../../storage/workflow-store.ts'
import type { PatternBook } from '../patterns/pattern-book.ts'
import { isInDoubt } from '../trials/trial-evidence.ts'
import type { WorkflowLibrary } from './workflow-library.ts'

export interface SharingDeps {
  readonly runs: Pick<RunStore, 'findAll'>
  readonly workflows: Pick<WorkflowStore, 'find' | 'version' | 'otherGoals'>
  readonly patterns: Pick<PatternStore, 'find'>
  readonly trials: Pick<TrialStore, 'find' | 'outcomes' | 'differInModel'>
  readonly switches: Pick<SwitchStore, 'isOn'>
  readonly book: Pick<PatternBook, 'recognise'>
  readonly library: Pick<WorkflowLibrary, 'improve'>
  readonly goalOf: (workspaceId: WorkspaceId, channelId: string) => Promise<string>
  readonly kindOf: (workspaceId: WorkspaceId, channelId: string) => Promise<ChannelKind>
}

/** `public`: everybody of the workspace can read it, and nobody else; `shared`: people of other organisations can. */
export type ChannelKind = 'public' | 'private' | 'shared' | 'unknown'

/** From an event to its being read: by then the run is in its pattern. */
const restMs = 2_000
/** Goals whose recipes are looked through, those changed last first. */
const mostGoals = 20
/** A recipe is taken over when so many of its newest runs, and such a share of them, went well. */
const lookedAt = 20
const leastGood = 5
const leastShare = 0.8

interface Found {
  readonly workflow: WorkflowRecord
  readonly version: VersionRecord
  readonly good: number
  readonly of: number
}

/**
 * Where an admin has allowed it, a request that has no recipe in its channel begins with one of another public channel of the workspace that
 * fits it and has proven itself: copied as a first version, on trial against no recipe, for the requests that come. What a channel had once,
 * and somebody paused or deleted, does not come back this way. Asks no model.
 */
export function createWorkflowSharer({ reading, ...deps }: SharingDeps & { readonly reading: EventReading }): EventReader {
  const handle = async (events: readonly StoredEvent[], signal: AbortSignal): Promise<void> => {
    const runs = await deps.runs.findAll(runIdsOf(events.filter(({ payload }) => payload['tier'] === 1)))
    for await (const run of inTurns(runs.values(), signal)) await shareWorkflow(deps, run)
  }
  return new EventReader({ ...reading, reader: 'share-workflows', types: ['workflow_completed'], restMs, handle })
}

/** @returns true when such requests of the run's channel have a recipe now */
export async function shareWorkflow(deps: SharingDeps, run: RunRecord): Promise<boolean> {
  const { switches, patterns, library, goalOf } = deps
  const { workspaceId, patternId, request } = run
  if (run.workflow || run.route === undefined || patternId === undefined || !(await switches.isOn(workspaceId, 'share'))) return false
  if ((await patterns.find(patternId))?.workflowId !== undefined) return false
  const goalId = await goalOf(workspaceId, request.channelId)
  const found = await findElsewhere(deps, workspaceId, goalId, request.text)
  // What a workspace has learnt is not for people outside of it.
  if (!found || ['shared', 'unknown'].includes(await deps.kindOf(workspaceId, request.channelId))) return false
  const { workflow, version, good, of } = found
  const reason = `Taken over from <#${workflow.goalId}> (\`${workflow.workflowId}\`, version ${version.version}), where ${good} of the last ${of} such requests went well.`
  await library.improve(run, goalId, { authorId: '', source: 'system', reason, change: version.recipe })
  return true
}

async function findElsewhere({ workflows, patterns, trials, book, kindOf }: SharingDeps, workspaceId: WorkspaceId, goalId: string, text: string): Promise<Found | undefined> {
  for (const other of await workflows.otherGoals(workspaceId, goalId, mostGoals)) {
    const match = await book.recognise(workspaceId, other, text)
    const workflowId = match && (await patterns.find(match.patternId))?.workflowId
    const workflow = workflowId && (await workflows.find(workflowId))
    if (!workflow || workflow.state !== 'active' || (await isInDoubt(trials, workflow))) continue
    const { currentVersion, patternId } = workflow
    const outcomes = await trials.outcomes({ workflowId, patternId, version: currentVersion, limit: lookedAt })
    const good = outcomes.filter(({ isGood }) => isGood).length
    if (good < leastGood || good < leastShare * outcomes.length) continue
    // Asked last, as it asks Slack; a project is no channel, and may hold private ones.
    if ((await kindOf(workspaceId, other)) !== 'public') continue
    const version = await workflows.version(workflowId, currentVersion)
    if (version) return { workflow, version, good, of: outcomes.length }
  }
  return undefined
}
