import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { createBudgetStore, type BudgetStore, type CountedScope, type NewReservation } from '../../src/storage/budget-store.ts'
import { openDatabase, type Database } from '../../src/storage/database.ts'
import type { RunId, WorkspaceId } from '../../src/storage/records.ts'
import { pickNumber, seededRandom } from '../fakes/seeded-random.ts'
import type { StoreUnderTest } from './state-store.ts'

const steps = 300
const seeds = [1, 2, 3]
const goals = ['C1', 'C2']
const runIds = ['r1', 'r2', 'r3', 'r4', 'r5']
const holdMs = 50

interface Counted {
  reserved: number
  settled: number
  raised: number
}

/** The ledger as a person would write it down: the rules, without SQL, transactions or order of locks. */
class PlainLedger {
  readonly #rows = new Map<string, Counted>()
  readonly #holds = new Map<string, NewReservation>()

  row({ scope, day }: CountedScope): Counted {
    const key = `${scope} ${day}`
    const row = this.#rows.get(key) ?? { reserved: 0, settled: 0, raised: 0 }
    this.#rows.set(key, row)
    return row
  }

  reserve(hold: NewReservation): boolean {
    this.#giveBack(hold.runId)
    const fits = hold.scopes.every((scope) => {
      const { reserved, settled, raised } = this.row(scope)
      return reserved + settled + hold.amountMicroUsd <= scope.limitMicroUsd + raised
    })
    if (!fits) return false
    for (const scope of hold.scopes) this.row(scope).reserved += hold.amountMicroUsd
    this.#holds.set(hold.runId, hold)
    return true
  }

  settle(hold: NewReservation, actual: number): void {
    this.#giveBack(hold.runId)
    for (const scope of hold.scopes) this.row(scope).settled += actual
  }

  expire(nowMs: number): number {
    const due = [...this.#holds.values()].filter(({ expiresAtMs }) => expiresAtMs < nowMs)
    for (const { runId } of due) this.#giveBack(runId)
    return due.length
  }

  heldBy(runId: string): NewReservation | undefined {
    return this.#holds.get(runId)
  }

  #giveBack(runId: string): void {
    const held = this.#holds.get(runId)
    this.#holds.delete(runId)
    for (const scope of held?.scopes ?? []) this.row(scope).reserved -= held?.amountMicroUsd ?? 0
  }
}

/** Whatever is done in whatever order, the store and the plain ledger say the same. */
export function testBudgetProperties({ name, create, destroy }: StoreUnderTest): void {
  describe(`any order of holds, settlements, expiries and raises on ${name}`, () => {
    let database: Database
    let store: BudgetStore

    beforeAll(async () => {
      database = await openDatabase(await create())
      store = createBudgetStore(database)
    })
    afterAll(async () => {
      await database.close()
      await destroy()
    })

    test.each(seeds)('counts as the plain rules do, and never passes a cap (seed %i)', async (seed) => {
      const random = seededRandom(seed)
      const pick = (below: number): number => pickNumber(random, below)
      const workspaceId = `T${seed}` as WorkspaceId
      const plain = new PlainLedger()
      let nowMs = 0
      let limit = 100
      const aHold = (): NewReservation => {
        const day = `2026-11-2${Math.min(9, Math.floor(nowMs / 400))}`
        const runId = `${seed}-${runIds[pick(runIds.length)]}` as RunId
        const scopes = [
          { scope: 'workspace', day, limitMicroUsd: limit * 2 },
          { scope: `goal:${goals[pick(goals.length)]}`, day, limitMicroUsd: limit },
          { scope: `run:${runId}`, day: 'all', limitMicroUsd: 300 },
        ]
        return { workspaceId, runId, stepKey: 'model:answer:0', scopes, amountMicroUsd: pick(70), expiresAtMs: nowMs + holdMs }
      }
      const check = async ({ scopes }: NewReservation): Promise<void> => {
        for (const scope of scopes) {
          const { reserved, settled, raised } = plain.row(scope)
          expect(await store.state(workspaceId, scope)).toMatchObject({ reservedMicroUsd: reserved, settledMicroUsd: settled, limitMicroUsd: scope.limitMicroUsd + raised })
        }
      }
      /** Does one thing to both. @returns what each of them says to it */
      const act = async (hold: NewReservation, choice: number): Promise<readonly [store: unknown, plain: unknown]> => {
        if (choice < 0.5) return [(await store.reserve(hold)).ok, plain.reserve(hold)]
        if (choice < 0.8) {
          // The end of what is held; at times of what has expired, or of what another attempt has held anew.
          const ended = random() < 0.8 ? (plain.heldBy(hold.runId) ?? hold) : hold
          const actual = pick(ended.amountMicroUsd + 1)
          await database.db.transaction().execute((trx) => store.settle(trx, ended, actual))
          return [undefined, plain.settle(ended, actual)]
        }
        if (choice < 0.9) return [await store.releaseExpired(nowMs), plain.expire(nowMs)]
        limit = 50 + pick(150)
        const scope = hold.scopes[pick(hold.scopes.length)] ?? { scope: '', day: '', limitMicroUsd: 0 }
        await database.db.transaction().execute((trx) => store.raise(trx, workspaceId, scope, 20))
        plain.row(scope).raised += 20
        return [undefined, undefined]
      }
      for (let step = 0; step < steps; step++) {
        nowMs += pick(8)
        const hold = aHold()
        const [said, expected] = await act(hold, random())
        expect(said).toBe(expected)
        await check(hold)
      }
      await store.releaseExpired(Number.MAX_SAFE_INTEGER)
    })
  })
}
