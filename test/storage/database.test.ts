import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from '@jest/globals'
import { MurmurError } from '../../src/errors.ts'
import { openDatabase } from '../../src/storage/database.ts'
import { createRunStore } from '../../src/storage/run-store.ts'
import { aNewRun } from '../builders.ts'

const dir = mkdtempSync(join(tmpdir(), 'murmur-db-'))
afterAll(() => rmSync(dir, { recursive: true, force: true }))

test('a folder that cannot be made is told as such, with what to do', async () => {
  writeFileSync(join(dir, 'file'), '')
  const opening = openDatabase({ dataDir: join(dir, 'file', 'data') })
  await expect(opening).rejects.toThrow(MurmurError)
  await expect(opening).rejects.toMatchObject({ code: 'MUR_STORE_DOWN', message: expect.stringContaining('data folder') })
})

test('a server that does not answer is told as such', async () => {
  const opening = openDatabase({ dataDir: dir, url: 'postgres://nobody:nothing@127.0.0.1:1/none' })
  await expect(opening).rejects.toMatchObject({ code: 'MUR_STORE_DOWN' })
})

test('the write-ahead log is moved into the database while writing goes on, and nothing is lost', async () => {
  const dataDir = join(dir, 'checkpoint')
  const database = await openDatabase({ dataDir })
  const runs = createRunStore(database.db)
  const wal = join(dataDir, 'murmur.db-wal')
  const text = 'x'.repeat(8_000)
  let written = 0
  const deadline = Date.now() + 20_000
  let largest = 0
  // The log grows past its limit, is checkpointed by the worker, and then begins again from its start.
  for (; Date.now() < deadline; written++) {
    const run = aNewRun({ request: { ...aNewRun().request, text } })
    await database.db.transaction().execute((trx) => runs.insertOnce(trx, run, []))
    const { size } = statSync(wal)
    if (size < largest) break
    largest = size
    await new Promise((resolve) => setImmediate(resolve))
  }
  expect(largest).toBeGreaterThan(4 * 1024 * 1024)
  expect(statSync(wal).size).toBeLessThan(largest)
  await database.close()
  const again = await openDatabase({ dataDir })
  const { count } = await again.db.selectFrom('runs').select(({ fn }) => fn.countAll<number>().as('count')).executeTakeFirstOrThrow()
  await again.close()
  expect(count).toBe(written + 1)
})
