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
    edges: 1,
    workers: 1,
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

test('one edge takes what people ask, and one worker answers it, behind one address', async () => {
  const { message } = await workspace.say({ user: alice, channel: general, text: `<@${workspace.botUserId}> write a haiku about Rome` })
  const answer = await workspace.waitFor('an answer', () => workspace.thread(general, message.ts).find((one) => one.botId !== undefined && isFinishedAnswer(one)), 60_000)
  expect(answer.text).not.toBe('')
  expect([...set.processes.keys()].toSorted()).toEqual(['edge-1', 'worker-1'])
}, startMs)

test('with its only edge gone nobody answers, until there is one again', async () => {
  await set.stop('edge-1', 'SIGKILL')
  expect((await fetch(`${set.url}/healthz`)).status).toBe(502)
  await set.start('edge-2')
  expect((await fetch(`${set.url}/healthz`)).status).toBe(200)
}, startMs)
