import { PatternBook } from '../../../src/learning/patterns/pattern-book.ts'
import { groupRuns } from '../../../src/learning/regrouping/group-runs.ts'
import { Regrouper, type RegrouperDeps } from '../../../src/learning/regrouping/regrouper.ts'
import { WorkflowLibrary } from '../../../src/learning/workflows/workflow-library.ts'
import type { Database } from '../../../src/storage/database.ts'
import { createEventLog } from '../../../src/storage/event-log.ts'
import { newRunId } from '../../../src/storage/ids.ts'
import { createPatternStore } from '../../../src/storage/pattern-store.ts'
import type { PatternRecord, RunId } from '../../../src/storage/records.ts'
import { createRegroupingStore } from '../../../src/storage/regrouping-store.ts'
import { createRunStore } from '../../../src/storage/run-store.ts'
import { createTrialStore } from '../../../src/storage/trial-store.ts'
import { createWorkflowStore } from '../../../src/storage/workflow-store.ts'
import { aNewRun, aPattern, aRequest } from '../../builders.ts'

export type RegrouperWorld = ReturnType<typeof regrouperWorld>

/** All that grouping anew works with, on a real store, with a clock that is driven by hand. */
export function regrouperWorld(database: Database) {
  const clock = { ms: Date.now() }
  const nowMs = (): number => clock.ms
  const patterns = createPatternStore(database)
  const workflows = createWorkflowStore(database)
  const runs = createRunStore(database.db)
  const events = createEventLog(database)
  const regroupings = createRegroupingStore(database)
  const errors: unknown[] = []
  const common = { database, patterns, runs, events, regroupings, nowMs, onEvent: () => {}, onError: (error: unknown) => void errors.push(error) }
  const process = (owner: string, over: Partial<RegrouperDeps> = {}) => {
    const book = new PatternBook({ database, patterns, nowMs })
    const library = new WorkflowLibrary({ ...common, workflows, trials: createTrialStore(database.db), book })
    return { book, library, regrouper: new Regrouper({ ...common, library, book, owner, group: async (units) => groupRuns(units), ...over }) }
  }

  /** A pattern with a run for each text, which went well unless said otherwise. */
  async function patternOf(goalId: string, texts: readonly string[], { isGood = true, ...over }: Partial<PatternRecord> & { isGood?: boolean } = {}): Promise<PatternRecord> {
    const runIds = texts.map(() => newRunId())
    const pattern = aPattern({ goalId, title: texts[0] ?? '', examples: texts.map((text, at) => ({ runId: runIds[at] as RunId, text })), outcomes: runIds.map((runId) => ({ runId, isSuccess: isGood, specialtyId: 'writer' })), runs: texts.length, ...over })
    await database.db.transaction().execute(async (trx) => {
      await patterns.insert(trx, pattern)
      for (const [at, runId] of runIds.entries()) {
        await runs.insertOnce(trx, aNewRun({ runId, request: aRequest({ workspaceId: pattern.workspaceId, channelId: goalId, text: texts[at] as string }) }), [])
        await runs.setRoute(trx, runId, { specialtyId: 'writer', layer: 'model', confidence: 1, reason: '', candidates: [] })
        await runs.setPattern(trx, runId, pattern.patternId)
      }
      await regroupings.count(trx, pattern, 1, nowMs())
    })
    return pattern
  }

  return { ...common, clock, workflows, errors, process, patternOf }
}
