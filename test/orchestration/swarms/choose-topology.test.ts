import { describe, expect, test } from '@jest/globals'
import { createSpecialtyCatalogue } from '../../../src/agents/specialty-catalogue.ts'
import { MurmurError } from '../../../src/errors.ts'
import { chooseByWords, chooseTopology } from '../../../src/orchestration/swarms/choose-topology.ts'
import { SwarmModel, type SwarmScript } from '../../fakes/swarm-model.ts'

const specialties = createSpecialtyCatalogue().list()
const decision = { topology: 'compete', specialists: ['writer', 'marketer', 'writer'], confidence: 0.9, reason: 'It wants one good line.' }

async function choose(script: SwarmScript, objective = 'Should we move to Rust?') {
  const router = new SwarmModel(script)
  return { router, choice: await chooseTopology({ objective, specialties, router, signal: new AbortController().signal }) }
}

test('one decision says the form, who takes part and why', async () => {
  const { router, choice } = await choose(() => decision)
  expect(choice).toEqual({ topology: 'compete', layer: 'model', confidence: 0.9, reason: 'It wants one good line.', specialtyIds: ['writer', 'marketer'] })
  expect(router.calls.map(({ form }) => form)).toEqual(['topology'])
})

test.each<[string, SwarmScript, number]>([
  ['knows no form', () => 'Let them talk.', 2],
  ['names a form that is not there', () => ({ ...decision, topology: 'brawl' }), 2],
  ['is not sure', () => ({ ...decision, confidence: 0.1 }), 1],
  ['is down', () => new MurmurError('MUR_MODEL_DOWN'), 1],
])('words decide when the model %s', async (_, script, calls) => {
  const { router, choice } = await choose(script)
  expect(choice).toMatchObject({ topology: 'debate', layer: 'keywords' })
  expect(router.calls).toHaveLength(calls)
})

test('a stop of the run is no reason to guess', async () => {
  const controller = new AbortController()
  controller.abort(new MurmurError('MUR_RUN_CANCELLED'))
  const router = new SwarmModel(() => decision)
  await expect(chooseTopology({ objective: 'Tea?', specialties, router, signal: controller.signal })).rejects.toMatchObject({ code: 'MUR_RUN_CANCELLED' })
})

describe('by words', () => {
  test.each([
    ['Should we open an office in Lisbon?', 'debate'],
    ['React or Vue for the new dashboard?', 'debate'],
    ['Find a slogan for our bakery', 'compete'],
    ['Rank these six features by value', 'collaborate'],
    ['Refine this paragraph until nothing can be left out', 'particle'],
    ['Work through the open tickets on your own', 'auto'],
    ['Prepare the launch of the newsletter', 'plan'],
  ])('"%s" is worked on as %s', (objective, topology) => {
    expect(chooseByWords(objective).topology).toBe(topology)
  })
})
