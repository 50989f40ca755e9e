import { describe, expect, test } from '@jest/globals'
import type { CommandCall, CommandDeps } from '../../src/commands/command.ts'
import { configCommands } from '../../src/commands/config-command.ts'
import { MurmurError } from '../../src/errors.ts'
import type { WorkspaceId } from '../../src/storage/records.ts'

const admin = 'U0ADMIN'
const [exportCommand, importCommand] = configCommands

function setUp(files = [{ name: 'agents.json', json: '{ "specialties": [] }', isOwn: true }, { name: 'models.json', json: JSON.stringify({ models: 'x'.repeat(5_000) }), isOwn: false }]) {
  const imported: unknown[] = []
  const deps = {
    isAdmin: async (_: WorkspaceId, userId: string) => userId === admin,
    config: {
      exportFiles: async () => files,
      importFiles: async (_: WorkspaceId, given: unknown, by: string) => {
        imported.push(given, by)
        return Object.keys(given as object)
      },
    },
  } as unknown as CommandDeps
  const run = (command = exportCommand, text = '', userId = admin) =>
    command?.run(deps, { workspaceId: 'T1' as WorkspaceId, channelId: 'C1', userId, text, dedupeKey: 'd', replyUrl: undefined } satisfies CommandCall)
  return { run, deps, imported }
}

test.each([exportCommand, importCommand])('is for admins only (%#)', async (command) => {
  const { run, imported } = setUp()
  await expect(run(command, '{"agents.json":{}}', 'U0BOB')).rejects.toMatchObject({ code: 'MUR_NOT_ALLOWED' })
  expect(imported).toEqual([])
})

describe('export', () => {
  test('shows each file as import takes it, and says which are too long', async () => {
    const reply = await setUp().run()
    expect(reply).toContain("*agents.json* (this workspace's own):\n```{\"agents.json\":{\"specialties\":[]}}```")
    expect(reply).toContain("*models.json* (the installation's) has 5,029 characters, more than the 3,000 that fit here: try `/swarm export models.json`.")
  })

  test.each(['models', 'models.json'])('has more room for one file alone (%s)', async (name) => {
    const reply = await setUp().run(exportCommand, name)
    expect(reply).toContain('xxx')
    expect(reply).not.toContain('agents.json*')
  })

  test('lets nothing in a file become markup', async () => {
    const { run } = setUp([{ name: 'agents.json', json: '{"a":"<!channel> & <@U1>"}', isOwn: true }])
    expect(await run()).toContain('&lt;!channel&gt; &amp; &lt;@U1&gt;')
  })

  test('does not know other files', async () => {
    await expect(setUp().run(exportCommand, 'secrets')).rejects.toMatchObject({ code: 'MUR_USAGE' })
  })
})

describe('import', () => {
  test.each([
    ['plain', '{"budgets.json":{"goalDailyUsd":3}}'],
    ['a code block', '```json\n{"budgets.json":{"goalDailyUsd":3}}\n```'],
    ['quotes of a phone', '{“budgets.json”:{“goalDailyUsd”:3}}'],
  ])('takes %s', async (_, text) => {
    const { run, imported } = setUp()
    expect(await run(importCommand, text)).toContain('Imported `budgets.json`. This counts for new runs')
    expect(imported).toEqual([{ 'budgets.json': { goalDailyUsd: 3 } }, admin])
  })

  test('undoes what Slack makes of addresses and channels', async () => {
    const { run, imported } = setUp()
    await run(importCommand, '{"models.json":{"priceSource":"<https://x.example/a?b=1>"},"budgets.json":{"projects":{"site":["<#C0123456789|general>"]}}}')
    expect(imported[0]).toEqual({ 'models.json': { priceSource: 'https://x.example/a?b=1' }, 'budgets.json': { projects: { site: ['C0123456789'] } } })
  })

  test.each(['', 'please', '{"a":'])('says what it wants for %j', async (text) => {
    await expect(setUp().run(importCommand, text)).rejects.toMatchObject({ code: 'MUR_USAGE' })
  })

  test('tells the admin what is wrong with the files', async () => {
    const { run, deps } = setUp()
    deps.config.importFiles = async () => {
      throw new MurmurError('MUR_CONFIG_INVALID', { problems: 'budgets.json: goalDailyUsd: wanted number, found "<b>"' })
    }
    expect(await run(importCommand, '{}')).toBe(':warning: Nothing was imported:\nbudgets.json: goalDailyUsd: wanted number, found "&lt;b&gt;"')
  })
})
