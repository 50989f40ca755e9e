import { judgeTuning, nextStep, type SettingValues, type Tunable } from '../../learning/tuning-steps.ts'
import { talliesOf, trialRuns, type TrialEvidence } from '../../learning/version-trial.ts'
import type { Database, Trx } from '../../storage/database.ts'
import type { StoredEvent } from '../../storage/event-log.ts'
import { EventReader, type EventReading } from '../../storage/event-reader.ts'
import { timeOfId } from '../../storage/id-time.ts'
import type { ProposalStore } from '../../storage/proposal-store.ts'
import type { WorkspaceId } from '../../storage/records.ts'
import type { SwitchStore } from '../../storage/switch-store.ts'
import type { TuningRecord, TuningStore } from '../../storage/tuning-store.ts'
import { inForce } from './tuned-settings.ts'

export interface TunerDeps {
  readonly database: Database
  readonly tunings: TuningStore
  readonly switches: Pick<SwitchStore, 'isOn'>
  readonly proposals: Pick<ProposalStore, 'needsApproval'>
  readonly tunableOf: (workspaceId: WorkspaceId, name: string) => Promise<Tunable | undefined>
  readonly nowMs: () => number
}

const judgedBy = ['workflow_completed', 'workflow_failed', 'feedback_received'] as const
const restMs = 1_000
/** What is in force must be known by so many runs before a step is tried, and so many of them rated: a worse one would pass unnoticed. */
const leastKnown = 50
const leastRated = 10
/** Steps that were tried in vain are tried again after so long: requests change. */
const forgottenAfterMs = 90 * 24 * 3_600_000

/** Tunes settings of workspaces by what comes of runs, one step of one setting at a time in each. Asks no model. */
export function createTuner({ reading, ...deps }: TunerDeps & { readonly reading: EventReading }): EventReader {
  const handle = async (events: readonly StoredEvent[], signal: AbortSignal): Promise<void> => {
    const runIds = [...new Set(events.flatMap(({ runId }) => runId ?? []))]
    for (const { workspaceId, name } of await deps.tunings.namesOf(runIds)) {
      signal.throwIfAborted()
      await tune(deps, workspaceId, name)
    }
  }
  return new EventReader({ ...reading, reader: 'tune-settings', types: judgedBy, restMs, handle })
}

/** Judges the step of a setting that is on trial, or begins the next one. */
export async function tune(deps: TunerDeps, workspaceId: WorkspaceId, name: string): Promise<void> {
  const { database, tunings } = deps
  const all = await tunings.list(workspaceId)
  const trial = all.find(({ state }) => state === 'trial')
  if (trial) {
    if (trial.name === name) await database.db.transaction().execute((trx) => judge(trx, deps, trial))
    return
  }
  // What an admin wants to approve cannot be asked for in any thread.
  if (!(await deps.switches.isOn(workspaceId, 'trials')) || (await deps.proposals.needsApproval(workspaceId))) return
  const tunable = await deps.tunableOf(workspaceId, name)
  if (tunable) await begin(deps, workspaceId, tunable, all.filter((one) => one.name === name))
}

async function judge(trx: Trx, { tunings, nowMs }: TunerDeps, trial: TuningRecord): Promise<void> {
  const evidence = await readEvidence(trx, tunings, trial)
  const verdict = judgeTuning(evidence)
  if (verdict !== 'open') await tunings.end(trx, trial, verdict === 'better' ? 'in_force' : 'taken_back', talliesOf(evidence), nowMs())
}

async function readEvidence(trx: Trx, tunings: TuningStore, { workspaceId, name, version, againstVersion, startedAtMs }: TuningRecord): Promise<TrialEvidence> {
  const query = { workspaceId, name, limit: trialRuns }
  const candidate = await tunings.outcomes({ ...query, version }, trx)
  const control = await tunings.outcomes({ ...query, version: againstVersion }, trx)
  const isBefore = ({ runId }: { readonly runId: string }): boolean => (timeOfId(runId) ?? 0) < startedAtMs
  const before = control.filter(isBefore)
  const good = before.filter(({ isGood }) => isGood).length
  const since = [...candidate.map((one) => ({ ...one, isCandidate: true })), ...control.filter((one) => !isBefore(one)).map((one) => ({ ...one, isCandidate: false }))]
  return { before: { good, bad: before.length - good }, since: since.toSorted((a, b) => (a.runId < b.runId ? -1 : 1)) }
}

async function begin({ database, tunings, nowMs }: TunerDeps, workspaceId: WorkspaceId, tunable: Tunable, history: readonly TuningRecord[]): Promise<void> {
  const { name, defaults } = tunable
  const current = inForce(history)
  const version = current?.version ?? 0
  const [known, rated] = [await tunings.outcomes({ workspaceId, name, version, limit: leastKnown }), await tunings.countRated({ workspaceId, name, version })]
  if (known.length < leastKnown || rated < leastRated) return
  const values = (current?.value as SettingValues | undefined) ?? defaults
  const tried = history.filter(({ againstVersion, state, startedAtMs }) => againstVersion === version && state === 'taken_back' && startedAtMs > nowMs() - forgottenAfterMs).map(({ step }) => step)
  const step = nextStep(tunable, values, tried, current?.step)
  if (!step) return
  const newest = Math.max(0, ...history.map((one) => one.version))
  await database.db.transaction().execute((trx) => tunings.begin(trx, { workspaceId, name, version: newest + 1, againstVersion: version, value: step.values, step: step.words }, nowMs()))
}
