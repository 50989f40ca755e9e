import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { installDebianPackages, installRefusal } from './debian-packages.ts'

const debianRoot = '/usr/lib/postgresql'
const clusterSettings = '/etc/postgresql-common/createcluster.conf'

/**
 * The folder that holds `initdb` and `postgres`, installing Debian's package where that is possible.
 * Order: `POSTGRES_BIN_DIR`, PATH, the newest under Debian's folder.
 * @throws {Error} that says what is missing and the ways to provide it
 */
export async function providePostgresPrograms(): Promise<string> {
  const found = findPostgresPrograms()
  if (found !== undefined) return found
  const refusal = await installRefusal()
  if (refusal !== undefined) throw new Error(missingMessage(refusal))
  await installWithoutCluster()
  const installed = findPostgresPrograms()
  if (installed === undefined) throw new Error(missingMessage('the package postgresql brought no initdb'))
  return installed
}

/** Looks for both programs without installing anything. */
export function findPostgresPrograms(): string | undefined {
  const folders = [process.env['POSTGRES_BIN_DIR'] ?? '', ...(process.env['PATH'] ?? '').split(delimiter), ...debianFolders()]
  return folders.find((folder) => folder !== '' && ['initdb', 'postgres'].every((name) => existsSync(join(folder, name))))
}

function debianFolders(): string[] {
  if (!existsSync(debianRoot)) return []
  const majors = readdirSync(debianRoot).toSorted((a, b) => Number(b) - Number(a))
  return majors.map((major) => join(debianRoot, major, 'bin'))
}

// Debian's package makes and starts a cluster on port 5432 unless told not to; a test run must not leave a service behind.
async function installWithoutCluster(): Promise<void> {
  await installDebianPackages('postgresql-common')
  const before = readFileSync(clusterSettings, 'utf8')
  writeFileSync(clusterSettings, `${before}\ncreate_main_cluster = false\n`)
  try {
    await installDebianPackages('postgresql')
  } finally {
    writeFileSync(clusterSettings, before)
  }
}

function missingMessage(reason: string): string {
  return (
    `The store tests need PostgreSQL (initdb and postgres), and it could not be installed: ${reason}.\n` +
    'Install it (Debian: apt-get install postgresql; macOS: brew install postgresql), or point POSTGRES_BIN_DIR at the folder ' +
    'of its programs, or TEST_POSTGRES_URL at a server where the user may create databases.'
  )
}
