import type { Notice } from '../../learning/trials/version-judge.ts'
import type { Database, Trx } from '../../storage/database.ts'
import type { StoredEvent } from '../../storage/event-log.ts'
import { EventReader, type EventReading } from '../../storage/event-reader.ts'
import type { FailureKind, FailureStore } from '../../storage/failure-store.ts'
import { inTurns } from '../../storage/in-turns.ts'
import type { RunRecord, WorkspaceId } from '../../storage/records.ts'
import type { RunStore } from '../../storage/run-store.ts'
import { setAsideType } from '../../storage/set-aside-store.ts'
import { describeFailures, describeSetAside, isReported } from './failure-lines.ts'

export interface FailureReportDeps extends EventReading {
  readonly database: Database
  readonly runs: Pick<RunStore, 'find'>
  readonly failures: FailureStore
  /** Who is told; empty: it is said where it happened. */
  readonly adminsOf: (workspaceId: WorkspaceId) => Promise<readonly string[]>
  /** Stores a notice within the transaction of what it tells of. */
  readonly tell: (trx: Trx, notice: Notice) => Promise<void>
  /** After a transaction that may have stored notices. */
  readonly onTold: () => void
}

/** Of one kind of failure nothing is said again for so long. */
const windowMs = 24 * 3_600_000
const restMs = 1_000
const fixedMessageTier = 4

/**
 * Tells the admins of a workspace what could not be answered, and what a reader of the events could not handle, once for each kind in 24 hours:
 * by a direct message, a run of its own, stored in the transaction that takes the report. Requests of that kind are counted for the next one.
 */
export function createFailureReporter(deps: FailureReportDeps): EventReader {
  const handle = async (events: readonly StoredEvent[], signal: AbortSignal): Promise<void> => {
    for await (const event of inTurns(events, signal)) {
      const { type, runId, payload } = event
      const run = runId === undefined ? undefined : await deps.runs.find(runId)
      if (type === setAsideType) await reportSetAside(deps, event, run)
      else if (run && (type === 'workflow_failed' || payload['tier'] === fixedMessageTier)) await reportRun(deps, run)
    }
  }
  return new EventReader({ ...deps, reader: 'report-failures', types: ['workflow_failed', 'workflow_completed', setAsideType], restMs, handle })
}

async function reportRun(deps: FailureReportDeps, run: RunRecord): Promise<void> {
  const { workspaceId, runId, request, failureClass, errorCode } = run
  // A notice that does not arrive is not followed by another one.
  if (failureClass === undefined || errorCode === undefined || request.surface === 'notice' || !isReported(failureClass) || isOwnFault(errorCode)) return
  const kind: FailureKind = { workspaceId, failureClass, errorCode, modelId: (await deps.failures.modelOf(runId)) ?? '' }
  await tellOnce(deps, kind, run, async (sinceMs, knownSinceMs) => describeFailures(kind, await deps.failures.tally(kind, sinceMs), knownSinceMs))
}

/** An event that belongs to no run happened nowhere: then only known admins hear of it. */
async function reportSetAside(deps: FailureReportDeps, { workspaceId, payload }: StoredEvent, run: RunRecord | undefined): Promise<void> {
  const aside = { reader: String(payload['reader']), eventType: String(payload['eventType']), errorCode: String(payload['errorCode']), tries: Number(payload['tries']) }
  const kind: FailureKind = { workspaceId, failureClass: 'internal', errorCode: aside.errorCode, modelId: `in ${aside.reader}` }
  const nowhere: Notice['about'] = { request: { workspaceId, surface: 'door', channelId: '', userId: '' } }
  await tellOnce(deps, kind, run ?? nowhere, async (_, knownSinceMs) => describeSetAside(aside, knownSinceMs))
}

/** @param textOf gets the beginning of the window and when admins were told last of this kind */
async function tellOnce(
  { database, failures, adminsOf, tell, onTold, nowMs }: FailureReportDeps,
  kind: FailureKind,
  about: Notice['about'],
  textOf: (sinceMs: number, knownSinceMs: number | undefined) => Promise<string>,
): Promise<void> {
  const { workspaceId, failureClass, errorCode, modelId } = kind
  const [atMs, knownSinceMs] = [nowMs(), await failures.reportedAtMs(kind)]
  if (knownSinceMs !== undefined && knownSinceMs > atMs - windowMs) return
  const text = await textOf(atMs - windowMs, knownSinceMs)
  const admins = await adminsOf(workspaceId)
  await database.db.transaction().execute(async (trx) => {
    if (!(await failures.claim(trx, kind, atMs, atMs - windowMs))) return
    const key = `failure:${failureClass}:${errorCode}:${modelId}:${atMs}`
    if (admins.length === 0) await tell(trx, { about, text, key, mentionable: [] })
    for (const admin of admins) await tell(trx, { about, to: admin, text, key: `${key}:${admin}`, mentionable: [] })
  })
  onTold()
}

/** What whoever asked can mend, and is told. */
const isOwnFault = (errorCode: string): boolean => ['MUR_REQUEST_INVALID', 'MUR_USAGE', 'MUR_NOT_ALLOWED'].includes(errorCode)
