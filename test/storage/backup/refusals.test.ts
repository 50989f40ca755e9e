import { copyFileSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { restoreBackup } from '../../../src/storage/backup/restore-backup.ts'
import { writeBackup } from '../../../src/storage/backup/write-backup.ts'
import { openDatabase } from '../../../src/storage/database.ts'
import { addRun, sumsOf } from './filled-store.ts'

const root = mkdtempSync(join(tmpdir(), 'murmur-refusals-'))
const good = join(root, 'good.gz')
const kept = join(root, 'kept')

beforeAll(async () => {
  const database = await openDatabase({ dataDir: join(root, 'source') })
  for (let number = 0; number < 30; number++) await addRun(database, number)
  await writeBackup({ place: database.place }, good, 1)
  await database.close()
  const target = await openDatabase({ dataDir: kept })
  await addRun(target, 1)
  await target.close()
})
afterAll(() => rmSync(root, { recursive: true, force: true }))

const runsIn = async (dataDir: string): Promise<number> => {
  const database = await openDatabase({ dataDir })
  const { runs } = await sumsOf(database)
  await database.close()
  return runs
}

const lines = (): string[] => gunzipSync(readFileSync(good)).toString('utf8').split('\n').filter((line) => line !== '')
const zip = (changed: readonly string[]): Buffer => gzipSync(`${changed.join('\n')}\n`)
const withLine = (at: number, change: (line: string) => string): Buffer => zip(lines().with(at, change(lines().at(at) ?? '')))

const unusable: Readonly<Record<string, [() => Buffer, RegExp]>> = {
  'is cut off': [() => readFileSync(good).subarray(0, -200), /ends in the middle/],
  'is cut off between two lines': [() => zip(lines().slice(0, -2)), /ends in the middle/],
  'is empty': [() => Buffer.alloc(0), /ends in the middle|empty/],
  'is not zipped': [() => Buffer.from('PGDMP, says another tool'), /no backup of Murmur/],
  'is another zipped file': [() => gzipSync('id,name\n1,a\n'), /no backup of Murmur/],
  'lacks rows': [() => zip(lines().toSpliced(3, 1)), /changed or damaged/],
  'has a changed row': [() => withLine(lines().findIndex((line) => line.includes('"ledger"')), (line) => line.replace('C1', 'C2')), /changed or damaged|do not fit|rows that fit/],
  'is of a later version': [() => withLine(0, (line) => line.replace(/\]\}$/, ',"9999-later"]}')), /later version of Murmur, with 9999-later/],
  'has a table that nobody knows': [() => withLine(1, (line) => line.replace(/"table":"\w+"/, '"table":"kysely_migration"')), /not known: kysely_migration/],
}

for (const [what, [make, message]] of Object.entries(unusable)) {
  test(`a file that ${what} is refused, and changes nothing`, async () => {
    const file = join(root, 'bad.gz')
    writeFileSync(file, make())
    await expect(restoreBackup({ place: { dataDir: kept } }, file, true)).rejects.toMatchObject({ code: 'MUR_BACKUP_UNUSABLE', message: expect.stringMatching(message) })
    expect(await runsIn(kept)).toBe(1)
    expect(readdirSync(kept).filter((name) => name.startsWith('restoring-'))).toEqual([])
  })
}

test('a store with data is overwritten with --force only, and one that is open not at all', async () => {
  const refused = { code: 'MUR_BACKUP_UNUSABLE' }
  await expect(restoreBackup({ place: { dataDir: kept } }, good, false)).rejects.toMatchObject({ ...refused, message: expect.stringContaining('--force') })
  await expect(restoreBackup({ place: { dataDir: kept } }, join(root, 'none.gz'), true)).rejects.toMatchObject({ ...refused, message: expect.stringContaining('no file of this name') })
  const running = await openDatabase({ dataDir: kept })
  await sumsOf(running)
  await expect(restoreBackup({ place: { dataDir: kept } }, good, true)).rejects.toMatchObject({ ...refused, message: expect.stringContaining('Stop Murmur first') })
  await addRun(running, 2)
  await running.close()
  expect(await runsIn(kept)).toBe(2)
  await restoreBackup({ place: { dataDir: kept } }, good, true)
  expect(await runsIn(kept)).toBe(30)
})

test('a backup of an older form of the tables is brought to the present one', async () => {
  const dataDir = join(root, 'older')
  const old = await openDatabase({ dataDir, upTo: '0005-memory' })
  await old.db.insertInto('config_overrides').values({ workspace_id: 'T1', file: 'teams.json', json: '{}', updated_by: 'U1', updated_at_ms: 1 }).execute()
  const file = join(root, 'older.gz')
  await writeBackup({ place: old.place }, file, 1)
  await old.close()
  copyFileSync(file, join(root, 'copy.gz'))
  const place = { dataDir: join(root, 'newer') }
  await restoreBackup({ place }, file, false)
  const database = await openDatabase(place)
  expect(await database.db.selectFrom('config_overrides').select('file').execute()).toEqual([{ file: 'teams.json' }])
  expect(await sumsOf(database)).toMatchObject({ runs: 0, tasks: 0 })
  await database.close()
})
