import type { Recipe } from '../../storage/records.ts'

const labels = { specialtyId: 'specialist', topology: 'form of work', modelId: 'model', tools: 'tools', format: 'format', temperature: 'temperature' } as const

/** The recipe in lines, for people. */
export function describeRecipe(recipe: Recipe): readonly string[] {
  const fields = (Object.keys(labels) as (keyof typeof labels)[]).flatMap((name) => (recipe[name] === undefined ? [] : [`${labels[name]}: ${shown(recipe[name])}`]))
  return [...fields, ...recipe.guidance.map((text) => `guidance: ${text}`)]
}

/** What is another between two recipes: `- ` what went, `+ ` what came. Empty when they are the same. */
export function diffRecipes(before: Recipe, after: Recipe): readonly string[] {
  const [old, fresh] = [describeRecipe(before), describeRecipe(after)]
  return [...old.filter((line) => !fresh.includes(line)).map((line) => `- ${line}`), ...fresh.filter((line) => !old.includes(line)).map((line) => `+ ${line}`)]
}

const shown = (value: string | number | readonly string[]): string => (typeof value === 'object' ? value.join(', ') || 'none' : String(value))

/** True when both say the same. */
export const isSameRecipe = (a: Recipe, b: Recipe): boolean => diffRecipes(a, b).length === 0
