import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createOfflineModel } from '../../playground/offline-model/create-offline-model.ts'
import type { OfflineModel } from '../../playground/offline-model/offline-model.ts'
import { createMurmur, type Murmur } from '../../src/app/create-murmur.ts'
import { judgedEvery } from '../../src/orchestration/judge-run.ts'
import { openDatabase } from '../../src/storage/database.ts'

const dataDir = mkdtempSync(join(tmpdir(), 'murmur-judged-'))
let model: OfflineModel
let murmur: Murmur
beforeAll(async () => {
  model = await createOfflineModel()
  murmur = await createMurmur({ dataDir, openAiBaseUrl: model.baseUrl })
})
afterAll(async () => {
  await model.close()
  rmSync(dataDir, { recursive: true, force: true })
})

/** What the chat calls since `from` were for: the schema they asked for, or `answer`. */
const callsSince = (from: number): string[] =>
  model
    .requests()
    .slice(from)
    .filter(({ body }) => 'messages' in body)
    .map(({ body }) => (body['response_format'] as { json_schema?: { name: string } } | undefined)?.json_schema?.name ?? 'answer')

test('of fifty runs of an agent the last is judged by one call more, which its own budget pays; the others cost nothing more', async () => {
  const question = 'Why does [1, 10, 2].sort() give 1, 10, 2 in JavaScript?'
  const extra: string[][] = []
  const costs: number[] = []
  for (let run = 0; run < judgedEvery + 2; run++) {
    const from = model.requests().length
    const { status, costMicroUsd } = await murmur.ask(question)
    expect(status).toBe('completed')
    costs.push(costMicroUsd)
    extra.push(callsSince(from).filter((name) => name !== 'answer' && name !== 'route'))
  }
  expect(extra.flatMap((names, run) => names.map((name) => [run + 1, name]))).toEqual([[judgedEvery, 'judgement']])
  expect(costs[judgedEvery - 1]).toBeGreaterThan(costs[judgedEvery] ?? 0)
  await murmur.close()
  const database = await openDatabase({ dataDir })
  const figures = await database.db.selectFrom('agent_profiles').selectAll().where('subject', 'like', 'agent:%').execute()
  const agents = await database.db.selectFrom('agents').selectAll().execute()
  const judged = await database.db.selectFrom('runs').select(['quality', 'failure_class']).where('quality', 'is not', null).execute()
  await database.close()
  expect(judged.map((run) => run.failure_class)).toEqual([Number(judged[0]?.quality) <= 2 ? 'poor' : null])
  const countOf = (metric: string) => figures.find((figure) => figure.metric === metric)?.count
  expect([agents.length, agents[0]?.runs_ended, agents[0]?.judged_at_run]).toEqual([1, judgedEvery + 2, judgedEvery])
  expect([countOf('success'), countOf('quality'), countOf('difficulty'), countOf('latency'), countOf('cost')]).toEqual([52, 1, 1, 52, 52])
})
