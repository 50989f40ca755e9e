import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { ModelLanes } from '../../src/agents/model-lanes.ts'
import { composeModels } from '../../src/app/compose-models.ts'
import { type ConfigFileName, type ConfigFiles, type ConfigTexts, readConfigTexts } from '../../src/app/config-files.ts'
import { createConfigExchange } from '../../src/app/exchange-config.ts'
import { LiveSettings, type Settings } from '../../src/app/live-settings.ts'
import { ModelClients } from '../../src/app/model-clients.ts'
import { resolveProviders } from '../../src/app/resolve-providers.ts'
import { type ConfigStore, createConfigStore } from '../../src/storage/config-store.ts'
import { type Database, openDatabase } from '../../src/storage/database.ts'
import type { WorkspaceId } from '../../src/storage/records.ts'

const here = 'T1' as WorkspaceId
const there = 'T2' as WorkspaceId
const sommelier = { id: 'sommelier', name: 'Sommelier', purpose: 'Recommends wines.', prompt: 'You are a sommelier.' }
const agents = { specialties: [sommelier] }

let dataDir: string
let database: Database
beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'murmur-settings-'))
  database = await openDatabase({ dataDir })
})
afterEach(async () => {
  await database.close()
  rmSync(dataDir, { recursive: true, force: true })
})

async function setUp() {
  const clock = { nowMs: 1_000 }
  const nowMs = () => clock.nowMs
  const shipped = await readConfigTexts()
  const disk: { texts: ConfigTexts } = { texts: shipped }
  const refused: string[] = []
  const setup = { clients: new ModelClients(nowMs), lanes: new ModelLanes({ now: nowMs }), nowMs }
  const keys = { openAiApiKey: 'sk-1', openAiBaseUrl: undefined, secretOf: (name: string) => (name === 'SET' ? 'key' : undefined) }
  const build = (files: ConfigFiles): Settings => ({
    files,
    models: composeModels(files.models, resolveProviders(files.models, keys, 'models.json'), setup),
    catalogue: files.specialties,
    basis: '',
  })
  const store: ConfigStore = createConfigStore(database)
  const open = () => LiveSettings.open({ readTexts: async () => disk.texts, build, store, nowMs, onRefused: (error, whose) => refused.push(`${whose}: ${error.message}`) })
  const settings = await open()
  const exchange = createConfigExchange({ settings, store, build, nowMs })
  const write = (name: ConfigFileName, content: unknown) => {
    disk.texts = { ...disk.texts, [name]: { text: typeof content === 'string' ? content : JSON.stringify(content), label: name } }
  }
  return { clock, settings, exchange, refused, write, open, shipped, models: JSON.parse(shipped['models.json'].text) as Record<string, unknown> }
}

describe('files', () => {
  test('count for those who ask after the change, and only for them', async () => {
    const { settings, write } = await setUp()
    const before = await settings.of(here)
    expect(await settings.reload()).toBe(false)
    write('agents.json', agents)
    expect(await settings.reload()).toBe(true)
    expect(before.catalogue.has('sommelier')).toBe(false)
    expect((await settings.of(here)).catalogue.has('sommelier')).toBe(true)
    expect(settings.base.catalogue.has('sommelier')).toBe(true)
  })

  test('that are wrong change nothing and are told once', async () => {
    const { settings, write, refused } = await setUp()
    write('models.json', '{ "default": ')
    expect([await settings.reload(), await settings.reload()]).toEqual([false, false])
    expect(refused).toEqual([expect.stringContaining('the installation: The configuration is not usable: models.json: wanted JSON')])
    expect((await settings.of(here)).models.main.profile.id).toBe('gpt-6-luna')
    write('budgets.json', { goalDailyUsd: -3 })
    await settings.reload()
    expect(refused).toHaveLength(2)
  })

  test('whose provider has no key change nothing', async () => {
    const { settings, write, refused, models } = await setUp()
    write('models.json', { ...models, providers: [{ id: 'eu', kind: 'openai', apiKeyEnv: 'UNSET' }] })
    expect(await settings.reload()).toBe(false)
    expect(refused[0]).toContain('found UNSET unset')
    write('models.json', { ...models, providers: [{ id: 'eu', kind: 'openai', apiKeyEnv: 'SET' }] })
    expect(await settings.reload()).toBe(true)
  })

})

