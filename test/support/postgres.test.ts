import { afterAll, expect, test } from '@jest/globals'
import pg from 'pg'
import { createTestDatabase } from './postgres.ts'

const databases = await Promise.all([createTestDatabase(), createTestDatabase()])

afterAll(async () => {
  await Promise.all(databases.map((database) => database.drop()))
})

async function query(url: string, statement: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query<Record<string, unknown>>(statement)).rows
  } finally {
    await client.end()
  }
}

test('two test databases do not see each other', async () => {
  const [first, second] = databases
  await query(first?.url ?? '', 'create table thing (id integer)')
  expect(await query(second?.url ?? '', "select to_regclass('thing') as found")).toEqual([{ found: null }])
})

test('a dropped database is gone, also when a client is still connected', async () => {
  const database = await createTestDatabase()
  const client = new pg.Client({ connectionString: database.url })
  client.on('error', () => {})
  await client.connect()
  await database.drop()
  await expect(query(database.url, 'select 1')).rejects.toThrow(/does not exist/)
  await client.end().catch(() => {})
})
