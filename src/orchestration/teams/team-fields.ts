import { MurmurError } from '../../errors.ts'
import { topologyNames } from '../swarms/topology.ts'
import { parseTeams, type Team } from './team.ts'

/** A team as a person fills in a form. */
export interface TeamFields {
  readonly name: string
  readonly purpose: string
  readonly coordinator: string
  /** Ids of specialties. */
  readonly members: readonly string[]
  /** A line for a member: `specialty: role`. */
  readonly roles: string
  /** Name of a topology; empty for the default. */
  readonly topology: string
  /** Percent; empty for all of it. */
  readonly share: string
}
export type TeamField = keyof TeamFields

export type ReadTeam = { readonly team: Team } | { readonly errors: Partial<Record<TeamField, string>> }

interface KnownSpecialty {
  readonly id: string
  readonly name: string
  readonly purpose: string
}

const maxRoleChars = 200
/** What a field of a form holds. https://docs.slack.dev/reference/block-kit/block-elements/plain-text-input-element */
export const maxRolesChars = 3_000

/**
 * Makes a team of what somebody filled in. Who is chosen as a member and has no line keeps the purpose of its specialty as its
 * role; a second line of the same specialty is a second member.
 * @param takenNames names of the other teams
 */
export function readTeamFields(fields: TeamFields, specialties: readonly KnownSpecialty[], takenNames: readonly string[]): ReadTeam {
  const errors: Partial<Record<TeamField, string>> = {}
  const name = fields.name.trim().toLowerCase()
  if (takenNames.includes(name)) errors.name = 'There is another team of this name.'
  const members = readMembers(fields, specialties)
  if (typeof members === 'string') errors.roles = members
  const budgetShare = readShare(fields.share)
  if (budgetShare === 'wrong') errors.share = 'Write a number from 1 to 100, or nothing.'
  const topology = topologyNames.find((known) => known === fields.topology)
  const stated = {
    name,
    coordinator: fields.coordinator,
    members: typeof members === 'string' ? [] : members,
    ...(fields.purpose.trim() === '' ? {} : { purpose: fields.purpose.trim() }),
    ...(topology === undefined ? {} : { topology }),
    ...(typeof budgetShare === 'number' ? { budgetShare } : {}),
  }
  const { members: membersProblem, ...problems } = findProblems(stated, specialties.map(({ id }) => id))
  // Without readable roles nothing can be said of the members.
  const all = { ...problems, ...(membersProblem === undefined || errors.roles !== undefined ? {} : { members: membersProblem }), ...errors }
  return Object.keys(all).length > 0 ? { errors: all } : { team: stated }
}

/** A team as the form shows it. */
export const fieldsOfTeam = ({ name, purpose = '', coordinator, members, topology, budgetShare }: Team): TeamFields => ({
  name,
  purpose,
  coordinator,
  members: [...new Set(members.map(({ specialty }) => specialty))],
  roles: members.map(({ specialty, role }) => `${specialty}: ${role}`).join('\n'),
  topology: topology ?? '',
  share: budgetShare === undefined ? '' : String(Math.round(budgetShare * 10_000) / 100),
})

/** @returns the members in the order of their lines, or what is wrong with a line */
function readMembers({ members, roles }: TeamFields, specialties: readonly KnownSpecialty[]): Team['members'] | string {
  const lines = roles.split('\n').map((line) => line.trim()).filter((line) => line !== '')
  const described: { readonly specialty: string; readonly role: string }[] = []
  for (const line of lines) {
    const [, who = '', role = ''] = /^([^:]{1,80}):\s*(.+)$/.exec(line) ?? []
    const specialty = specialties.find(({ id, name }) => id === who.trim() || name.toLowerCase() === who.trim().toLowerCase())
    if (role === '') return `Expected "specialty: role" on each line, found "${line.slice(0, 60)}".`
    if (!specialty) return `No specialist is called "${who.trim().slice(0, 60)}".`
    if (!members.includes(specialty.id)) return `${specialty.name} has a role, but is not chosen as a member.`
    described.push({ specialty: specialty.id, role: role.trim() })
  }
  const silent = members.filter((id) => !described.some(({ specialty }) => specialty === id))
  return [...described, ...silent.map((id) => ({ specialty: id, role: (specialties.find((known) => known.id === id)?.purpose ?? id).slice(0, maxRoleChars) }))]
}

function readShare(share: string): number | 'wrong' | undefined {
  const digits = share.trim().replace(/\s*%$/, '')
  if (digits === '') return undefined
  const percent = /^\d{1,3}(?:\.\d{1,2})?$/.test(digits) ? Number(digits) : 0
  return percent >= 1 && percent <= 100 ? percent / 100 : 'wrong'
}

/** What the configuration's own check says, at the field it is about. */
function findProblems(team: Team, specialtyIds: readonly string[]): Partial<Record<TeamField, string>> {
  try {
    parseTeams(JSON.stringify({ teams: [team] }), 'teams.json', specialtyIds)
    return {}
  } catch (error) {
    if (!(error instanceof MurmurError) || error.code !== 'MUR_CONFIG_INVALID') throw error
    return Object.fromEntries(
      String(error.details['problems'])
        .split('\n')
        .map((problem) => [fieldOf(problem), problem.replace(/^.*?: teams\[0\]\.[^:]*: /, '').replace(/^wanted/, 'Wanted')]),
    )
  }
}

function fieldOf(problem: string): TeamField {
  if (/\.members\[\d+\]\.role/.test(problem)) return 'roles'
  if (problem.includes('.budgetShare')) return 'share'
  const named = /teams\[0\]\.(name|purpose|coordinator|members|topology)/.exec(problem)?.[1]
  return (named ?? 'name') as TeamField
}
