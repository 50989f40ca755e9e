import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { v7 } from 'uuid'
import { createSpecialtyCatalogue } from '../../../src/agents/specialty-catalogue.ts'
import type { SettingValues } from '../../../src/learning/trials/tuning-steps.ts'
import { defaultWeights } from '../../../src/orchestration/selection-criteria.ts'
import { createTeller } from '../../../src/orchestration/tell-notice.ts'
import { TunedSettings } from '../../../src/orchestration/tuning/tuned-settings.ts'
import { temperatureName, tunableOf, weightsName } from '../../../src/orchestration/tuning/tunables.ts'
import { decideTuning, tune, type TunerDeps } from '../../../src/orchestration/tuning/tuner.ts'
import { createFeedbackStore } from '../../../src/storage/feedback-store.ts'
import { createProposalStore } from '../../../src/storage/proposal-store.ts'
import type { RunId } from '../../../src/storage/records.ts'
import { createRunStore } from '../../../src/storage/run-store.ts'
import { createSwitchStore } from '../../../src/storage/switch-store.ts'
import { createTuningStore } from '../../../src/storage/tuning-store.ts'
import { aNewRun } from '../../builders.ts'
import { openBudgetWorld, workspaceId, type BudgetWorld } from '../../fakes/budget-world.ts'
import { seededRandom } from '../../../src/learning/router/seeded-random.ts'

const specialties = createSpecialtyCatalogue().list()
const dayMs = 24 * 3_600_000
let world: BudgetWorld
beforeEach(async () => {
  world = await openBudgetWorld()
})
afterEach(() => world.close())

/** A workspace whose runs go well as often as the values in use allow. Who tries what is drawn by the ids of runs, so they are the same each time too. */
function simulate(name: string, successOf: (values: SettingValues) => number, seed = 7) {
  const { database, clock } = world
  const runs = createRunStore(database.db)
  const tunings = createTuningStore(database.db)
  const feedback = createFeedbackStore(database.db)
  const deps: TunerDeps = { database, tunings, switches: createSwitchStore(database.db), proposals: createProposalStore(database), tunableOf: async (_, one) => tunableOf(one, specialties), adminsOf: async () => ['U_A', 'U_B'], tell: createTeller(runs, clock.now), onTold: () => {}, nowMs: () => atMs }
  const random = seededRandom(seed)
  let [atMs, made] = [clock.now(), 0]
  const nextRunId = (): RunId => v7({ msecs: atMs, seq: made++, random: Uint8Array.from({ length: 16 }, () => Math.floor(random() * 256)) }) as RunId
  const defaults = tunableOf(name, specialties)!.defaults
  return {
    deps,
    tunings,
    /** So many runs, each rated; the tuner looks at every tenth. */
    async run(count: number): Promise<void> {
      for (let nth = 1; nth <= count; nth++) {
        atMs += 1_000
        const run = aNewRun({ runId: nextRunId(), nowMs: clock.now() })
        // Each process that looks reads what is stored.
        const { version, values } = (await new TunedSettings(tunings, clock.now).of(workspaceId, run.runId))(name)
        const isGood = random() < successOf(values ?? defaults)
        await database.db.transaction().execute(async (trx) => {
          await runs.insertOnce(trx, run, [])
          await tunings.noteRun(trx, { runId: run.runId, workspaceId }, name, version)
          await runs.finish(trx, run.runId, { status: 'completed', answer: 'x', tier: 1, errorCode: undefined }, clock.now())
          await feedback.put(trx, workspaceId, { runId: run.runId, userId: 'U1', kind: isGood ? 'up' : 'down', text: '', createdAtMs: clock.now() })
        })
        if (nth % 10 === 0) await tune(deps, workspaceId, name)
      }
    },
    inForce: async () => (await tunings.list(workspaceId, name)).find(({ state }) => state === 'in_force')?.value as SettingValues | undefined,
    history: () => tunings.list(workspaceId, name),
  }
}

test('a weight that makes more runs go well is kept, and the steps go on from it', async () => {
  const { run, inForce, history } = simulate(weightsName, ({ specialtyMatch = 0 }) => (specialtyMatch > defaultWeights.specialtyMatch ? 0.95 : 0.7))
  await run(400)
  expect((await inForce())?.['specialtyMatch']).toBeCloseTo(0.9)
  expect((await history()).at(-1)).toMatchObject({ version: 1, againstVersion: 0, step: 'specialtyMatch up', state: 'in_force' })
}, 120_000)

test('a step that makes runs go wrong is taken back, and is not tried again', async () => {
  const { run, inForce, history } = simulate(weightsName, ({ specialtyMatch = 0 }) => (specialtyMatch > defaultWeights.specialtyMatch ? 0.3 : 0.9))
  await run(160)
  expect((await history()).at(-1)).toMatchObject({ version: 1, step: 'specialtyMatch up', state: 'taken_back' })
  expect(await inForce()).toBeUndefined()
  await run(10)
  expect((await history())[0]).toMatchObject({ version: 2, step: 'specialtyMatch down', state: 'trial' })
}, 120_000)

test('a temperature is tuned within its bounds, and a reset brings back what is configured', async () => {
  const name = temperatureName('writer')
  const { run, inForce, history, tunings, deps } = simulate(name, ({ temperature = 0 }) => temperature)
  const { temperature } = specialties.find(({ id }) => id === 'writer')!
  await run(600)
  expect((await inForce())?.['temperature']).toBeGreaterThan(temperature)
  for (const { value } of await history()) expect(Math.abs((value as { temperature: number }).temperature - temperature)).toBeLessThanOrEqual(0.3001)
  expect(await tunings.reset(workspaceId, name, 'U1', 1)).toBeGreaterThan(0)
  expect(await inForce()).toBeUndefined()
  expect((await new TunedSettings(tunings, deps.nowMs).of(workspaceId, aNewRun().runId))(name)).toEqual({ version: 0, values: undefined })
}, 120_000)

