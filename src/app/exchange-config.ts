import { MurmurError } from '../errors.ts'
import type { ConfigExchange } from '../commands/config-exchange.ts'
import type { ConfigChanges, ConfigStore } from '../storage/config-store.ts'
import type { WorkspaceId } from '../storage/records.ts'
import { type ConfigFileName, type ConfigTexts, configFileNames, parseConfigFiles } from './config-files.ts'
import type { LiveSettings, Settings } from './live-settings.ts'
import { refuseOwnProviders, withOverrides } from './merge-overrides.ts'

export interface ExchangeDeps {
  readonly settings: LiveSettings
  readonly store: ConfigStore
  /** Makes the settings on trial, so that nothing is stored that cannot be used. */
  readonly build: (files: Settings['files']) => Settings
  readonly nowMs: () => number
}

const maxTries = 5

/** Gives and takes a workspace's configuration files. Who may, is asked before. */
export function createConfigExchange({ settings, store, build, nowMs }: ExchangeDeps): ConfigExchange {
  return {
    async exportFiles(workspaceId) {
      const own = new Set((await store.read(workspaceId)).map(({ file }) => file))
      const { texts } = (await settings.of(workspaceId)).files
      return configFileNames.map((name) => ({ name, json: texts[name].text, isOwn: own.has(name) }))
    },
    async importFiles(workspaceId, files, by) {
      const changes = readChanges(files, settings.base.files.texts)
      build(parseConfigFiles(await textsAfter(workspaceId, changes)))
      await store.write(workspaceId, changes, by, nowMs())
      settings.forget()
      return Object.keys(changes)
    },
    async editFile(workspaceId, name, edit, by) {
      for (let tries = 0; tries < maxTries; tries++) {
        const own = (await store.read(workspaceId)).find(({ file }) => file === name)
        const json = JSON.stringify(edit(JSON.parse(own?.json ?? settings.base.files.texts[name].text)))
        build(parseConfigFiles(await textsAfter(workspaceId, { [name]: json })))
        if (!(await store.replace(workspaceId, { file: name, before: own?.json, json }, by, nowMs()))) continue
        settings.forget()
        return
      }
      throw new MurmurError('MUR_STORE_CONFLICT', { what: name })
    },
  }

  async function textsAfter(workspaceId: WorkspaceId, changes: ConfigChanges): Promise<ConfigTexts> {
    const kept = (await store.read(workspaceId)).filter(({ file }) => !(file in changes))
    const changed = Object.entries(changes).flatMap(([file, json]) => (json === undefined ? [] : [{ file, json }]))
    return withOverrides(settings.base.files.texts, [...kept, ...changed])
  }
}

/** @throws {MurmurError} MUR_USAGE for anything but an object of known files */
function readChanges(files: unknown, texts: ConfigTexts): ConfigChanges {
  const isObject = typeof files === 'object' && files !== null && !Array.isArray(files)
  const entries = isObject ? Object.entries(files) : []
  const unknown = entries.map(([name]) => name).find((name) => !configFileNames.includes(name as ConfigFileName))
  if (entries.length === 0 || unknown !== undefined) {
    throw new MurmurError('MUR_USAGE', {
      wanted: `a JSON object with ${configFileNames.map((name) => `"${name}"`).join(', ')} or some of them`,
      found: unknown === undefined ? 'another form' : `"${unknown.slice(0, 40)}"`,
      hint: '`/swarm export` shows the form.',
    })
  }
  const changes: Record<string, string | undefined> = {}
  for (const [name, content] of entries as [string, unknown][]) {
    if (name === 'models.json' && content !== null) refuseOwnProviders(content, texts)
    changes[name] = content === null ? undefined : JSON.stringify(content)
  }
  return changes
}
