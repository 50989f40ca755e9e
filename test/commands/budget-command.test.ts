import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { budgetCommand, forecast } from '../../src/commands/budget-command.ts'
import type { CommandCall, CommandDeps, CommandForm } from '../../src/commands/command.ts'
import type { LedgerEntry } from '../../src/storage/budget-ledger.ts'
import { createRunStore } from '../../src/storage/run-store.ts'
import { aNewRun, aRequest } from '../builders.ts'
import { aPayer, openBudgetWorld, workspaceId, type BudgetWorld } from '../fakes/budget-world.ts'

const admin = 'U0ADMIN'
const member = 'U0BOB'

let world: BudgetWorld

/** For tests that ask what was spent or set before. */
function openForEach(): void {
  beforeEach(async () => {
    world = await openBudgetWorld()
  })
  afterEach(() => world.close())
}

function openOnce(): void {
  beforeAll(async () => {
    world = await openBudgetWorld()
  })
  afterAll(() => world.close())
}

/** Which share of a day has usually passed, as far as the statistics know. */
let usualShare: number | undefined

/** Runs `/swarm budget <text>`; the reply is a text except for `edit`. */
function budget(text: string, userId = admin, channelId = 'C1'): Promise<string> {
  const { ledger, book, store, clock } = world
  const deps = { ledger, limits: book, budgets: store, nowMs: clock.now, stats: { shareOfDay: async () => usualShare }, isAdmin: async (_: unknown, id: string) => id === admin } as unknown as CommandDeps
  return budgetCommand.run(deps, { workspaceId, channelId, userId, text, dedupeKey: 'd', replyUrl: undefined } satisfies CommandCall) as Promise<string>
}

const limitsOf = (goalId = 'C1') => world.book.limits(workspaceId, goalId)
const messageOf = async (reply: Promise<unknown>): Promise<string> => {
  const error: unknown = await reply.then(() => undefined, (reason: unknown) => reason)
  if (!(error instanceof Error)) throw new Error('Expected a refusal.')
  return error.message
}

describe('set', () => {
  openOnce()

  test.each([
    ['daily 5', { goalPerDayMicroUsd: 5_000_000 }, 'Set: `daily` is now $5.0000 here.'],
    ['daily $0.50', { goalPerDayMicroUsd: 500_000 }, 'Set: `daily` is now $0.5000 here.'],
    ['Daily 5', { goalPerDayMicroUsd: 5_000_000 }, 'Set: `daily` is now $5.0000 here.'],
    ['daily 0', { goalPerDayMicroUsd: 0 }, 'Set: `daily` is now $0.0000 here.'],
    ['daily 0.000001', { goalPerDayMicroUsd: 1 }, 'Set: `daily` is now $0.0000 here.'],
    ['run 0.1', { runMicroUsd: 100_000 }, 'Set: `run` is now $0.1000 here.'],
    ['person 2', { personPerDayMicroUsd: 2_000_000 }, 'Set: `person` is now $2.0000 for the workspace.'],
    ['workspace 200', { workspacePerDayMicroUsd: 200_000_000 }, 'Set: `workspace` is now $200.0000 for the workspace.'],
    ['confirm 0.25', { confirmAboveMicroUsd: 250_000 }, 'Set: `confirm` is now $0.2500 here.'],
    ['agents 20', { agentsPerDay: 20 }, 'Set: `agents` is now 20 here.'],
    ['concurrent 3', { concurrentAgents: 3 }, 'Set: `concurrent` is now 3 here.'],
    ['timezone Europe/Berlin', { timeZone: 'Europe/Berlin' }, 'Set: `timezone` is now Europe/Berlin for the workspace.'],
  ])('set %s', async (words, expected, reply) => {
    expect(await budget(`set ${words}`)).toBe(reply)
    expect(await limitsOf()).toMatchObject(expected)
  })

  test('what concerns one channel leaves the others as they are, what concerns people and days holds for all', async () => {
    await budget('set daily 1')
    await budget('set person 3')
    expect(await limitsOf('C2')).toMatchObject({ goalPerDayMicroUsd: 10_000_000, personPerDayMicroUsd: 3_000_000 })
  })

  test.each([
    ['set daily', 'Expected dollars from 0 to 100000, such as `5` or `0.50`, got nothing. For example `/swarm budget set daily 5`.'],
    ['set daily -1', 'got `-1`'],
    ['set daily five', 'got `five`'],
    ['set daily 1e3', 'got `1e3`'],
    ['set daily 0.0000001', 'got `0.0000001`'],
    ['set daily 100001', 'got `100001`'],
    ['set daily Infinity', 'got `Infinity`'],
    ['set agents 0', 'Expected a whole number from 1 to 100000, got `0`.'],
    ['set agents 1.5', 'got `1.5`'],
    ['set concurrent 1001', 'Expected a whole number from 1 to 1000, got `1001`.'],
    ['set timezone Mars/Olympus', 'Expected a time zone such as `Europe/Berlin`, got `Mars/Olympus`.'],
    ['set timezone', 'got nothing'],
    ['set', 'Expected one of `daily`, `run`, `person`, `workspace`, `confirm`, `agents`, `concurrent`, `timezone` after `budget set`, got nothing.'],
    ['set weekly 5', 'got `weekly`'],
    ['set constructor 5', 'got `constructor`'],
    ['set __proto__ 5', 'got `__proto__`'],
    ['raise', 'Expected `set`, `project`, `edit` or nothing after `budget`, got `raise`.'],
    ['set daily `5`', 'got `5`'],
  ])('%s is refused with what was wanted, and changes nothing', async (words, told) => {
    const before = await limitsOf()
    expect(await messageOf(budget(words))).toContain(told)
    world.clock.advance(10_000)
    expect(await limitsOf()).toEqual(before)
  })
})

