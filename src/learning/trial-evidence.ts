import type { Db, Trx } from '../storage/database.ts'
import type { WorkflowRecord } from '../storage/records.ts'
import type { TrialRecord } from '../storage/trial-record.ts'
import type { TrialStore } from '../storage/trial-store.ts'
import { trialRuns, type TrialEvidence } from './version-trial.ts'

/** What the runs say of a version on trial, as they are stored now. */
export async function readEvidence(trials: Pick<TrialStore, 'outcomes'>, { workflowId, patternId }: Pick<WorkflowRecord, 'workflowId' | 'patternId'>, { version, againstVersion, startedAtMs }: TrialRecord, runner?: Db | Trx): Promise<TrialEvidence> {
  const query = { workflowId, patternId, limit: trialRuns }
  const candidate = await trials.outcomes({ ...query, version, fromMs: startedAtMs }, runner)
  const beside = await trials.outcomes({ ...query, version: againstVersion, fromMs: startedAtMs }, runner)
  const before = await trials.outcomes({ ...query, version: againstVersion, beforeMs: startedAtMs }, runner)
  const good = before.filter(({ isGood }) => isGood).length
  return {
    before: { good, bad: before.length - good },
    since: [...candidate, ...beside].toSorted((a, b) => (a.runId < b.runId ? -1 : 1)).map((outcome) => ({ isCandidate: outcome.version === version, isGood: outcome.isGood })),
  }
}
