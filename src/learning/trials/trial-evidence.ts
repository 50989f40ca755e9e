import type { Db, Trx } from '../../storage/database.ts'
import type { WorkflowRecord } from '../../storage/records.ts'
import type { TrialRecord } from '../../storage/trial-record.ts'
import type { TrialStore } from '../../storage/trial-store.ts'
import { judgeTrial, leastControl, talliesOf, trialRuns, type TrialEvidence } from './version-trial.ts'

/** What the runs say of a version on trial, as they are stored now. */
export async function readEvidence(trials: Pick<TrialStore, 'outcomes' | 'differInModel'>, { workflowId, patternId }: Pick<WorkflowRecord, 'workflowId' | 'patternId'>, { version, againstVersion, startedAtMs }: TrialRecord, runner?: Db | Trx): Promise<TrialEvidence> {
  // An outage says something of a version only where that one chose the model; what runs beside it at that time meets it as well.
  const countsOutages = await trials.differInModel(workflowId, [version, againstVersion], runner)
  const query = { workflowId, patternId, limit: trialRuns }
  const candidate = await trials.outcomes({ ...query, version, countsOutages, fromMs: startedAtMs }, runner)
  const beside = await trials.outcomes({ ...query, version: againstVersion, countsOutages, fromMs: startedAtMs }, runner)
  const before = await trials.outcomes({ ...query, version: againstVersion, beforeMs: startedAtMs }, runner)
  const good = before.filter(({ isGood }) => isGood).length
  return {
    before: { good, bad: before.length - good },
    since: [...candidate, ...beside].toSorted((a, b) => (a.runId < b.runId ? -1 : 1)).map((outcome) => ({ isCandidate: outcome.version === version, isGood: outcome.isGood })),
  }
}

/** True while the version in force is itself on trial and not known to be as good as the one before: nothing is tried out on what may have to go. */
export async function isInDoubt(trials: Pick<TrialStore, 'find' | 'outcomes' | 'differInModel'>, workflow: WorkflowRecord, runner?: Db | Trx): Promise<boolean> {
  const trial = await trials.find({ workflowId: workflow.workflowId, version: workflow.currentVersion }, runner)
  if (trial?.state !== 'running') return false
  const evidence = await readEvidence(trials, workflow, trial, runner)
  const { control } = talliesOf(evidence)
  // With nothing to hold it against the doubt would never end.
  return control.good + control.bad >= leastControl && ['open', 'worse'].includes(judgeTrial(evidence))
}
