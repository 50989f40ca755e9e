import type { EndedRun, EndedRuns, FormerCost } from '../../storage/ended-runs.ts'
import { runIdsOf, type StoredEvent } from '../../storage/event-log.ts'
import { EventReader, type EventReading } from '../../storage/event-reader.ts'
import { inTurns } from '../../storage/in-turns.ts'
import type { WorkflowId, WorkspaceId } from '../../storage/records.ts'
import type { CountedEvent, StatStore } from '../../storage/stat-store.ts'
import { countedEvents, countEvent } from './count-event.ts'

export interface StatKeeperDeps extends EventReading {
  readonly stats: Pick<StatStore, 'count'>
  readonly ended: EndedRuns
  /** The day a moment belongs to in a workspace, `YYYY-MM-DD`. */
  readonly dayOf: (workspaceId: WorkspaceId, atMs: number) => Promise<string>
}

/** What comes together is counted together. */
const restMs = 50

/** Counts what happens, by day and hour, behind the events: nobody waits for it, and each event counts once. */
export function createStatKeeper({ stats, ended, dayOf, ...deps }: StatKeeperDeps): EventReader {
  const handle = async (events: readonly StoredEvent[], signal: AbortSignal): Promise<void> => {
    const counted: CountedEvent[] = []
    const runs = await ended.findAll(runIdsOf(events))
    const before: CostsBefore = new Map()
    for await (const event of inTurns(events, signal)) {
      const run = runs.get(event.runId ?? '')
      counted.push(countEvent(event, { day: await dayOf(event.workspaceId, event.atMs), run, before: await costBefore(ended, before, event, run) }))
    }
    if (counted.length > 0) await stats.count(counted)
  }
  return new EventReader({ ...deps, reader: 'count-stats', types: countedEvents, restMs, handle })
}

/** What runs cost before there was a workflow, each looked up once for a page of events. */
type CostsBefore = Map<WorkflowId, FormerCost | undefined>

async function costBefore(ended: EndedRuns, known: CostsBefore, { type }: StoredEvent, run: EndedRun | undefined): Promise<FormerCost | undefined> {
  if (type !== 'workflow_completed' || !run) return undefined
  if (run.answerOf !== undefined) return ended.costOfAnswer(run.answerOf)
  const { layer, workflowId } = run
  if (layer !== 'automation' || workflowId === undefined) return undefined
  if (!known.has(workflowId)) known.set(workflowId, await ended.costBefore(workflowId))
  return known.get(workflowId)
}
