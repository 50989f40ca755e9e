import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { testStateStore } from '../conformance/state-store.ts'
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts'

const dataDir = mkdtempSync(join(tmpdir(), 'murmur-store-'))
testStateStore({
  name: 'SQLite',
  create: async () => ({ dataDir }),
  destroy: async () => rmSync(dataDir, { recursive: true, force: true }),
})

let server: TestDatabase | undefined
testStateStore({
  name: 'PostgreSQL',
  create: async () => {
    server = await createTestDatabase()
    return { dataDir, url: server.url }
  },
  destroy: async () => server?.drop(),
})
