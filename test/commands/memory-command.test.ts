import { expect, test } from '@jest/globals'
import type { CommandDeps } from '../../src/commands/command.ts'
import { memoryCommand } from '../../src/commands/memory-command.ts'
import type { MemoryDesk } from '../../src/orchestration/memory-desk.ts'
import type { WorkspaceId } from '../../src/storage/records.ts'

const admin = 'U0ADMIN'

function setUp(over: Partial<MemoryDesk> = {}, goalId = 'C1') {
  const calls: unknown[] = []
  const memoryDesk: MemoryDesk = {
    summary: async () => ({ space: { embedder: 'murmur/lexical-2', dimension: 1_024 }, kinds: [{ kind: 'result', count: 1_200 }, { kind: 'position', count: 3 }, { kind: 'message', count: 0 }, { kind: 'document', count: 0 }], vectorBytes: 1203 * 4096 }),
    forget: async (...given) => {
      calls.push(given)
      return 2
    },
    check: async () => ({ items: 1_203, problems: [] }),
    tidy: async () => 7,
    backup: async () => ({ path: '/data/backups/murmur.backup.gz', rows: 9_000, bytes: 3 * 1024 ** 2 }),
    ...over,
  }
  const deps = { memoryDesk, limits: { goalOf: async () => goalId }, isAdmin: async (_: WorkspaceId, userId: string) => userId === admin } as unknown as CommandDeps
  const run = (text: string, userId = admin) => memoryCommand.run(deps, { workspaceId: 'T1' as WorkspaceId, channelId: 'C1', userId, text, dedupeKey: 'd', replyUrl: undefined })
  return { run, calls }
}

test('everybody sees what the channel remembers, by kind, with its space and size', async () => {
  expect(await setUp().run('', 'U0BOB')).toBe('This channel remembers 1,200 answers, 3 findings: 4.7 MB of vectors, embedded by `murmur/lexical-2` with 1024 numbers each.')
  expect(await setUp({}, 'apollo').run('', 'U0BOB')).toMatch(/^The project `apollo` remembers/)
  expect(await setUp({ summary: async () => ({ space: undefined, kinds: [], vectorBytes: 0 }) }).run('')).toMatch(/^This channel remembers nothing yet/)
})

test.each(['check', 'tidy', 'backup', 'forget all'])('`%s` is for admins only', async (text) => {
  const { run, calls } = setUp()
  await expect(run(text, 'U0BOB')).rejects.toMatchObject({ code: 'MUR_NOT_ALLOWED' })
  expect(calls).toEqual([])
})

test('a check says that all is well, or what is not', async () => {
  expect(await setUp().run('check')).toBe('Read 1,203 memories of this workspace, and the database: all is well.')
  const problems = Array.from({ length: 12 }, (_, at) => `\`i${at}\` has 3 numbers instead of 4.`)
  const reply = await setUp({ check: async () => ({ items: 5, problems }) }).run('Check')
  expect(reply).toMatch(/12 problems\.\n• `i0` has 3/)
  expect(reply).toMatch(/… and 2 more\.$/)
})

test('tidying and backing up say what was done', async () => {
  expect(await setUp().run('tidy')).toContain('7 expired memories are deleted')
  expect(await setUp().run('backup')).toBe('Backed up 9,000 rows, 3.0 MB: `/data/backups/murmur.backup.gz` on the machine of Murmur.')
})

test('a run or everything of the channel is forgotten, and nothing by a slip', async () => {
  const { run, calls } = setUp()
  expect(await run('forget `0192aaaa-bbbb-7ccc-8ddd-eeeeffff0000`')).toMatch(/^Forgot 2 memories of the run `0192aaaa/)
  expect(await run('forget all')).toMatch(/^Forgot 2 memories of this channel/)
  expect(calls).toEqual([['T1', 'C1', '0192aaaa-bbbb-7ccc-8ddd-eeeeffff0000'], ['T1', 'C1', undefined]])
  for (const wrong of ['forget', 'forget everything please', 'forget <!channel>', 'forget me', 'clear']) await expect(run(wrong)).rejects.toMatchObject({ code: 'MUR_USAGE' })
  expect(calls).toHaveLength(2)
})
