import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals'
import { EmbeddingCache, type Embedder } from '../../src/agents/embeddings.ts'
import { lexicalEmbedder } from '../../src/agents/lexical-embedder.ts'
import { MurmurError } from '../../src/errors.ts'
import { createRunMemory } from '../../src/orchestration/memory-tools.ts'
import type { Payer } from '../../src/orchestration/paid-calls/budget-limits.ts'
import { createEmbeddingMeter } from '../../src/orchestration/paid-calls/metered-embedder.ts'
import { SharedMemory, type RecallFilter } from '../../src/orchestration/shared-memory.ts'
import { newRunId } from '../../src/storage/ids.ts'
import type { WorkspaceId } from '../../src/storage/records.ts'
import { EmbeddedVectors } from '../../src/storage/vectors/embedded-vectors.ts'
import { aRequest } from '../builders.ts'
import { openBudgetWorld } from '../fakes/budget-world.ts'
import { aProfile } from '../fakes/model-profile.ts'

let world: Awaited<ReturnType<typeof openBudgetWorld>>
beforeAll(async () => {
  world = await openBudgetWorld()
})
afterAll(() => world.close())

const signal = new AbortController().signal
const profile = aProfile({ id: 'paid-embedder', capabilities: ['embeddings'], inputUsdPerMillion: 1 })
let errors: unknown[] = []
beforeEach(() => {
  errors = []
})

let workspaces = 0
const aPayer = (over: Partial<Payer> = {}): Payer => ({ workspaceId: `T-memory-${workspaces++}` as WorkspaceId, goalId: 'C1', channelId: 'C1', userId: 'U1', runId: newRunId(), ...over })

function open(embedder: Embedder) {
  const { database, ledger, guard, clock } = world
  return new SharedMemory({
    vectors: new EmbeddedVectors(database, { nowMs: clock.now }),
    embedderOf: async () => embedder,
    embedPaid: createEmbeddingMeter({ database, ledger, guard, nowMs: clock.now }),
    cache: new EmbeddingCache(),
    nowMs: clock.now,
    onError: (error) => errors.push(error),
  })
}

/** The lexical vectors under another name, with a price. */
function paidEmbedder(over: Partial<Embedder> = {}): Embedder & { readonly texts: string[] } {
  const texts: string[] = []
  return {
    name: 'acme/paid',
    dimension: 1_024,
    profile,
    texts,
    async embed(given, stop) {
      texts.push(...given)
      return { ...(await lexicalEmbedder.embed(given, stop)), inputTokens: given.length * 10 }
    },
    ...over,
  }
}

const ledgerOf = ({ runId }: Payer) => world.database.db.selectFrom('ledger').selectAll().where('run_id', '=', runId).execute()

test('what is remembered is recalled by its meaning, within its goal and workspace only', async () => {
  const memory = open(lexicalEmbedder)
  const payer = aPayer()
  await memory.remember(payer, [{ id: 'a', kind: 'position', text: 'The invoices are due on Friday' }, { id: 'b', kind: 'result', text: 'The office plants need water' }], signal)
  await memory.remember({ ...payer, goalId: 'C2' }, [{ id: 'c', kind: 'position', text: 'The invoices are due on Monday' }], signal)
  const hits = await memory.recall(payer, 'When is the invoice due?', 5, signal)
  expect(hits.map(({ item }) => item.id)).toEqual(['a', 'b'])
  expect(hits[0]?.item).toMatchObject({ goalId: 'C1', runId: payer.runId, kind: 'position' })
  expect(await memory.recall(aPayer(), 'When is the invoice due?', 5, signal)).toEqual([])
  await memory.close()
})

test('a question may be narrowed to a run, a kind, an agent or a time, and never leaves its goal', async () => {
  const memory = open(lexicalEmbedder)
  const [one, two] = [aPayer(), newRunId()]
  await memory.remember(one, [{ id: 'a', kind: 'document', text: 'Invoices of March' }, { id: 'b', kind: 'position', text: 'Invoices of May', agentId: 'agent-1' }], signal)
  world.clock.advance(1_000)
  await memory.remember({ ...one, runId: two }, [{ id: 'c', kind: 'document', text: 'Invoices of July' }], signal)
  const ask = async (filter: RecallFilter) => (await memory.recall(one, 'invoices', 5, signal, filter)).map(({ item }) => item.id).toSorted()
  expect(await ask({ runId: one.runId })).toEqual(['a', 'b'])
  expect(await ask({ runId: one.runId, kinds: ['document'] })).toEqual(['a'])
  expect(await ask({ agentId: 'agent-1' })).toEqual(['b'])
  expect(await ask({ sinceMs: world.clock.now() })).toEqual(['c'])
  expect(await memory.recall({ ...one, goalId: 'C2' }, 'invoices', 5, signal, { runId: two, goalId: 'C1' } as RecallFilter)).toEqual([])
  await memory.close()
})

