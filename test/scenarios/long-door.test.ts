import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { createOfflineModel } from '../../playground/offline-model/create-offline-model.ts'
import { createMurmur } from '../../src/app/create-murmur.ts'
import type { ThreadFile } from '../../src/orchestration/thread-port.ts'
import { openStoreReader } from './read-store.ts'

const rain = 'Rain fell on the quay, and the nets hung empty between the masts of the old boats.\n\n'

test('a text of 2 MB is answered from its passages, within a window of 16,000 tokens a call', async () => {
  await using opened = new AsyncDisposableStack()
  const dataDir = opened.adopt(mkdtempSync(join(tmpdir(), 'murmur-door-')), (path) => rmSync(path, { recursive: true, force: true }))
  const model = opened.adopt(await createOfflineModel(), (one) => one.close())
  const murmur = opened.adopt(await createMurmur({ dataDir, openAiBaseUrl: model.baseUrl, openAiApiKey: 'offline' }), (one) => one.close())
  const files: ThreadFile[] = []
  const text = `Where is the silver key of the lighthouse keeper?\n\n${rain.repeat(12_000)}The lighthouse keeper hid the silver key under the third step of the tower.\n\n${rain.repeat(12_000)}`
  expect(text.length).toBeGreaterThan(1_900_000)
  const result = await murmur.ask(text, { threadId: 'door-1', onFile: (file) => void files.push(file) })
  expect(result).toMatchObject({ status: 'completed', tier: 1 })
  expect(result.text).toMatch(/“The lighthouse keeper hid the silver key under the third step of the tower\.” \[p\d+\]/)
  expect(result.text).toContain('**Sources**')
  expect(files.map(({ bytes }) => Buffer.from(bytes).toString() === text)).toEqual([true])
  const chats = model.requests().filter(({ kind }) => kind === 'chat')
  for (const { usage } of chats) expect(usage?.promptTokens).toBeLessThan(16_000)
  // Its row stays small, however many are listed.
  const [run] = openStoreReader(dataDir).runsOf('door', 'door-1')
  expect(JSON.stringify(run).length).toBeLessThan(20_000)
})
