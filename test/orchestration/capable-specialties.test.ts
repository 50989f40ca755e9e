import { expect, test } from '@jest/globals'
import { scoreKeywords } from '../../src/agents/keyword-score.ts'
import { createSpecialtyCatalogue } from '../../src/agents/specialty-catalogue.ts'
import { capableOf, narrowByNeeds } from '../../src/orchestration/capable-specialties.ts'

const catalogue = createSpecialtyCatalogue()
const all = { specialties: catalogue.list(), generalistId: catalogue.generalistId, scoreKeywords: (text: string) => scoreKeywords(text, catalogue.list()), forcedSpecialtyId: undefined }
const [someone, other] = catalogue.list()
const needs = someone?.capabilities.slice(0, 2) ?? []

test('without needs everybody is left', () => {
  expect(narrowByNeeds(all, [])).toBe(all)
  expect(narrowByNeeds(all)).toBe(all)
})

test('only who has every capability is weighed, by words too', () => {
  const narrow = narrowByNeeds(all, needs)
  expect(narrow.specialties.length).toBeGreaterThan(0)
  for (const { capabilities } of narrow.specialties) expect(capabilities).toEqual(expect.arrayContaining(needs))
  const ids = narrow.specialties.map(({ id }) => id)
  expect(ids).toContain(narrow.generalistId)
  for (const { id } of narrow.scoreKeywords('plan a database migration and draw a chart of the revenue')) expect(ids).toContain(id)
})

test('one who has them alone is taken without asking anybody', () => {
  const alone = catalogue.list().find(({ capabilities }) => capableOf(catalogue.list(), capabilities).length === 1)
  expect(narrowByNeeds(all, alone?.capabilities).forcedSpecialtyId).toBe(alone?.id)
})

test('a wish for somebody who can not do it gives way to the need', () => {
  expect(narrowByNeeds({ ...all, forcedSpecialtyId: other?.id }, someone?.capabilities).forcedSpecialtyId).not.toBe(other?.id)
})

test('a need that nobody meets is said clearly', () => {
  expect(() => narrowByNeeds(all, ['levitation'])).toThrow('Expected a specialist for levitation, got none who is configured')
})
