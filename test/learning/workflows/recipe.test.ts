import { expect, test } from '@jest/globals'
import { describeRecipe, diffRecipes, isSameRecipe } from '../../../src/learning/workflows/recipe-lines.ts'
import { applyChange, emptyRecipe, instructionsOf } from '../../../src/learning/workflows/recipe.ts'

test('a change adds to a recipe and leaves the rest', () => {
  const recipe = applyChange({ specialtyId: 'writer', guidance: ['Be brief.'] }, { addGuidance: ' Use a\n table. ', modelId: 'large', format: 'a table' })
  expect(recipe).toEqual({ specialtyId: 'writer', modelId: 'large', format: 'a table', guidance: ['Be brief.', 'Use a table.'] })
  expect(applyChange(recipe, { dropGuidance: ['Be brief.'], specialtyId: 'data-analyst' })).toMatchObject({ specialtyId: 'data-analyst', guidance: ['Use a table.'] })
})

test('the same remark twice is one, now the newest, and of too many the oldest go', () => {
  let recipe = emptyRecipe
  for (let at = 0; at < 30; at++) recipe = applyChange(recipe, { addGuidance: `remark ${at}` })
  expect(recipe.guidance).toHaveLength(12)
  expect(applyChange(recipe, { addGuidance: 'remark 20' }).guidance.at(-1)).toBe('remark 20')
  expect(applyChange(recipe, { addGuidance: 'remark 20' }).guidance).toHaveLength(12)
  expect(applyChange(emptyRecipe, { addGuidance: 'x'.repeat(5_000) }).guidance[0]).toHaveLength(600)
  expect(applyChange(emptyRecipe, { addGuidance: '  ' })).toEqual(emptyRecipe)
})

test('a recipe without remarks says nothing to the specialist, one with remarks says them in their words', () => {
  expect(instructionsOf({ specialtyId: 'writer', guidance: [] })).toBe('')
  const said = instructionsOf({ guidance: ['Use a table.'], format: 'at most 5 lines' })
  expect(said).toContain('- Use a table.')
  expect(said).toContain('Form of the answer: at most 5 lines')
})

test('the difference of two recipes reads as what went and what came', () => {
  const before = { specialtyId: 'writer', guidance: ['Be brief.'] }
  const after = { specialtyId: 'data-analyst', guidance: ['Be brief.', 'Use a table.'], tools: [] }
  expect(diffRecipes(before, after)).toEqual(['- specialist: writer', '+ specialist: data-analyst', '+ tools: none', '+ guidance: Use a table.'])
  expect(describeRecipe(before)).toEqual(['specialist: writer', 'guidance: Be brief.'])
  expect(isSameRecipe(before, { guidance: ['Be brief.'], specialtyId: 'writer' })).toBe(true)
})
