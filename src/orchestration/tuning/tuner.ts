import { canaryShare } from '../../learning/workflows/offer-version.ts'
import { judgeTuning, nextStep, type SettingValues, type Tunable } from '../../learning/trials/tuning-steps.ts'
import type { Notice } from '../../learning/trials/version-judge.ts'
import { talliesOf, trialRuns, type TrialEvidence } from '../../learning/trials/version-trial.ts'
import type { Database, Trx } from '../../storage/database.ts'
import type { StoredEvent } from '../../storage/event-log.ts'
import { EventReader, type EventReading } from '../../storage/event-reader.ts'
import { timeOfId } from '../../storage/id-time.ts'
import { inTurns } from '../../storage/in-turns.ts'
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
  /** Who may approve; asked only when there is something to approve. */
  readonly adminsOf: (workspaceId: WorkspaceId) => Promise<readonly string[]>
  /** Stores a notice within the transaction of what it tells of. */
  readonly tell: (trx: Trx, notice: Notice) => Promise<void>
  /** After a transaction that may have stored notices. */
  readonly onTold: () => void
  readonly nowMs: () => number
}

const judgedBy = ['workflow_completed', 'workflow_failed', 'feedback_received'] as const
const restMs = 1_000
/** What is in force must be known by so many runs before a step is tried, and so many of them rated: a worse one would pass unnoticed. */
const leastKnown = 50
const leastRated = 10
/** Steps that were tried in vain are tried again after so long: requests change. */
const forgottenAfterMs = 90 * 24 * 3_600_000
/** After an admin has declined a step or taken one back, that setting is left alone for so long. */
const restAfterPersonMs = 30 * 24 * 3_600_000

/** Tunes settings of workspaces by what comes of runs, one step of one setting at a time in each. Asks no model. */
export function createTuner({ reading, ...deps }: TunerDeps & { readonly reading: EventReading }): EventReader {
  const handle = async (events: readonly StoredEvent[], signal: AbortSignal): Promise<void> => {
    const runIds = [...new Set(events.flatMap(({ runId }) => runId ?? []))]
    for await (const { workspaceId, name } of inTurns(await deps.tunings.namesOf(runIds), signal)) {
      await tune(deps, workspaceId, name)
    }
  }
  return new EventReader({ ...reading, reader: 'tune-settings', types: judgedBy, restMs, handle })
}

/** Judges the step of a setting that is on trial, or begins the next one; where a workspace wants an admin's word, proposes it. */
export async function tune(deps: TunerDeps, workspaceId: WorkspaceId, name: string): Promise<void> {
  const { database, tunings } = deps
  const all = await tunings.list(workspaceId)
  const trial = all.find(({ state }) => state === 'trial')
  if (trial) {
    if (trial.name === name) await database.db.transaction().execute((trx) => judge(trx, deps, trial))
    return
  }
  if (!(await deps.switches.isOn(workspaceId, 'trials'))) return
  const own = all.filter((one) => one.name === name)
  const needsApproval = await deps.proposals.needsApproval(workspaceId)
  const waiting = all.find(({ state }) => state === 'proposed')
  // Where nobody is asked any more, what nobody answered goes its way.
  if (waiting) return needsApproval || waiting.name !== name ? undefined : void (await decideTuning(deps, waiting, own, true, ''))
  if (own.some(({ endedBy, endedAtMs = 0 }) => endedBy !== '' && endedAtMs > deps.nowMs() - restAfterPersonMs)) return
  const tunable = await deps.tunableOf(workspaceId, name)
  const step = tunable && (await chooseStep(deps, workspaceId, tunable, own))
  if (step) await (needsApproval ? propose(deps, step) : database.db.transaction().execute((trx) => tunings.begin(trx, step, deps.nowMs())))
}

export type DecideTuning = (proposed: TuningRecord, history: readonly TuningRecord[], isApproved: boolean, by: string) => ReturnType<typeof decideTuning>

/**
 * An admin's word on a step that was proposed, or none where none is asked any more. What was proposed for values that are no longer in force is taken back.
 * @param history all versions of this setting
 * @returns what it is now; undefined when it was decided before
 */
export async function decideTuning({ database, tunings, nowMs }: Pick<TunerDeps, 'database' | 'tunings' | 'nowMs'>, proposed: TuningRecord, history: readonly TuningRecord[], isApproved: boolean, by: string): Promise<'trial' | 'taken_back' | undefined> {
  const isCurrent = (inForce(history)?.version ?? 0) === proposed.againstVersion
  const begins = isApproved && isCurrent
  const isFirst = await database.db.transaction().execute((trx) => tunings.decide(trx, proposed, begins, isApproved ? '' : by, nowMs()))
  return isFirst ? (begins ? 'trial' : 'taken_back') : undefined
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

type NewStep = Pick<TuningRecord, 'workspaceId' | 'name' | 'version' | 'againstVersion' | 'value' | 'step'>

async function chooseStep({ tunings, nowMs }: TunerDeps, workspaceId: WorkspaceId, tunable: Tunable, history: readonly TuningRecord[]): Promise<NewStep | undefined> {
  const { name, defaults } = tunable
  const current = inForce(history)
  const version = current?.version ?? 0
  const [known, rated] = [await tunings.outcomes({ workspaceId, name, version, limit: leastKnown }), await tunings.countRated({ workspaceId, name, version })]
  if (known.length < leastKnown || rated < leastRated) return undefined
  const values = (current?.value as SettingValues | undefined) ?? defaults
  const tried = history.filter(({ againstVersion, state, startedAtMs }) => againstVersion === version && state === 'taken_back' && startedAtMs > nowMs() - forgottenAfterMs).map(({ step }) => step)
  const step = nextStep(tunable, values, tried, current?.step)
  const newest = Math.max(0, ...history.map((one) => one.version))
  return step && { workspaceId, name, version: newest + 1, againstVersion: version, value: step.values, step: step.words }
}

/** Asks each admin in private, in the transaction that keeps what is asked; where none is known, the list of settings shows it. */
async function propose({ database, tunings, adminsOf, tell, onTold, nowMs }: TunerDeps, step: NewStep): Promise<void> {
  const { workspaceId, name, version } = step
  const admins = await adminsOf(workspaceId)
  const text = describeTuningProposal(name, step.step)
  const about = { request: { workspaceId, surface: 'door', channelId: '', userId: '' } } as const
  await database.db.transaction().execute(async (trx) => {
    if (!(await tunings.begin(trx, { ...step, state: 'proposed' }, nowMs()))) return
    for (const admin of admins) await tell(trx, { about, to: admin, text, key: `tuning:${name}:${version}:${admin}`, mentionable: [] })
  })
  onTold()
}

const describeTuningProposal = (name: string, words: string): string =>
  [
    `:control_knobs: I would try a step of the setting \`${name}\`: ${words}, on ${Math.round(canaryShare * 100)} % of the runs. It is kept only if more of them go well than of the others. In this workspace an admin has to approve it:`,
    `\`/swarm workflows tuning approve ${name}\` or \`/swarm workflows tuning decline ${name}\`. Nothing changes until then.`,
  ].join('\n')
