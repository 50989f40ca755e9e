import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { openDatabase } from '../../src/storage/database.ts'
import { createRunStore } from '../../src/storage/run-store.ts'
import { aNewRun, aRequest } from '../builders.ts'

const program = join(import.meta.dirname, '../../src/app/facts.ts')
const secretText = 'What nobody but the asker should read'
let dataDir: string
beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'murmur-facts-'))
  const database = await openDatabase({ dataDir })
  const runs = createRunStore(database.db)
  const nowMs = Date.now()
  const run = aNewRun({ request: aRequest({ text: secretText }), nowMs })
  await database.db.transaction().execute(async (trx) => {
    await runs.insertOnce(trx, run, [])
    await runs.finish(trx, run.runId, { status: 'completed', answer: secretText, tier: 1, errorCode: undefined }, nowMs)
  })
  await database.close()
})
afterAll(() => rmSync(dataDir, { recursive: true, force: true }))

async function facts(...args: readonly string[]) {
  const child = spawn(process.execPath, [program, ...args], { env: { PATH: process.env['PATH'], MURMUR_DATA_DIR: dataDir }, stdio: ['ignore', 'pipe', 'pipe'] })
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')])
  return { out, err, code: child.exitCode }
}

test('each ended run is one line of JSON, without what was asked and answered', async () => {
  const { out, code } = await facts()
  expect(code).toBe(0)
  expect(out.trim().split('\n').map((line) => JSON.parse(line) as unknown)).toMatchObject([{ workspaceId: 'T1', outcome: 'completed', tier: 1 }])
  expect(out).not.toContain(secretText)
  expect((await facts('--workspace', 'T-other')).out).toBe('')
})

test('a wish that makes no sense is said', async () => {
  expect(await facts('--days', 'many')).toMatchObject({ out: '', err: expect.stringContaining('--days'), code: 1 })
})
