import type { EndedRun, EndedRuns, FormerCost } from '../storage/ended-runs.ts'
import { runIdsOf, type StoredEvent } from '../storage/event-log.ts'
import { EventReader, type EventReading } from '../storage/event-reader.ts'
import type { WorkspaceId } from '../storage/records.ts'
import type { CountedEvent, StatStore } from '../storage/stat-store.ts'
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
  const count = async (event: StoredEvent, run: EndedRun | undefined): Promise<CountedEvent> => {
    return countEvent(event, { day: await dayOf(event.workspaceId, event.atMs), run, before: await costBefore(ended, event, run) })
  }
  const handle = async (events: readonly StoredEvent[], signal: AbortSignal): Promise<void> => {
    const counted: CountedEvent[] = []
    const runs = await ended.findAll(runIdsOf(events))
    for (const event of events) {
      signal.throwIfAborted()
      counted.push(await count(event, runs.get(event.runId ?? '')))
    }
    if (counted.length > 0) await stats.count(counted)
  }
  return new EventReader({ ...deps, reader: 'count-stats', types: countedEvents, restMs, handle })
}

async function costBefore(ended: EndedRuns, { type }: StoredEvent, run: EndedRun | undefined): Promise<FormerCost | undefined> {
  if (type !== 'workflow_completed' || !run) return undefined
  if (run.answerOf !== undefined) return ended.costOfAnswer(run.answerOf)
  return run.layer === 'automation' && run.workflowId !== undefined ? ended.costBefore(run.workflowId) : undefined
}
