import { once } from 'node:events'
import { parseArgs } from 'node:util'
import { asMurmurError, MurmurError } from '../errors.ts'
import { openReader } from '../storage/database.ts'
import type { WorkspaceId } from '../storage/records.ts'
import { eachRunFact, workspacesSince } from '../storage/run-facts.ts'
import { readProcessStores } from './config.ts'

const dayMs = 24 * 3_600_000
const defaultDays = 30

// npm run facts -s [-- --days N --workspace ID]
try {
  const { values } = parseArgs({ options: { days: { type: 'string' }, workspace: { type: 'string' } } })
  const days = Number(values.days ?? defaultDays)
  if (!(days > 0)) throw new MurmurError('MUR_USAGE', { wanted: '--days to be a number above 0', found: values.days, hint: 'For example `npm run facts -s -- --days 7`.' })
  const { dataDir, databaseUrl } = readProcessStores()
  const store = await openReader({ url: databaseUrl, dataDir })
  try {
    const fromMs = Date.now() - days * dayMs
    const workspaces = values.workspace === undefined ? await workspacesSince(store.db, fromMs) : [values.workspace as WorkspaceId]
    for (const workspaceId of workspaces) {
      for await (const fact of eachRunFact(store.db, { workspaceId, fromMs })) {
        // Whoever reads slowly is waited for: a year of runs need not lie in memory.
        if (!process.stdout.write(`${JSON.stringify(fact)}\n`)) await once(process.stdout, 'drain')
      }
    }
  } finally {
    await store.close()
  }
} catch (error) {
  process.stderr.write(`No facts were read. ${asMurmurError(error).message}\n`)
  process.exitCode = 1
}
