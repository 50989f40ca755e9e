import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { testAgentStore } from '../conformance/agent-store.ts'
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts'

const dataDir = mkdtempSync(join(tmpdir(), 'murmur-agents-'))
testAgentStore({
  name: 'SQLite',
  create: async () => ({ dataDir }),
  destroy: async () => rmSync(dataDir, { recursive: true, force: true }),
})

let server: TestDatabase | undefined
testAgentStore({
  name: 'PostgreSQL',
  create: async () => {
    server = await createTestDatabase()
    return { dataDir, url: server.url }
  },
  destroy: async () => server?.drop(),
})