test('a paid embedding is held for, settled with its real cost and written down, and a known text costs nothing', async () => {
  const embedder = paidEmbedder()
  const memory = open(embedder)
  const payer = aPayer()
  await memory.remember(payer, [{ id: 'a', kind: 'result', text: 'Forty-two words' }], signal)
  await memory.recall(payer, 'Forty-two words', 1, signal)
  expect(embedder.texts).toEqual(['Forty-two words'])
  expect(await ledgerOf(payer)).toEqual([expect.objectContaining({ model_id: 'paid-embedder', outcome: 'ok', input_tokens: 10, amount_micro_usd: 10 })])
  expect(await world.database.db.selectFrom('reservations').selectAll().where('run_id', '=', payer.runId).execute()).toEqual([])
  await memory.close()
})

test('an embedding that the budget has no room for is not made, and the agent is told so in words', async () => {
  const embedder = paidEmbedder({ profile: aProfile({ id: 'dear', inputUsdPerMillion: 1_000_000 }) })
  const memory = open(embedder)
  const payer = aPayer()
  await expect(memory.remember(payer, [{ id: 'a', kind: 'result', text: 'x'.repeat(5_000) }], signal)).rejects.toMatchObject({ code: 'MUR_BUDGET_SPENT' })
  expect(embedder.texts).toEqual([])
  const run = { ...payer, request: aRequest({ workspaceId: payer.workspaceId }) }
  const tool = createRunMemory({ memory, run, goalId: 'C1', agentId: undefined, nameOf: async () => undefined, timeZone: 'UTC', signal })
  expect(await tool.recall('y'.repeat(400))).toMatch(/^Error: .*MUR_BUDGET_SPENT/)
  await memory.close()
})

test('a server without embeddings is asked once, and words are compared from then on', async () => {
  let calls = 0
  const embedder = paidEmbedder({
    async embed() {
      calls++
      throw new MurmurError('MUR_MODEL_REFUSED', { provider: 'acme', status: 404, reason: 'no such model' })
    },
  })
  const memory = open(embedder)
  const payer = aPayer()
  await memory.remember(payer, [{ id: 'a', kind: 'result', text: 'The sky is blue' }], signal)
  expect((await memory.recall(payer, 'blue sky', 1, signal))[0]?.item.id).toBe('a')
  expect(calls).toBe(1)
  expect(errors).toHaveLength(1)
  expect((await ledgerOf(payer)).map(({ outcome, amount_micro_usd: amount }) => [outcome, amount])).toEqual([['MUR_MODEL_REFUSED', 0]])
  await memory.close()
})

test('a server that is down makes the call fail, and nothing is compared with other vectors', async () => {
  const embedder = paidEmbedder({
    async embed() {
      throw new MurmurError('MUR_MODEL_DOWN', { provider: 'acme', reason: 'no answer' })
    },
  })
  const memory = open(embedder)
  await expect(memory.recall(aPayer(), 'blue sky', 1, signal)).rejects.toMatchObject({ code: 'MUR_MODEL_DOWN' })
  await memory.close()
})

test('a memory of another embedder is moved with the first use, and everything is found', async () => {
  const payer = aPayer()
  const before = open(lexicalEmbedder)
  const notes = Array.from({ length: 150 }, (_, at) => ({ id: `n${at}`, kind: 'position' as const, text: `Note ${at} about topic ${at % 10}` }))
  await before.remember(payer, notes, signal)
  await before.close()
  const embedder = paidEmbedder({ name: 'acme/next' })
  const memory = open(embedder)
  await memory.remember(payer, [{ id: 'new', kind: 'result', text: 'Something new' }], signal)
  // Closing waits for the move, or cuts it off; the next use goes on with it.
  await memory.close()
  const again = open(paidEmbedder({ name: 'acme/next' }))
  await again.recall(payer, 'Something new', 1, signal)
  for (let found = 0; found < 100; ) found = (await again.recall(payer, 'Note about topic', 200, signal)).length
  expect((await again.recall(payer, 'Something new', 1, signal))[0]?.item.id).toBe('new')
  await again.close()
})

test('an agent gets short quotes that say who found what and when, and keeps the same note once', async () => {
  const memory = open(lexicalEmbedder)
  const payer = aPayer()
  const run = { ...payer, request: aRequest({ workspaceId: payer.workspaceId }) }
  const tool = createRunMemory({ memory, run, goalId: 'C1', agentId: 'agent-1', nameOf: async (id) => (id === 'agent-1' ? 'Planner 2' : undefined), timeZone: 'Europe/Berlin', signal })
  expect(await tool.recall('launch date')).toMatch(/^Nothing like that/)
  for (let twice = 0; twice < 2; twice++) expect(await tool.remember('call-1', 'position', `The launch date is 14 March\n${'and more '.repeat(200)}`)).toMatch(/^Kept/)
  const found = await tool.recall('launch date')
  expect(found).toMatch(/\[1\] finding of the Planner 2, \d+ \w+ \d{4}, \d\d:\d\d\n> The launch date is 14 March\n> and more/)
  expect(found).not.toContain('[2]')
  expect(found.length).toBeLessThan(1_000)
  await memory.close()
})
