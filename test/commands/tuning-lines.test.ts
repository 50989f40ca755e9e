import { expect, test } from '@jest/globals'
import type { CommandCall, CommandDeps } from '../../src/commands/command.ts'
import { showTuning } from '../../src/commands/tuning-lines.ts'
import type { TuningRecord } from '../../src/storage/tuning-store.ts'
import { workspaceId } from '../fakes/budget-world.ts'

const waiting: TuningRecord = { workspaceId, name: 'weights', version: 3, againstVersion: 0, value: { specialtyMatch: 0.9 }, step: 'specialtyMatch up', state: 'proposed', figures: undefined, endedBy: '', startedAtMs: 1, endedAtMs: undefined }

test('where nothing is tuned that is said, with what it takes', async () => {
  const deps = { learning: { tunings: { list: async () => [] } } } as unknown as CommandDeps
  expect(await showTuning(deps, { workspaceId, userId: 'U_BOB' } as CommandCall, '')).toMatch(/No setting is tuned here yet[\s\S]*fifty runs/)
})

function desk(became: 'trial' | 'taken_back' | 'decided before' = 'trial') {
  const decided: unknown[] = []
  const tunings = { list: async (_: string, name = 'weights') => (name === 'weights' ? [waiting] : []) }
  const deps = { learning: { tunings, decideTuning: async (...given: unknown[]) => (decided.push(given), became === 'decided before' ? undefined : became) }, isAdmin: async (_: string, userId: string) => userId === 'U_ADMIN' } as unknown as CommandDeps
  const say = (text: string, userId = 'U_ADMIN') => showTuning(deps, { workspaceId, userId } as CommandCall, text)
  return { decided, say }
}

test('a step that waits is shown with what decides it, and an admin decides', async () => {
  const { decided, say } = desk()
  expect(await say('')).toMatch(/tuning approve weights[\s\S]*version 3 [\s\S]*waits for an admin/)
  expect(await say('approve weights')).toMatch(/specialtyMatch up\* of \*weights\* is tried out/)
  expect(decided).toEqual([[waiting, [waiting], true, 'U_ADMIN']])
  expect(await desk('taken_back').say('decline `weights`')).toMatch(/stays as it is/)
  expect(await desk('taken_back').say('approve weights')).toMatch(/has changed since/)
  expect(await desk('decided before').say('approve weights')).toMatch(/already decided/)
})

test('who is no admin decides nothing, and what does not wait is said to be none', async () => {
  const { decided, say } = desk()
  await expect(say('approve weights', 'U_BOB')).rejects.toMatchObject({ code: 'MUR_NOT_ALLOWED' })
  await expect(say('decline temperature:writer')).rejects.toMatchObject({ code: 'MUR_USAGE' })
  await expect(say('approve')).rejects.toMatchObject({ code: 'MUR_USAGE' })
  expect(decided).toEqual([])
})
