import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { temperatureName } from '../../../src/orchestration/tuning/tunables.ts'
import { TunedSettings } from '../../../src/orchestration/tuning/tuned-settings.ts'
import { createTuningStore } from '../../../src/storage/tuning-store.ts'
import { workspaceId } from '../../fakes/budget-world.ts'
import { clearRequest, openRunnerWorld, type RunnerWorld } from '../runner-world.ts'

let world: RunnerWorld
beforeEach(async () => {
  world = await openRunnerWorld([{ text: 'Here is the plan.' }, { text: 'Here is the plan.' }])
})
afterEach(() => world.close())

const tuned = () => {
  const tunings = createTuningStore(world.database.db)
  const settings = new TunedSettings(tunings, world.clock.now)
  return { tunings, of: settings.of.bind(settings), note: tunings.noteRun }
}
const noted = () => world.database.db.selectFrom('run_tunings').select(['name', 'version']).execute()

test('a run uses the temperature that is in force for its specialist, and keeps with which version it was done', async () => {
  const { tunings, ...used } = tuned()
  await world.database.db.transaction().execute(async (trx) => {
    for (const { id } of world.deps.catalogue.list()) {
      const tuning = { workspaceId, name: temperatureName(id), version: 1, againstVersion: 0, value: { temperature: 0.45 }, step: 'temperature up' }
      await tunings.begin(trx, tuning, 1)
      await tunings.end(trx, tuning, 'in_force', undefined, 2)
    }
  })
  const runId = await world.submit()
  await world.attempt({ tuned: used })
  expect(world.model.requests[0]?.temperature).toBe(0.45)
  expect(await noted()).toEqual([{ name: 'weights', version: 0 }, { name: temperatureName((await world.runOf(runId)).route?.specialtyId ?? ''), version: 1 }])
})

test('without tuning a run is done as configured, and is known as such', async () => {
  const runId = await world.submit({ text: clearRequest })
  await world.attempt({ tuned: tuned() })
  const specialtyId = (await world.runOf(runId)).route?.specialtyId ?? ''
  expect(world.model.requests[0]?.temperature).toBe(world.deps.catalogue.get(specialtyId).temperature)
  expect(await noted()).toEqual([{ name: 'weights', version: 0 }, { name: temperatureName(specialtyId), version: 0 }])
})
