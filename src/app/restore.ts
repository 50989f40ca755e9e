import { parseArgs } from 'node:util'
import { asMurmurError, MurmurError } from '../errors.ts'
import { restoreBackup } from '../storage/backup/restore-backup.ts'
import { ChromaVectors } from '../storage/vectors/chroma-vectors.ts'
import { readProcessStores } from './config.ts'

// npm run restore -- FILE [--force]
try {
  const { positionals, values } = parseArgs({ allowPositionals: true, options: { force: { type: 'boolean', default: false } } })
  const [path] = positionals
  if (path === undefined) throw new MurmurError('MUR_USAGE', { wanted: 'the file of a backup', hint: 'npm run restore -- FILE [--force]' })
  const { dataDir, databaseUrl, chromaUrl } = readProcessStores()
  const chroma = chromaUrl === undefined ? undefined : new ChromaVectors({ url: chromaUrl, nowMs: Date.now })
  const { madeAtMs, rows, problems } = await restoreBackup({ place: { url: databaseUrl, dataDir }, chroma }, path, values.force)
  const where = [databaseUrl === undefined ? `SQLite in ${dataDir}` : 'PostgreSQL', ...(chroma ? ['the memory on Chroma'] : [])].join(', ')
  process.stdout.write(`Restored ${rows.toLocaleString('en-US')} rows of ${new Date(madeAtMs).toISOString()} to ${where}.\n`)
  for (const problem of problems) process.stdout.write(`To look at: ${problem}\n`)
} catch (error) {
  process.stderr.write(`The restore did not come to its end. ${asMurmurError(error).message}\n`)
  process.exitCode = 1
}
