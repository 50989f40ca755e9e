import { expect, test } from '@jest/globals'
import { Saver, streamOf } from '../../bench/learning/savings.ts'
import type { DataSet, LabelledRequest } from '../../bench/learning/requests.ts'

const topics = ['invoice', 'printer', 'holiday', 'laptop', 'badge', 'parking', 'canteen', 'payslip', 'training', 'travel']
const request = (text: string, intent: string, split = 'train'): LabelledRequest => ({ text, intent, domain: '', split, actions: [] })
const learn = topics.flatMap((topic) => Array.from({ length: 6 }, (_, at) => request(`please look after my ${topic} number ${at} on Monday`, topic)))
const set: DataSet = { learn: [...learn, request('what is the meaning of it all', 'oos', 'oos_train')], validate: [], heldOut: undefined }

test('requests of kinds that recur are saved, and each kind costs its three sightings', async () => {
  const stream = streamOf(set, 1, 400)
  const { saved, savedLate, wrong, quality } = await new Saver(1, {}).run(stream)
  expect(saved).toBeGreaterThan(40)
  expect(savedLate).toBeGreaterThan(saved)
  expect([wrong, quality]).toEqual([0, 100])
})

test('the same seed gives the same stream and the same savings, another one another', async () => {
  const run = (seed: number) => new Saver(seed, {}).run(streamOf(set, seed, 200))
  expect(streamOf(set, 1, 200)).toEqual(streamOf(set, 1, 200))
  expect(streamOf(set, 1, 200)).not.toEqual(streamOf(set, 2, 200))
  expect(await run(1)).toEqual(await run(1))
})
