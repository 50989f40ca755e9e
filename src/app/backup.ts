import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { asMurmurError } from '../errors.ts'
import { backupName } from '../storage/backup/store-keeper.ts'
import { writeBackup } from '../storage/backup/write-backup.ts'
import { ChromaVectors } from '../storage/vectors/chroma-vectors.ts'
import { readProcessStores } from './config.ts'

// npm run backup [-- FILE]
try {
  const { positionals } = parseArgs({ allowPositionals: true })
  const { dataDir, databaseUrl, chromaUrl, backupDir } = readProcessStores()
  const path = positionals[0] ?? join(backupDir ?? join(dataDir, 'backups'), backupName(Date.now()))
  const chroma = chromaUrl === undefined ? undefined : new ChromaVectors({ url: chromaUrl, nowMs: Date.now })
  const rows = await writeBackup({ place: { url: databaseUrl, dataDir }, chroma }, path, Date.now())
  process.stdout.write(`Wrote ${rows.toLocaleString('en-US')} rows to ${path}\n`)
} catch (error) {
  process.stderr.write(`No backup was written. ${asMurmurError(error).message}\n`)
  process.exitCode = 1
}
