import type { SpecialtyCatalogue } from '../agents/specialty-catalogue.ts'
import { asMurmurError, type MurmurError } from '../errors.ts'
import type { ConfigOverride, ConfigStore } from '../storage/config-store.ts'
import type { WorkspaceId } from '../storage/records.ts'
import type { Models } from './compose-models.ts'
import { type ConfigFiles, type ConfigTexts, configFileNames, parseConfigFiles } from './config-files.ts'
import { withOverrides } from './merge-overrides.ts'

/** What a run works with, from its start to its end; never changes once it is made. */
export interface Settings {
  readonly files: ConfigFiles
  readonly models: Models
  readonly catalogue: SpecialtyCatalogue
  /** Names the agents and models as they are configured: the same settings have the same. */
  readonly basis: string
}

export interface LiveSettingsDeps {
  /** The configuration files as they are now. */
  readonly readTexts: () => Promise<ConfigTexts>
  readonly build: (files: ConfigFiles) => Settings
  readonly store: ConfigStore
  readonly nowMs: () => number
  /** A configuration that cannot be used; what was in force stays so. Told once for each. */
  readonly onRefused: (error: MurmurError, whose: string) => void
}

/** What another process stored for a workspace counts after so long. */
const keptMs = 2_000
const maxKept = 1_000

interface Kept {
  readonly settings: Settings
  /** What it was made from: the generation of the files, and the workspace's own files. */
  readonly version: string
  readonly untilMs: number
}

/**
 * The settings in force: the installation's files, and over them what a workspace imported.
 * Whoever asked for settings keeps them; only who asks again gets new ones. So a change counts for new runs.
 */
export class LiveSettings {
  readonly #deps: LiveSettingsDeps
  readonly #kept = new Map<WorkspaceId, Kept>()
  #base: Settings
  #generation = 0
  #refused = ''

  private constructor(deps: LiveSettingsDeps, base: Settings) {
    this.#deps = deps
    this.#base = base
  }

  /** @throws {MurmurError} MUR_CONFIG_INVALID: there is nothing older to fall back to */
  static async open(deps: LiveSettingsDeps): Promise<LiveSettings> {
    return new LiveSettings(deps, deps.build(parseConfigFiles(await deps.readTexts())))
  }

  /** The installation's, without what workspaces imported. */
  get base(): Settings {
    return this.#base
  }

  async of(workspaceId: WorkspaceId): Promise<Settings> {
    const kept = this.#kept.get(workspaceId)
    const nowMs = this.#deps.nowMs()
    if (kept && kept.untilMs > nowMs) return kept.settings
    const overrides = await this.#deps.store.read(workspaceId)
    const version = `${this.#generation} ${overrides.map(({ file, json, updatedAtMs }) => `${file} ${updatedAtMs} ${json.length}`).join(' ')}`
    const settings = kept?.version === version ? kept.settings : this.#buildOwn(workspaceId, overrides)
    this.#keep(workspaceId, { settings, version, untilMs: nowMs + keptMs })
    return settings
  }

  /**
   * Reads the files again; what is wrong with them is told, and changes nothing.
   * @returns true when other settings are in force now
   */
  async reload(): Promise<boolean> {
    try {
      const texts = await this.#deps.readTexts()
      if (isSame(texts, this.#base.files.texts)) return false
      this.#base = this.#deps.build(parseConfigFiles(texts))
    } catch (cause) {
      const error = asMurmurError(cause)
      if (error.message !== this.#refused) this.#deps.onRefused(error, 'the installation')
      this.#refused = error.message
      return false
    }
    this.#refused = ''
    this.forget()
    return true
  }

  /** The next one who asks gets what is stored now. */
  forget(): void {
    this.#generation++
    for (const [workspaceId, kept] of this.#kept) this.#kept.set(workspaceId, { ...kept, untilMs: 0 })
  }

  /** A file that was fine when it was imported may clash with an installation's that came later. */
  #buildOwn(workspaceId: WorkspaceId, overrides: readonly ConfigOverride[]): Settings {
    if (overrides.length === 0) return this.#base
    try {
      return this.#deps.build(parseConfigFiles(withOverrides(this.#base.files.texts, overrides)))
    } catch (error) {
      this.#deps.onRefused(asMurmurError(error), `workspace ${workspaceId}`)
      return this.#base
    }
  }

  #keep(workspaceId: WorkspaceId, kept: Kept): void {
    this.#kept.delete(workspaceId)
    const oldest = this.#kept.keys().next()
    if (this.#kept.size >= maxKept && !oldest.done) this.#kept.delete(oldest.value)
    this.#kept.set(workspaceId, kept)
  }
}

function isSame(one: ConfigTexts, other: ConfigTexts): boolean {
  return configFileNames.every((name) => one[name].text === other[name].text && one[name].label === other[name].label)
}
