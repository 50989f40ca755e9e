import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createOfflineModel } from '../../playground/offline-model/create-offline-model.ts'
import type { OfflineModel } from '../../playground/offline-model/offline-model.ts'
import { readAppManifest } from '../../playground/read-app-manifest.ts'
import { startSet, type RunningSet } from '../../playground/start-set.ts'
import { createWorkspace } from '../../playground/workspace/create-workspace.ts'
import type { Workspace } from '../../playground/workspace/workspace.ts'
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts'
import { startRedis } from '../support/redis.ts'
import type { TestServer } from '../support/tied-server.ts'
import { alice, general, isFinishedAnswer } from './start-scenario.ts'

const startMs = 120_000
const dataDir = mkdtempSync(join(tmpdir(), 'murmur-set-'))
let database: TestDatabase
let redis: TestServer
let model: OfflineModel
let workspace: Workspace
let set: RunningSet

beforeAll(async () => {
  database = await createTestDatabase()
  redis = await startRedis()
  model = await createOfflineModel()
  workspace = await createWorkspace({ servePage: false, retry: true, seed: { ...(await readAppManifest()), channels: [{ id: general, name: 'general' }] } })
  set = await startSet({
    workspace,
    dataDir,
    edges: 2,
    workers: 2,
    stores: { databaseUrl: database.url, redisUrl: redis.url, chromaUrl: undefined },
    openAiBaseUrl: model.baseUrl,
    openAiApiKey: 'offline-test-key',
    environment: { NODE_ENV: 'test' },
  })
}, startMs)

afterAll(async () => {
  await set?.close()
  await workspace?.close()
  await model?.close()
  await redis?.stop()
  await database?.drop()
  rmSync(dataDir, { recursive: true, force: true })
}, startMs)

async function ask(text: string): Promise<string> {
  const { message } = await workspace.say({ user: alice, channel: general, text: `<@${workspace.botUserId}> ${text}` })
  return message.ts
}

const finished = (ts: string) => workspace.thread(general, ts).filter((message) => message.botId !== undefined && isFinishedAnswer(message))
const waitForAnswer = (ts: string) => workspace.waitFor('an answer', () => finished(ts)[0], 60_000)

test('whichever edge takes a delivery, a worker answers it once', async () => {
  const asked: string[] = []
  for (const city of ['Rome', 'Oslo', 'Lima', 'Cairo', 'Quito', 'Delhi']) asked.push(await ask(`write a haiku about ${city}`))
  await Promise.all(asked.map(waitForAnswer))
  expect(asked.map((ts) => finished(ts).length)).toEqual(asked.map(() => 1))
}, startMs)

test('with an edge and a worker gone by kill -9 everything that was accepted is still answered once', async () => {
  const before = await Promise.all(['Bern', 'Kyiv'].map((city) => ask(`write a haiku about ${city}`)))
  await Promise.all([set.stop('edge-1', 'SIGKILL'), set.stop('worker-1', 'SIGKILL')])
  const after = await Promise.all(['Riga', 'Vaduz'].map((city) => ask(`write a haiku about ${city}`)))
  const asked = [...before, ...after]
  await Promise.all(asked.map(waitForAnswer))
  expect(asked.map((ts) => finished(ts).length)).toEqual([1, 1, 1, 1])
}, startMs)
