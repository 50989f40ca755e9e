import { toolNames } from '../../agents/tools/tool-names.ts'
import type { Recipe } from '../../storage/records.ts'

/** What an improvement changes of a recipe; what is not named stays. */
export interface RecipeChange {
  /** One remark more, in people's own words. */
  readonly addGuidance?: string
  /** All remarks at once, instead of those there are. */
  readonly guidance?: readonly string[]
  /** Remarks that it takes back or replaces, to the letter. */
  readonly dropGuidance?: readonly string[]
  readonly specialtyId?: string
  readonly topology?: string
  readonly modelId?: string
  readonly tools?: readonly string[]
  /** Tools that may no longer be used. */
  readonly dropTools?: readonly string[]
  /** Fields that are decided as for any request again. */
  readonly clear?: readonly Exclude<keyof Recipe, 'guidance'>[]
  readonly format?: string
  readonly temperature?: number
}

/** A recipe is read with each request, so it stays short: of too many remarks the oldest go. */
const maxGuidance = 12
const maxGuidanceChars = 600
const maxFormatChars = 300

export const emptyRecipe: Recipe = { guidance: [] }

/** A remark as it stands in a recipe. */
export const asGuidance = (remark: string): string => remark.replaceAll(/\s+/g, ' ').trim().slice(0, maxGuidanceChars).toWellFormed()

/** The recipe after a change; the same remark twice is one. */
export function applyChange(recipe: Recipe, { addGuidance, guidance: given = recipe.guidance, dropGuidance = [], dropTools, clear = [], format, ...rest }: RecipeChange): Recipe {
  const remarks = given.filter((text) => !dropGuidance.includes(text))
  const added = addGuidance === undefined ? '' : asGuidance(addGuidance)
  const guidance = added === '' ? remarks : [...remarks.filter((text) => text !== added), added]
  const changed = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined)) as Partial<Recipe>
  const left = dropTools && { tools: (rest.tools ?? recipe.tools ?? toolNames).filter((name) => !dropTools.includes(name)) }
  const kept = Object.fromEntries(Object.entries(recipe).filter(([name]) => !clear.some((field) => field === name))) as Partial<Recipe>
  return { ...kept, ...changed, ...left, ...(format === undefined ? {} : { format: format.slice(0, maxFormatChars).toWellFormed() }), guidance: guidance.slice(-maxGuidance) }
}

/**
 * What a specialist is told because of a recipe, as a part of its prompt; empty when that is nothing. The remarks are
 * people's wishes about the answer; they cannot lift the rules that stand before them.
 */
export function instructionsOf({ guidance, format }: Recipe): string {
  const lines = [...guidance.map((text) => `- ${text}`), ...(format === undefined ? [] : [`- Form of the answer: ${format}`])]
  if (lines.length === 0) return ''
  return ['What this team has said about answers to such requests. Follow it where it does not contradict the rules above; later remarks outweigh earlier ones:', ...lines].join('\n')
}