describe('project', () => {
  openOnce()

  test('two channels of a project spend from one budget, until one leaves it', async () => {
    expect(await budget('project apollo')).toBe('This channel now works for the project `apollo` and spends from its budget.')
    await budget('project apollo', admin, 'C2')
    expect(await budget('set daily 3', admin, 'C2')).toContain('`daily` is now $3.0000 here')
    expect(await limitsOf(await world.book.goalOf(workspaceId, 'C1'))).toMatchObject({ goalPerDayMicroUsd: 3_000_000 })
    expect(await budget('')).toContain('*Project `apollo` today*')
    expect(await budget('project none')).toBe('This channel is its own goal again.')
    expect(await budget('')).toContain('*This channel today*')
  })

  test.each(['', 'Apollo', 'a_b', '-x', 'x'.repeat(41)])('a name like "%s" is refused', async (name) => {
    expect(await messageOf(budget(`project ${name}`))).toContain('Expected a project name of small letters')
  })
})

describe('who may', () => {
  openOnce()

  test.each(['set daily 5', 'set nonsense', 'project apollo', 'edit'])('%s is for admins, and says so to others', async (words) => {
    expect(await messageOf(budget(words, member))).toMatch(/is for admins\. Ask an owner or admin of this workspace\.$/)
    expect(await world.store.limitsOf(workspaceId, 'goal:C1')).toBeUndefined()
  })

  test('edit opens the form for an admin with what is in force', async () => {
    await budget('set daily 3')
    const form = (await budget('edit')) as unknown as CommandForm
    expect(form).toMatchObject({ form: 'budget', channelId: 'C1', limits: { goalPerDayMicroUsd: 3_000_000 } })
  })
})

