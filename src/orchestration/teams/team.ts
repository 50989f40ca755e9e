import { z } from 'zod'
import { invalidConfig, parseConfig } from '../../agents/config-file.ts'
import { topologyNames } from '../swarms/topology.ts'

const name = z.string().regex(/^[a-z][a-z0-9-]{1,59}$/, { error: 'lower-case letters, digits and hyphens, 2 to 60' })
const specialty = z.string().min(1).max(60)

const memberSchema = z.strictObject({
  specialty: specialty.describe('Id of a specialty'),
  role: z.string().min(1).max(200).describe('What it does in this team'),
})

const teamSchema = z.strictObject({
  name: name.describe('What people call it: --team NAME'),
  purpose: z.string().min(1).max(300).optional(),
  coordinator: specialty.describe('Id of the specialty that splits the work, reviews and joins the results'),
  members: z.array(memberSchema).min(1).max(20),
  topology: z.enum(topologyNames).optional().describe('How it works together; default plan: the coordinator splits the work, reviews and joins it'),
  budgetShare: z.number().gt(0).max(1).optional().describe("Most that its runs may spend a day, as a share of the daily budget of the channel or project; default: all of it"),
})

/** The form of teams.json; config/schemas/teams.schema.json is made from it. */
export const teamsSchema = z.strictObject({ $schema: z.string().optional(), teams: z.array(teamSchema).max(100) })

/** A named set of specialists with roles and a coordinator. */
export type Team = z.infer<typeof teamSchema>

/**
 * @param specialtyIds what members may be
 * @throws {MurmurError} MUR_CONFIG_INVALID naming file, path, wanted and found of everything that is wrong
 */
export function parseTeams(text: string, file: string, specialtyIds: readonly string[]): readonly Team[] {
  const { teams } = parseConfig(teamsSchema, text, file)
  const names = teams.map((team) => team.name)
  const problems = teams.flatMap((team, index) => {
    const asked = [
      ['coordinator', team.coordinator] as const,
      ...team.members.map((member, at) => [`members[${at}].specialty`, member.specialty] as const),
    ]
    return [
      ...(names.indexOf(team.name) === index ? [] : [`${file}: teams[${index}].name: wanted a name of its own, found "${team.name}" again`]),
      ...asked
        .filter(([, id]) => !specialtyIds.includes(id))
        .map(([path, id]) => `${file}: teams[${index}].${path}: wanted a specialty (${specialtyIds.join(', ')}), found "${id}"`),
    ]
  })
  if (problems.length > 0) throw invalidConfig(problems)
  return teams
}
