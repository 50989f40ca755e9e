import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ModelProfile } from '../../src/agents/chat-model.ts'
import { BudgetGuard } from '../../src/orchestration/paid-calls/budget-guard.ts'
import { defaultLimits, LimitBook, type Limits, type Payer } from '../../src/orchestration/paid-calls/budget-limits.ts'
import { createBudgetLedger } from '../../src/storage/budget-ledger.ts'
import { createBudgetStore } from '../../src/storage/budget-store.ts'
import { openDatabase } from '../../src/storage/database.ts'
import { newRunId } from '../../src/storage/ids.ts'
import type { RunId, WorkspaceId } from '../../src/storage/records.ts'
import { openJournal } from '../../src/storage/step-journal.ts'
import { ManualClock } from './manual-clock.ts'

export const workspaceId = 'T1' as WorkspaceId
/** Noon in UTC. */
export const noonMs = Date.parse('2026-11-21T12:00:00Z')

/** Everything about budgets on a real store in a folder of its own, under a clock that stands still. */
export async function openBudgetWorld(limits: Partial<Limits> = {}) {
  const dataDir = mkdtempSync(join(tmpdir(), 'murmur-budget-'))
  const database = await openDatabase({ dataDir })
  const clock = new ManualClock(noonMs)
  const store = createBudgetStore(database)
  const configured = { limits: { ...defaultLimits, ...limits }, projectOf: () => undefined }
  const book = new LimitBook(store, async () => configured, clock.now)
  const guard = new BudgetGuard({ store, limits: book, nowMs: clock.now })
  const stateOf = async (scope: string, day = '2026-11-21') => {
    const { reservedMicroUsd, settledMicroUsd } = await store.state(workspaceId, { scope, day, limitMicroUsd: 0 })
    return [reservedMicroUsd, settledMicroUsd]
  }
  return {
    database,
    clock,
    store,
    book,
    guard,
    ledger: createBudgetLedger(database.db),
    /** What a scope holds and has spent. */
    stateOf,
    settle: (hold: Parameters<BudgetGuard['settle']>[1], actual: number) => database.db.transaction().execute((trx) => guard.settle(trx, hold, actual)),
    /** The journal as a new attempt of the run finds it. */
    journalOf: (runId: RunId) => openJournal(database, { runId, workspaceId, channelId: 'C1' }, false, clock.now),
    ledgerRows: () => database.db.selectFrom('ledger').selectAll().orderBy('at_ms').orderBy('entry_id').execute(),
    async close() {
      await database.close()
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}

export type BudgetWorld = Awaited<ReturnType<typeof openBudgetWorld>>

export const aPayer = (over: Partial<Payer> = {}): Payer => ({ workspaceId, goalId: 'C1', channelId: 'C1', userId: 'U1', runId: newRunId(), ...over })

export const catalogueOf =
  (...profiles: readonly ModelProfile[]) =>
  (modelId: string): ModelProfile | undefined =>
    profiles.find(({ id }) => id === modelId)
