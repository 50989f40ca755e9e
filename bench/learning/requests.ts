import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** One line of a data set. */
export interface LabelledRequest {
  readonly text: string
  readonly intent: string
  readonly domain: string
  readonly split: string
  /** Names of the steps that answer it, in the sets that tell. */
  readonly actions: readonly string[]
}

interface Line {
  readonly t: string
  readonly i: string
  readonly d?: string
  readonly s: string
  readonly a?: readonly string[]
}

/** What is learnt from, and what is judged: the validation part, or the held-out set where the folder has one. */
export interface DataSet {
  readonly learn: readonly LabelledRequest[]
  readonly validate: readonly LabelledRequest[]
  readonly heldOut: readonly LabelledRequest[] | undefined
}

/** Where the data lie unless the command says otherwise: beside the repository. */
export const usualData = (): string => process.env['MURMUR_LEARNING_DATA'] ?? join(import.meta.dirname, '../../../shared/data')

/** A folder with held-out sets alone learns from the usual one. */
export function pathOf(folder: string, file: string): string | undefined {
  return [folder, usualData()].map((place) => join(place, file)).find((path) => existsSync(path))
}

/**
 * Reads `NAME-dev.jsonl` and, if it is there, `NAME-test.jsonl`.
 * @returns undefined when there is nothing to learn from
 */
export function readDataSet(folder: string, name: string): DataSet | undefined {
  const path = pathOf(folder, `${name}-dev.jsonl`)
  if (path === undefined) return undefined
  const rows = readLines(path)
  const test = join(folder, `${name}-test.jsonl`)
  const isJudged = ({ split }: LabelledRequest): boolean => split.endsWith('val')
  return { learn: rows.filter((row) => !isJudged(row)), validate: rows.filter(isJudged), heldOut: existsSync(test) ? readLines(test) : undefined }
}

export const judgedOf = ({ validate, heldOut }: DataSet): readonly LabelledRequest[] => heldOut ?? validate

/** Belongs to nobody: such texts carry a split of their own, or say so. */
export const isOutside = ({ split, intent }: LabelledRequest): boolean => split.startsWith('oos') || intent === 'oos'

function readLines(path: string): LabelledRequest[] {
  const lines = readFileSync(path, 'utf8').split('\n').filter((line) => line.trim() !== '')
  return lines.map((line) => JSON.parse(line) as Line).map(({ t, i, d, s, a }) => ({ text: t, intent: i, domain: d ?? '', split: s, actions: a ?? [] }))
}
