import { expect, test } from '@jest/globals'
import pg from 'pg'
import { startPostgres } from './postgres.ts'

async function ask(url: string, statement: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url })
  client.on('error', () => {})
  await client.connect()
  try {
    return (await client.query<Record<string, unknown>>(statement)).rows
  } finally {
    await client.end()
  }
}

test('a server that was killed comes back at its address with all that it had confirmed', async () => {
  const server = await startPostgres({ isKillable: true })
  try {
    await ask(server.url, 'create table thing (id integer)')
    await ask(server.url, 'insert into thing values (7)')
    await server.kill()
    await expect(ask(server.url, 'select 1')).rejects.toThrow('ECONNREFUSED')
    await server.restart()
    expect(await ask(server.url, 'select id from thing')).toEqual([{ id: 7 }])
  } finally {
    await server.stop()
  }
})