describe('the overview', () => {
  openForEach()

  const entry = (over: Partial<LedgerEntry>): LedgerEntry => ({
    ...aPayer(),
    stepKey: 'model:answer:0',
    modelId: 'small',
    outcome: 'ok',
    amountMicroUsd: 0,
    reservedMicroUsd: 0,
    savedMicroUsd: 0,
    inputTokens: 1,
    cachedInputTokens: 0,
    outputTokens: 1,
    latencyMs: 1,
    atMs: world.clock.now(),
    ...over,
  })

  /** A run of a member that paid this much, at this moment of the clock. */
  async function spend(microUsd: number, over: Partial<LedgerEntry> = {}, specialtyId = 'planner'): Promise<void> {
    const { database, guard, ledger, clock } = world
    const run = aNewRun({ request: aRequest({ userId: member }), nowMs: clock.now() })
    const payer = aPayer({ userId: member, runId: run.runId })
    const hold = await guard.reserve(payer, 'model:answer:0', microUsd)
    const runs = createRunStore(database.db)
    await database.db.transaction().execute(async (trx) => {
      await runs.insertOnce(trx, run, [])
      await runs.setRoute(trx, run.runId, { specialtyId, layer: 'keywords', confidence: 1, reason: '', candidates: [] })
      await ledger.append(trx, entry({ ...payer, amountMicroUsd: microUsd, atMs: clock.now(), ...over }))
      await guard.settle(trx, hold, microUsd)
    })
  }

  test('shows spend against the limits, by model, agent and day, the forecast and what was saved', async () => {
    world.clock.advance(-24 * 3_600_000)
    await spend(1_000_000)
    world.clock.advance(24 * 3_600_000)
    await spend(2_000_000, { savedMicroUsd: 500_000 })
    await spend(500_000, { modelId: 'large' }, 'writer')
    await world.guard.reserve(aPayer({ userId: member }), 'model:answer:0', 10_000)
    expect((await budget('', member)).split('\n')).toEqual([
      '*This channel today*: ███░░░░░░░ $2.5000 of $10.0000, $0.0100 held',
      '*You today*: ███░░░░░░░ $2.5000 of $10.0000, $0.0100 held',
      '*The workspace today*: ░░░░░░░░░░ $2.5000 of $100.0000, $0.0100 held',
      'At this pace the day ends at about $5.0000. Saved today by cheaper models and caches: $0.5000.',
      'By model today: `small` $2.0000 (1 call), `large` $0.5000 (1 call)',
      'By agent today: planner $2.0000, writer $0.5000',
      'By day: 11-20 $1.0000, 11-21 $2.5000',
      'A single run may cost up to $5.0000, and what is estimated above $1.0000 asks first; 100 agents a day, 10 at once. The day ends at midnight, UTC.',
    ])
    usualShare = 0.25
    expect(await budget('')).toContain('As days of this workspace usually go, the day ends at about $10.0000.')
    usualShare = undefined
  })

  test('counts the day of the workspace, not that of UTC', async () => {
    await budget('set timezone Asia/Tokyo')
    await spend(1_000_000)
    world.clock.advance(4 * 3_600_000)
    await spend(2_000_000)
    const shown = await budget('', member)
    expect(shown).toContain('*This channel today*: ██░░░░░░░░ $2.0000 of $10.0000')
    expect(shown).toContain('By model today: `small` $2.0000 (1 call)')
    expect(shown).toContain('By day: 11-21 $1.0000, 11-22 $2.0000')
    expect(shown).toContain('The day ends at midnight, Asia/Tokyo.')
  })

  test('shows a channel in which nothing was done yet, and a limit of 0', async () => {
    expect(await budget('')).toContain('*This channel today*: ░░░░░░░░░░ $0.0000 of $10.0000\n')
    await budget('set daily 0')
    expect(await budget('')).toContain('*This channel today*: ██████████ $0.0000 of $0.0000\n')
  })

  test('shows a raise of the day as part of the limit', async () => {
    await world.database.db.transaction().execute((trx) => world.store.raise(trx, workspaceId, { scope: 'goal:C1', day: '2026-11-21', limitMicroUsd: 10_000_000 }, 5_000_000))
    expect(await budget('')).toContain('*This channel today*: ░░░░░░░░░░ $0.0000 of $15.0000\n')
  })
})

test('the first minutes of a day foretell little', () => {
  expect([forecast(100, 0.5), forecast(100, 1), forecast(100, 0.0001), forecast(0, 0)]).toEqual([200, 100, 2_400, 0])
})
