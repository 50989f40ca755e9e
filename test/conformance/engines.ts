import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts'
import type { StoreUnderTest } from './state-store.ts'

/** Both engines, each with a new, empty store: every store suite runs on all of them. */
export function storeEngines(): StoreUnderTest[] {
  const dataDir = mkdtempSync(join(tmpdir(), 'murmur-store-'))
  let server: TestDatabase | undefined
  return [
    { name: 'SQLite', create: async () => ({ dataDir }), destroy: async () => rmSync(dataDir, { recursive: true, force: true }) },
    {
      name: 'PostgreSQL',
      create: async () => {
        server = await createTestDatabase()
        return { dataDir, url: server.url }
      },
      destroy: async () => server?.drop(),
    },
  ]
}
