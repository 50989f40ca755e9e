import { z } from 'zod'
import { parseConfig } from './config-file.ts'
import { type Specialty, specialtyId } from './specialty.ts'
import { toolNames } from './tools/tool-names.ts'

const kebab = z.string().regex(/^[a-z][a-z0-9-]{1,59}$/, { error: 'lower-case letters, digits and hyphens, 2 to 60' })
const words = (most: number, longest: number) => z.array(z.string().min(1).max(longest)).max(most).default([])

const ownSpecialtySchema = z.strictObject({
  id: kebab.describe('Stored with runs and agents: never rename one'),
  name: z.string().min(1).max(60).describe('As people see it over an answer'),
  icon: z
    .string()
    .regex(/^:[a-z0-9_+-]+:$/, { error: 'an emoji code such as :bar_chart:' })
    .default(':bust_in_silhouette:'),
  purpose: z.string().min(1).max(300).describe("One sentence; the router's model chooses by it"),
  keywords: words(200, 60).describe('Words and phrases that point to this field more than to another'),
  capabilities: z.array(kebab).max(50).default([]).describe('What tasks may require'),
  prompt: z.string().min(1).max(20_000).describe('The system prompt'),
  temperature: z.number().min(0).max(1).default(0.3),
  tools: z.array(z.enum(toolNames)).max(toolNames.length).default([]).describe('Nothing else may be called'),
  examples: words(20, 300).describe('Requests as people type them'),
})

/** The form of agents.json; config/schemas/agents.schema.json is made from it. */
export const ownSpecialtiesSchema = z.strictObject({
  $schema: z.string().optional(),
  specialties: z.array(ownSpecialtySchema).max(150).describe('Added to the ones that come with Murmur'),
})

/** @throws {MurmurError} MUR_CONFIG_INVALID naming file, path, wanted and found of everything that is wrong */
export function parseOwnSpecialties(text: string, file: string): readonly Specialty[] {
  const { specialties } = parseConfig(ownSpecialtiesSchema, text, file)
  return specialties.map((specialty) => ({ ...specialty, id: specialtyId(specialty.id) }))
}
