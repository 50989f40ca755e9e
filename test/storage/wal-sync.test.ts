import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { createWalSync } from '../../src/storage/wal-sync.ts'

let dir: string
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'murmur-wal-'))
})
afterEach(() => rmSync(dir, { recursive: true, force: true }))

test('all who wait while a sync runs share the one after it', async () => {
  const path = join(dir, 'a.db')
  writeFileSync(`${path}-wal`, 'log')
  const sync = createWalSync(path)
  const first = sync.flush()
  const meanwhile = Array.from({ length: 64 }, () => sync.flush())
  expect(new Set(meanwhile).size).toBe(1)
  expect(meanwhile[0]).not.toBe(first)
  await Promise.all([first, ...meanwhile])
  await sync.close()
})

test('a log that cannot be synced refuses the promise, and the next one tries anew', async () => {
  const path = join(dir, 'b.db')
  const sync = createWalSync(path)
  await expect(sync.flush()).rejects.toThrow('ENOENT')
  writeFileSync(`${path}-wal`, 'log')
  await sync.flush()
  expect(statSync(`${path}-wal`).size).toBe(3)
  await sync.close()
})
