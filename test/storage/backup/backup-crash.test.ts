import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { restoreBackup } from '../../../src/storage/backup/restore-backup.ts'
import { writeBackup } from '../../../src/storage/backup/write-backup.ts'
import { openDatabase } from '../../../src/storage/database.ts'
import { projectRoot } from '../../support/source-tree.ts'
import { addRun, sumsOf } from './filled-store.ts'

const root = mkdtempSync(join(tmpdir(), 'murmur-backup-crash-'))
const source = join(root, 'source')
const whole = join(root, 'whole.gz')
const runs = 20

beforeAll(async () => {
  const database = await openDatabase({ dataDir: source })
  for (let number = 0; number < runs; number++) await addRun(database, number)
  // Large enough that a process is still at it when it is killed.
  const text = Array.from({ length: 20_000 }, () => Math.random().toString(36)).join('')
  for (let at = 0; at < 50; at++) await database.db.insertInto('steps').values({ run_id: 'large', step_key: `s${at}`, status: 'finished', result: text, at_ms: 1 }).execute()
  await writeBackup({ place: database.place }, whole, 1)
  await database.close()
}, 120_000)
afterAll(() => rmSync(root, { recursive: true, force: true }))

/** Kills a program of ours as soon as something is to be seen. @returns false when it was through before */
async function killWhen(program: string, args: readonly string[], dataDir: string, isSeen: () => boolean): Promise<boolean> {
  const child = spawn(process.execPath, [join(projectRoot, 'src/app', program), ...args], { env: { ...process.env, MURMUR_DATA_DIR: dataDir, DATABASE_URL: '', CHROMA_URL: '' }, stdio: 'ignore' })
  const exited = new Promise<boolean>((resolve) => child.once('exit', (_, signal) => resolve(signal === 'SIGKILL')))
  while (child.exitCode === null && !isSeen()) await sleep(1)
  child.kill('SIGKILL')
  return exited
}

const runsIn = async (dataDir: string): Promise<number> => {
  const database = await openDatabase({ dataDir })
  const found = await sumsOf(database)
  await database.close()
  return found.runs
}

test('a backup that is killed in the middle leaves no file under its name', async () => {
  const file = join(root, 'killed.gz')
  expect(await killWhen('backup.ts', [file], source, () => existsSync(`${file}.part`))).toBe(true)
  expect(existsSync(file)).toBe(false)
  await writeBackup({ place: { dataDir: source } }, file, 1)
  expect((await restoreBackup({ place: { dataDir: join(root, 'after') } }, file, false)).rows).toBeGreaterThan(runs)
}, 120_000)

test('a restore that is killed in the middle leaves what was there, and the next one comes through', async () => {
  const dataDir = join(root, 'target')
  const database = await openDatabase({ dataDir })
  await addRun(database, 1)
  await database.close()
  const isUnderWay = () => readdirSync(dataDir).some((name) => name.startsWith('restoring-') && existsSync(join(dataDir, name, 'murmur.db-wal')))
  expect(await killWhen('restore.ts', [whole, '--force'], dataDir, isUnderWay)).toBe(true)
  expect(await runsIn(dataDir)).toBe(1)
  await restoreBackup({ place: { dataDir } }, whole, true)
  expect(await runsIn(dataDir)).toBe(runs)
  expect(readdirSync(dataDir).filter((name) => name.startsWith('restoring-'))).toEqual([])
}, 120_000)

test('a restore into nothing that is killed in the middle leaves nothing', async () => {
  const dataDir = join(root, 'nothing')
  const isUnderWay = () => existsSync(dataDir) && readdirSync(dataDir).some((name) => name.startsWith('restoring-'))
  expect(await killWhen('restore.ts', [whole], dataDir, isUnderWay)).toBe(true)
  expect(existsSync(join(dataDir, 'murmur.db'))).toBe(false)
  await restoreBackup({ place: { dataDir } }, whole, false)
  expect(await runsIn(dataDir)).toBe(runs)
}, 120_000)
