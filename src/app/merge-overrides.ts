import { isDeepStrictEqual } from 'node:util'
import { MurmurError } from '../errors.ts'
import { type ConfigFileName, type ConfigTexts, configFileNames } from './config-files.ts'

type Fields = Readonly<Record<string, unknown>>

/**
 * The installation's files with a workspace's in their place.
 * The providers stay the installation's whatever the workspace's models.json says: they name addresses and the
 * environment variables that hold keys, and a workspace's admin must not send the operator's keys somewhere else.
 */
export function withOverrides(texts: ConfigTexts, overrides: readonly { readonly file: string; readonly json: string }[]): ConfigTexts {
  const merged: Record<ConfigFileName, ConfigTexts[ConfigFileName]> = { ...texts }
  for (const name of configFileNames) {
    const own = overrides.find(({ file }) => file === name)
    if (!own) continue
    const text = name === 'models.json' ? withProviders(own.json, providersIn(texts)) : own.json
    merged[name] = { text, label: name }
  }
  return merged
}

/** @throws {MurmurError} MUR_NOT_ALLOWED when an imported models.json brings providers other than the installation's */
export function refuseOwnProviders(models: unknown, texts: ConfigTexts): void {
  const given = isFields(models) ? models['providers'] : undefined
  if (given === undefined || isDeepStrictEqual(given, providersIn(texts))) return
  throw new MurmurError('MUR_NOT_ALLOWED', {
    action: 'Changing "providers" in models.json',
    who: 'the operator',
    hint: 'They name servers and keys: edit models.json in the configuration folder, and leave "providers" out here.',
  })
}

function withProviders(json: string, providers: unknown): string {
  const models: unknown = JSON.parse(json)
  if (!isFields(models)) return json
  const { providers: _, ...rest } = models
  return JSON.stringify(providers === undefined ? rest : { ...rest, providers })
}

function providersIn(texts: ConfigTexts): unknown {
  const models: unknown = JSON.parse(texts['models.json'].text)
  return isFields(models) ? models['providers'] : undefined
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
