import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { sql } from 'kysely'
import { openDatabase, type Database } from '../../src/storage/database.ts'
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts'
import { startProxy, type Proxy } from '../support/tcp-proxy.ts'

let server: TestDatabase
let proxy: Proxy
let database: Database

beforeAll(async () => {
  server = await createTestDatabase()
  proxy = await startProxy(server.url)
  database = await openDatabase({ url: proxy.url, dataDir: '' })
})
afterAll(async () => {
  await database.close()
  await proxy.close()
  await server.drop()
})

/** An idle connection may find out only by its next query that it is gone. */
async function answersAgain(): Promise<void> {
  while ((await ask().catch(() => [])).length === 0);
}

const ask = () => sql<{ one: number }>`select 1 as one`.execute(database.db).then(({ rows }) => rows)

test('a connection that breaks in the middle of a query is a store that is down, and a later query has another one', async () => {
  const asked = sql`select pg_sleep(60)`.execute(database.db)
  const refused = asked.catch((error: unknown) => error)
  const isSleeping = () => sql`select 1 from pg_stat_activity where state = 'active' and query = 'select pg_sleep(60)'`.execute(database.db).then(({ rows }) => rows.length > 0)
  while (!(await isSleeping()));
  await proxy.cut()
  expect(await refused).toMatchObject({ code: 'MUR_STORE_DOWN', retry: 'backoff' })
  await answersAgain()
})

test('a transaction whose connection breaks is a store that is down', async () => {
  const work = database.db.transaction().execute(async (trx) => {
    await sql`select 1`.execute(trx)
    await proxy.cut()
    await sql`select 2`.execute(trx)
  })
  await expect(work).rejects.toMatchObject({ code: 'MUR_STORE_DOWN' })
  await answersAgain()
})

test('a server that can not be reached is a store that is down, until it can', async () => {
  await proxy.refuse()
  await expect(ask()).rejects.toMatchObject({ code: 'MUR_STORE_DOWN' })
  proxy.allow()
  await answersAgain()
})

test('a connection that the server ends is a store that is down', async () => {
  await expect(sql`select pg_terminate_backend(pg_backend_pid())`.execute(database.db)).rejects.toMatchObject({ code: 'MUR_STORE_DOWN' })
  expect(await ask()).toEqual([{ one: 1 }])
})

test('what is wrong with a query stays what it is', async () => {
  await expect(sql`select nothing from nowhere`.execute(database.db)).rejects.toMatchObject({ code: '42P01' })
})

test('a version opens a store to which a later one has added', async () => {
  await sql`insert into kysely_migration (name, timestamp) values ('9999-later', '2030-01-01T00:00:00.000Z')`.execute(database.db)
  const again = await openDatabase({ url: server.url, dataDir: '' })
  expect((await sql<{ one: number }>`select 1 as one`.execute(again.db)).rows).toEqual([{ one: 1 }])
  await again.close()
})