test('nothing is tuned where nobody rates, where trials are off, where an admin has just reset it, or beside another trial', async () => {
  const { run, history, deps } = simulate(weightsName, () => 0.9)
  await run(50)
  expect(await history()).toMatchObject([{ state: 'trial' }])
  await tune(deps, workspaceId, temperatureName('writer'))
  expect(await deps.tunings.list(workspaceId)).toHaveLength(1)
  await deps.tunings.reset(workspaceId, weightsName, 'U1', deps.nowMs())
  await tune(deps, workspaceId, weightsName)
  const later = { ...deps, nowMs: () => deps.nowMs() + 31 * dayMs }
  await createSwitchStore(world.database.db).set(workspaceId, 'trials', false, 'U1', 1)
  await tune(later, workspaceId, weightsName)
  await createSwitchStore(world.database.db).set(workspaceId, 'trials', true, 'U1', 1)
  await world.database.db.deleteFrom('feedback').execute()
  await tune(later, workspaceId, weightsName)
  expect(await history()).toMatchObject([{ version: 1, state: 'taken_back', endedBy: 'U1' }])
}, 120_000)

test('where admins approve changes each is asked once, the trial begins with a yes, and a no is remembered', async () => {
  const { run, history, deps, tunings } = simulate(weightsName, () => 0.9)
  const approval = createProposalStore(world.database)
  await approval.setApproval(workspaceId, true, 'U1', 1)
  await run(50)
  await tune(deps, workspaceId, weightsName)
  expect(await history()).toMatchObject([{ version: 1, step: 'specialtyMatch up', state: 'proposed' }])
  const told = (await world.database.db.selectFrom('runs').select('request').execute()).map(({ request }) => JSON.parse(request) as { surface: string; channelId: string; text: string }).filter(({ surface }) => surface === 'notice')
  expect(told.map(({ channelId }) => channelId).toSorted()).toEqual(['U_A', 'U_B'])
  expect(told[0]?.text).toMatch(/`weights`: specialtyMatch up, on 25 %[\s\S]*tuning approve weights/)
  // Until somebody decides every run uses what is configured.
  await run(20)
  expect((await tunings.outcomes({ workspaceId, name: weightsName, version: 1, limit: 10 })).length).toBe(0)

  const [proposed] = await history()
  expect(await decideTuning(deps, proposed!, await history(), false, 'U_A')).toBe('taken_back')
  expect(await decideTuning(deps, proposed!, await history(), true, 'U_B')).toBeUndefined()
  await tune(deps, workspaceId, weightsName)
  expect(await history()).toMatchObject([{ version: 1, state: 'taken_back', endedBy: 'U_A' }])
  const later = { ...deps, nowMs: () => deps.nowMs() + 31 * dayMs }
  await tune(later, workspaceId, weightsName)
  expect((await history())[0]).toMatchObject({ version: 2, step: 'specialtyMatch down', state: 'proposed' })
  expect(await decideTuning(later, (await history())[0]!, await history(), true, 'U_A')).toBe('trial')
  expect((await history())[0]).toMatchObject({ version: 2, state: 'trial', startedAtMs: later.nowMs() })
}, 120_000)

test('a step that waits begins by itself once no admin has to approve, and not after what it was made for has gone', async () => {
  const { run, history, deps, tunings } = simulate(weightsName, () => 0.9)
  const approval = createProposalStore(world.database)
  await approval.setApproval(workspaceId, true, 'U1', 1)
  await run(50)
  const [proposed] = await history()
  expect(await decideTuning(deps, proposed!, [{ ...proposed!, version: 7, state: 'in_force' }], true, 'U_A')).toBe('taken_back')
  expect(await history()).toMatchObject([{ state: 'taken_back', endedBy: '' }])
  await tune(deps, workspaceId, weightsName)
  expect((await history())[0]).toMatchObject({ version: 2, state: 'proposed' })
  await approval.setApproval(workspaceId, false, 'U1', 1)
  await tune(deps, workspaceId, weightsName)
  expect((await history())[0]).toMatchObject({ version: 2, state: 'trial' })
  expect(await tunings.reset(workspaceId, weightsName, 'U1', 1)).toBe(1)
}, 120_000)

test('a quarter of the runs uses what is on trial, the same ones again, and another quarter for another setting', async () => {
  const { run, tunings, deps } = simulate(weightsName, () => 0.9)
  await run(50)
  await world.database.db.transaction().execute((trx) => tunings.begin(trx, { workspaceId, name: 'temperature:writer', version: 1, againstVersion: 0, value: { temperature: 0.5 }, step: 'temperature up' }, 1))
  const settings = new TunedSettings(tunings, deps.nowMs)
  const drawn = await Promise.all(Array.from({ length: 1_000 }, async () => {
    const { runId } = aNewRun()
    const [tuned, again] = [await settings.of(workspaceId, runId), await new TunedSettings(tunings, deps.nowMs).of(workspaceId, runId)]
    expect(again(weightsName)).toEqual(tuned(weightsName))
    return [tuned(weightsName).version, tuned('temperature:writer').version] as const
  }))
  const share = (of: (one: readonly [number, number]) => boolean): number => drawn.filter(of).length / drawn.length
  // Shares of 1,000 draws; 5 standard deviations of a quarter are 0.07.
  expect(Math.abs(share(([weights]) => weights === 1) - 0.25)).toBeLessThan(0.07)
  expect(Math.abs(share(([weights, temperature]) => weights === 1 && temperature === 1) - 1 / 16)).toBeLessThan(0.05)
})