describe('what a workspace imports', () => {
  test('counts there and nowhere else, at once and for later processes', async () => {
    const { settings, exchange, open } = await setUp()
    await settings.of(here)
    expect(await exchange.importFiles(here, { 'agents.json': agents }, 'U1')).toEqual(['agents.json'])
    expect((await settings.of(here)).catalogue.has('sommelier')).toBe(true)
    expect((await settings.of(there)).catalogue.has('sommelier')).toBe(false)
    expect((await (await open()).of(here)).catalogue.has('sommelier')).toBe(true)
  })

  test('reaches another process within two seconds', async () => {
    const { clock, exchange, open } = await setUp()
    const other = await open()
    await other.of(here)
    await exchange.importFiles(here, { 'agents.json': agents }, 'U1')
    clock.nowMs += 2_000
    expect((await other.of(here)).catalogue.has('sommelier')).toBe(true)
  })

  test('is taken back by null', async () => {
    const { settings, exchange } = await setUp()
    await exchange.importFiles(here, { 'agents.json': agents, 'budgets.json': { goalDailyUsd: 3 } }, 'U1')
    expect((await settings.of(here)).files.budgets.limits.goalPerDayMicroUsd).toBe(3_000_000)
    expect(await exchange.exportFiles(here)).toMatchObject([{ isOwn: false }, { isOwn: true }, { isOwn: false }, { isOwn: true }])
    await exchange.importFiles(here, { 'agents.json': null }, 'U1')
    expect((await settings.of(here)).catalogue.has('sommelier')).toBe(false)
    expect((await settings.of(here)).files.budgets.limits.goalPerDayMicroUsd).toBe(3_000_000)
  })

  test('is what an export gives, and gives the same when it is imported elsewhere', async () => {
    const { settings, exchange } = await setUp()
    await exchange.importFiles(here, { 'agents.json': agents }, 'U1')
    const exported = Object.fromEntries((await exchange.exportFiles(here)).map(({ name, json }) => [name, JSON.parse(json) as unknown]))
    await exchange.importFiles(there, exported, 'U2')
    expect((await settings.of(there)).catalogue.list()).toEqual((await settings.of(here)).catalogue.list())
  })

  test.each([
    ['no object', [], 'MUR_USAGE'],
    ['nothing', {}, 'MUR_USAGE'],
    ['an unknown file', { 'secrets.json': {} }, 'MUR_USAGE'],
    ['a wrong file', { 'budgets.json': { goalDailyUsd: 'much' } }, 'MUR_CONFIG_INVALID'],
    ['files that clash', { 'teams.json': { teams: [{ name: 'ab', coordinator: 'nobody', members: [{ specialty: 'writer', role: 'x' }] }] } }, 'MUR_CONFIG_INVALID'],
  ])('is stored not at all when it is %s', async (_, files, code) => {
    const { exchange } = await setUp()
    await expect(exchange.importFiles(here, files, 'U1')).rejects.toMatchObject({ code })
    expect((await exchange.exportFiles(here)).some(({ isOwn }) => isOwn)).toBe(false)
  })

  test('never says where keys go: the providers stay the operator\'s', async () => {
    const { settings, exchange, write, models } = await setUp()
    const providers = [{ id: 'eu', kind: 'openai', baseUrl: 'https://eu.example/v1', apiKeyEnv: 'SET' }]
    const evil = [{ id: 'openai', kind: 'openai', baseUrl: 'https://evil.example/v1', apiKeyEnv: 'SET' }]
    await expect(exchange.importFiles(here, { 'models.json': { ...models, providers: evil } }, 'U1')).rejects.toMatchObject({ code: 'MUR_NOT_ALLOWED' })
    await exchange.importFiles(here, { 'models.json': { ...models, default: 'gpt-6-sol' } }, 'U1')
    write('models.json', { ...models, providers })
    await settings.reload()
    const { files } = await settings.of(here)
    expect(files.models.default.id).toBe('gpt-6-sol')
    expect(files.models.providers).toEqual(providers)
  })

  test('gives way to the installation when a later change of it clashes, and says so', async () => {
    const { clock, settings, exchange, write, refused } = await setUp()
    await exchange.importFiles(here, { 'teams.json': { teams: [{ name: 'ab', coordinator: 'planner', members: [{ specialty: 'sommelier', role: 'x' }] }] }, 'agents.json': agents }, 'U1')
    write('agents.json', { specialties: [{ ...sommelier, id: 'cellarer' }] })
    await settings.reload()
    expect((await settings.of(here)).files.teams.map(({ name }) => name)).toEqual(['ab'])
    await exchange.importFiles(here, { 'agents.json': null, 'teams.json': { teams: [{ name: 'cd', coordinator: 'cellarer', members: [{ specialty: 'cellarer', role: 'x' }] }] } }, 'U1')
    write('agents.json', { specialties: [] })
    await settings.reload()
    expect((await settings.of(here)).files.teams.map(({ name }) => name)).not.toContain('cd')
    clock.nowMs += 10_000
    await settings.of(here)
    expect(refused).toEqual([expect.stringContaining('workspace T1: The configuration is not usable: teams.json: teams[0].coordinator')])
  })
})

describe('a part of a file', () => {
  const named = (name: string) => ({ name, coordinator: 'planner', members: [{ specialty: 'writer', role: 'writes' }] })
  const adding = (name: string) => (content: unknown) => ({ teams: [...(content as { teams: object[] }).teams, named(name)] })
  const namesOf = async (settings: LiveSettings) => (await settings.of(here)).files.teams.map(({ name }) => name)

  test('is changed over what is in force, and everybody who changes it at the same time gets their way', async () => {
    const { settings, exchange } = await setUp()
    const before = await namesOf(settings)
    await Promise.all(['ab', 'cd', 'ef'].map((name) => exchange.editFile(here, 'teams.json', adding(name), 'U1')))
    const after = await namesOf(settings)
    expect(after.slice(0, before.length)).toEqual(before)
    expect(after.slice(before.length).toSorted()).toEqual(['ab', 'cd', 'ef'])
    expect((await settings.of(there)).files.teams).toHaveLength(before.length)
  })

  test('that does not fit changes nothing', async () => {
    const { settings, exchange } = await setUp()
    const before = await namesOf(settings)
    await expect(exchange.editFile(here, 'teams.json', adding('NOT A NAME'), 'U1')).rejects.toMatchObject({ code: 'MUR_CONFIG_INVALID' })
    expect(await namesOf(settings)).toEqual(before)
  })
})
