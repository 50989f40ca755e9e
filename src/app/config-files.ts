import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { invalidConfig, readConfigText } from '../agents/config-file.ts'
import { type ModelCatalogue, modelCatalogueSchema, parseModelCatalogue } from '../agents/model-catalogue.ts'
import { ownSpecialtiesSchema, parseOwnSpecialties } from '../agents/own-specialties.ts'
import { createSpecialtyCatalogue, type SpecialtyCatalogue } from '../agents/specialty-catalogue.ts'
import { MurmurError } from '../errors.ts'
import { budgetsSchema, type BudgetSettings, parseBudgets } from '../orchestration/paid-calls/budget-settings.ts'
import { parseTeams, type Team, teamsSchema } from '../orchestration/teams/team.ts'

export const configFileNames = ['models.json', 'agents.json', 'teams.json', 'budgets.json'] as const
export type ConfigFileName = (typeof configFileNames)[number]

/** What config/schemas is made from, by `node scripts/write-schemas.ts`. */
export const configSchemas = {
  'models.json': modelCatalogueSchema,
  'agents.json': ownSpecialtiesSchema,
  'teams.json': teamsSchema,
  'budgets.json': budgetsSchema,
} as const satisfies Record<ConfigFileName, unknown>

/** A file's text, and what messages call the file. */
export interface ConfigText {
  readonly text: string
  readonly label: string
}
export type ConfigTexts = Readonly<Record<ConfigFileName, ConfigText>>

/** Everything the configuration files say, checked, each and together. */
export interface ConfigFiles {
  readonly models: ModelCatalogue
  readonly specialties: SpecialtyCatalogue
  readonly teams: readonly Team[]
  readonly budgets: BudgetSettings
  readonly texts: ConfigTexts
}

/** The files that come with the package and work as they are. */
const shippedConfigDir = join(import.meta.dirname, '../../config')

/**
 * Reads the configuration.
 * @param dir may hold only some of the files: the shipped ones take the place of the others; undefined: all shipped
 * @throws {MurmurError} MUR_CONFIG_INVALID naming everything that is wrong in all files at once
 */
export async function loadConfigFiles(dir?: string): Promise<ConfigFiles> {
  return parseConfigFiles(await readConfigTexts(dir))
}

/** @throws {MurmurError} MUR_CONFIG_INVALID when the folder or a file in it cannot be read */
export async function readConfigTexts(dir?: string): Promise<ConfigTexts> {
  if (dir !== undefined && !(await stat(dir).catch(() => undefined))?.isDirectory())
    throw invalidConfig([`${dir}: wanted a folder with ${configFileNames.join(', ')} or some of them, found none`])
  const read = async (name: ConfigFileName): Promise<readonly [ConfigFileName, ConfigText]> => {
    const own = join(dir ?? shippedConfigDir, name)
    const label = dir !== undefined && (await exists(own)) ? own : join(shippedConfigDir, name)
    return [name, { label, text: await readConfigText(label) }]
  }
  return Object.fromEntries(await Promise.all(configFileNames.map(read))) as unknown as ConfigTexts
}

/** @throws {MurmurError} MUR_CONFIG_INVALID naming everything that is wrong in all files at once */
export function parseConfigFiles(texts: ConfigTexts): ConfigFiles {
  const problems: string[] = []
  const parse = <T>(name: ConfigFileName, parser: (text: string, label: string) => T): T | undefined => {
    try {
      return parser(texts[name].text, texts[name].label)
    } catch (error) {
      if (!(error instanceof MurmurError) || error.code !== 'MUR_CONFIG_INVALID') throw error
      problems.push(String(error.details['problems']))
      return undefined
    }
  }
  const models = parse('models.json', parseModelCatalogue)
  const specialties = parse('agents.json', parseSpecialties)
  const known = specialties?.list().map(({ id }) => id)
  // Without the specialties nothing can be said of the teams.
  const teams = known && parse('teams.json', (text, label) => parseTeams(text, label, known))
  const budgets = parse('budgets.json', parseBudgets)
  if (!models || !specialties || !teams || !budgets) throw invalidConfig(problems)
  return { models, specialties, teams, budgets, texts }
}

/** What the file lacks on its own is told by path; what clashes with the shipped ones by the catalogue. */
function parseSpecialties(text: string, label: string): SpecialtyCatalogue {
  const own = parseOwnSpecialties(text, label)
  try {
    return createSpecialtyCatalogue(own)
  } catch (error) {
    if (!(error instanceof MurmurError) || error.code !== 'MUR_CONFIG_INVALID') throw error
    throw invalidConfig([`${label}: ${String(error.details['problems'])}`], error)
  }
}

const exists = async (path: string): Promise<boolean> => (await stat(path).catch(() => undefined)) !== undefined
