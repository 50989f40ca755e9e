import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { listTables, readTable } from '../../../src/storage/backup/table-rows.ts'
import { restoreBackup } from '../../../src/storage/backup/restore-backup.ts'
import { writeBackup } from '../../../src/storage/backup/write-backup.ts'
import { openDatabase, type Database, type DatabasePlace } from '../../../src/storage/database.ts'
import type { WorkspaceId } from '../../../src/storage/records.ts'
import { ChromaVectors } from '../../../src/storage/vectors/chroma-vectors.ts'
import { EmbeddedVectors } from '../../../src/storage/vectors/embedded-vectors.ts'
import { chromaUrl } from '../../support/chroma.ts'
import { createTestDatabase } from '../../support/postgres.ts'
import { addRun, answersOf, remember, space, sumsOf } from './filled-store.ts'

const root = mkdtempSync(join(tmpdir(), 'murmur-backup-'))
const workspaceId = `Tbackup${process.pid}x${Date.now()}` as WorkspaceId
const drops: (() => Promise<void>)[] = []
const nowMs = () => 5_000
let folders = 0

const places: Readonly<Record<'SQLite' | 'PostgreSQL', () => Promise<DatabasePlace>>> = {
  SQLite: async () => ({ dataDir: join(root, String(++folders)) }),
  PostgreSQL: async () => {
    const { url, drop } = await createTestDatabase()
    drops.push(drop)
    return { url, dataDir: join(root, String(++folders)) }
  },
}
const engines = ['SQLite', 'PostgreSQL'] as const
const filled = new Map<string, Database>()

beforeAll(async () => {
  for (const engine of engines) {
    const database = await openDatabase(await places[engine]())
    filled.set(engine, database)
    for (let number = 0; number < 40; number++) await addRun(database, number)
    const memory = new EmbeddedVectors(database, { nowMs })
    await remember(memory, workspaceId, 60)
    await memory.close()
    await database.db.insertInto('installations').values({ installation_id: 'T1', sealed: 'v1.sealed.bytes', updated_at_ms: 1 }).execute()
  }
}, 120_000)
afterAll(async () => {
  for (const database of filled.values()) await database.close()
  for (const drop of drops) await drop()
  rmSync(root, { recursive: true, force: true })
})

const filledStore = (engine: string): Database => {
  const database = filled.get(engine)
  if (!database) throw new Error(`no store on ${engine}`)
  return database
}

/** Every row of every table, in an order that does not depend on the engine. */
const everything = ({ db, traits }: Database): Promise<Record<string, string[]>> =>
  db.transaction().execute(async (trx) => {
    const found: Record<string, string[]> = {}
    for (const shape of await listTables(trx)) {
      const lines: string[] = []
      for await (const { rows, columns } of readTable(trx, traits, { ...shape, columns: shape.columns.toSorted() })) lines.push(...rows.map((row) => JSON.stringify([columns, row])))
      found[shape.table] = lines.toSorted()
    }
    return found
  })

for (const from of engines) {
  for (const to of engines) {
    test(`a backup of ${from} restores into an empty ${to}, which holds and answers the same and goes on counting`, async () => {
      const file = join(root, `${from}-${to}.gz`)
      const source = filledStore(from)
      const rows = await writeBackup({ place: source.place }, file, nowMs())
      const place = await places[to]()
      expect(await restoreBackup({ place }, file, false)).toEqual({ madeAtMs: 5_000, rows, problems: [] })
      const restored = await openDatabase(place)
      expect(await everything(restored)).toEqual(await everything(source))
      const memories = [new EmbeddedVectors(source, { nowMs }), new EmbeddedVectors(restored, { nowMs })] as const
      expect(await answersOf(memories[1], workspaceId)).toEqual(await answersOf(memories[0], workspaceId))
      for (const memory of memories) await memory.close()
      const last = (await restored.db.selectFrom('events').select(({ fn }) => fn.max('seq').as('seq')).executeTakeFirstOrThrow()).seq
      const { seq } = await restored.db.insertInto('events').values({ workspace_id: 'T1', run_id: null, type: 'x', payload: '{}', at_ms: 1 }).returning('seq').executeTakeFirstOrThrow()
      expect(seq).toBe(last + 1)
      await restored.close()
      expect(readdirSync(place.dataDir).filter((name) => name.startsWith('restoring-'))).toEqual([])
    }, 60_000)
  }
}

for (const engine of engines) {
  test(`a backup of ${engine} under load is of one moment: each run has its task, and the ledger is what was counted`, async () => {
    const source = await openDatabase(await places[engine]())
    const file = join(root, `load-${engine}.gz`)
    let isDone = false
    let written = 0
    const writing = (async () => {
      while (!isDone) {
        await addRun(source, ++written)
        // On SQLite all of that is done without once waiting.
        await nextTurn()
      }
    })()
    const seen: number[] = []
    for (let backup = 0; backup < 3; backup++) {
      await writeBackup({ place: source.place }, file, nowMs())
      const place = await places.SQLite()
      expect((await restoreBackup({ place }, file, false)).problems).toEqual([])
      const restored = await openDatabase(place)
      const { runs, tasks, ledger, counted } = await sumsOf(restored)
      expect(tasks).toBe(runs)
      expect(counted).toBe(ledger)
      seen.push(runs)
      await restored.close()
    }
    isDone = true
    await writing
    expect(seen.toSorted((a, b) => a - b)).toEqual(seen)
    expect(seen.at(-1)).toBeGreaterThan(0)
    await source.close()
  }, 120_000)
}

test('a memory moves from the database to Chroma and back, with its vectors', async () => {
  const chroma = new ChromaVectors({ url: chromaUrl(), nowMs })
  // The server is shared with other tests, whose memory is none of this installation.
  const own = {
    workspaces: async () => (await chroma.workspaces()).filter((each) => each.workspaceId === workspaceId),
    readAll: chroma.readAll.bind(chroma),
    upsert: chroma.upsert.bind(chroma),
    delete: chroma.delete.bind(chroma),
  }
  const source = filledStore('SQLite')
  const [there, back] = [join(root, 'to-chroma.gz'), join(root, 'from-chroma.gz')]
  await writeBackup({ place: source.place }, there, nowMs())
  const [onChroma, again] = [await places.SQLite(), await places.SQLite()]
  await restoreBackup({ place: onChroma, chroma: own }, there, false)
  const embedded = new EmbeddedVectors(source, { nowMs })
  const wanted = await answersOf(embedded, workspaceId)
  expect(await answersOf(chroma, workspaceId)).toEqual(wanted)
  expect(await chroma.spaceOf(workspaceId)).toEqual(space)
  await expect(restoreBackup({ place: await places.SQLite(), chroma: own }, there, false)).rejects.toMatchObject({ code: 'MUR_BACKUP_UNUSABLE' })
  await writeBackup({ place: onChroma, chroma: own }, back, nowMs())
  await restoreBackup({ place: again }, back, false)
  const database = await openDatabase(again)
  const memory = new EmbeddedVectors(database, { nowMs })
  expect(await answersOf(memory, workspaceId)).toEqual(wanted)
  for (const each of [memory, embedded, chroma]) await each.close()
  await database.close()
}, 120_000)
