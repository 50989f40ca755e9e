import { createHash } from 'node:crypto'
import type { Logger } from 'pino'
import { retirementNotices } from '../agents/model-catalogue.ts'
import { type LaneSharing, ModelLanes } from '../agents/model-lanes.ts'
import type { ConfigExchange } from '../commands/config-exchange.ts'
import { createConfigStore } from '../storage/config-store.ts'
import type { Database } from '../storage/database.ts'
import { composeModels } from './compose-models.ts'
import { type ConfigFiles, readConfigTexts } from './config-files.ts'
import { createConfigExchange } from './exchange-config.ts'
import { LiveSettings, type Settings } from './live-settings.ts'
import { ModelClients } from './model-clients.ts'
import { type ProviderKeys, resolveProviders } from './resolve-providers.ts'

export interface SettingsOptions extends ProviderKeys {
  /** Undefined: the files that come with the package. */
  readonly configDir: string | undefined
  /** The files are looked at so often; undefined: only when asked to. */
  readonly configPollMs?: number
  readonly logger: Logger
  /** Unset: this process is alone with its model servers. */
  readonly laneSharing?: LaneSharing | undefined
  readonly nowMs: () => number
}

/** The configuration in force, and the way for workspaces to give and take it. */
export interface ComposedSettings {
  readonly settings: LiveSettings
  readonly config: ConfigExchange
  /** Reads the files again; what changed counts for new runs, what is wrong is logged and changes nothing. */
  reload(): Promise<void>
  stop(): void
}

/** @throws {MurmurError} MUR_CONFIG_INVALID when the files cannot be used */
export async function composeSettings(options: SettingsOptions, database: Database): Promise<ComposedSettings> {
  const { logger, nowMs, configDir } = options
  const setup = { clients: new ModelClients(nowMs), lanes: new ModelLanes({ now: nowMs, shared: options.laneSharing }), nowMs }
  const build = (files: ConfigFiles): Settings => {
    const providerOf = resolveProviders(files.models, options, files.texts['models.json'].label)
    return { files, models: composeModels(files.models, providerOf, setup), catalogue: files.specialties, basis: basisOf(files) }
  }
  const store = createConfigStore(database)
  const settings = await LiveSettings.open({
    readTexts: () => readConfigTexts(configDir),
    build,
    store,
    nowMs,
    onRefused: (error, whose) => logger.error({ err: error }, `the configuration of ${whose} cannot be used and changes nothing: ${error.message}`),
  })
  const warn = () => retirementNotices(settings.base.files.models, nowMs()).forEach((notice) => logger.warn(notice))
  warn()
  const reload = async (): Promise<void> => {
    if (!(await settings.reload())) return
    logger.info('the configuration changed and counts for new runs')
    warn()
  }
  const timer = options.configPollMs === undefined ? undefined : setInterval(() => void reload(), options.configPollMs)
  timer?.unref()
  return { settings, config: createConfigExchange({ settings, store, build, nowMs }), reload, stop: () => clearInterval(timer) }
}

/** Tools are code and have no form to hash; their names stand with their specialties. */
const basisOf = ({ texts, specialties }: ConfigFiles): string =>
  createHash('sha256').update(JSON.stringify([texts['models.json'].text, specialties.list()])).digest('base64url').slice(0, 16)
