import { MurmurError } from '../errors.ts'
import { fieldsOfTeam, maxRolesChars } from '../orchestration/teams/team-fields.ts'
import type { Team } from '../orchestration/teams/team.ts'
import type { WorkspaceId } from '../storage/records.ts'
import type { Command, CommandCall, CommandDeps, CommandReply, SettingsView } from './command.ts'
import { findNearWord } from './near-word.ts'
import { requireAdmin } from './permissions.ts'

const searchedRuns = 200
const emptyTeam: Team = { name: '', coordinator: 'planner', members: [] }

export const teamsCommand: Command = {
  word: 'teams',
  usage: '/swarm teams [new, edit NAME, remove NAME]',
  summary: 'the teams with members and roles; admins make, change and remove them',
  async run(deps, call) {
    const [typed = '', name = ''] = call.text.split(/\s+/).filter((part) => part !== '')
    const word = typed.toLowerCase()
    if (word === '') return describeTeams(await deps.settingsOf(call.workspaceId), await lastUsed(deps, call))
    if (word === 'new') return openForm(deps, call, undefined)
    if (word === 'edit') return openForm(deps, call, name)
    if (word === 'remove') return removeTeam(deps, call, name)
    throw new MurmurError('MUR_USAGE', { wanted: '`new`, `edit`, `remove` or nothing after `teams`', found: quote(typed), hint: `Usage: \`${this.usage}\`.` })
  },
}

/** Names of the teams that worked in this channel, the latest first. */
async function lastUsed({ runs }: CommandDeps, { workspaceId, channelId }: CommandCall): Promise<readonly string[]> {
  const latest = await runs.listChannel(workspaceId, channelId, searchedRuns)
  return [...new Set(latest.flatMap(({ request }) => request.swarm?.team ?? []))]
}

function describeTeams({ teams: all, catalogue }: SettingsView, used: readonly string[]): string {
  const teams = [...used.flatMap((name) => all.filter((team) => team.name === name)), ...all.filter(({ name }) => !used.includes(name))]
  if (teams.length === 0) return 'There is no team. An admin makes one with `/swarm teams new`.'
  const lines = teams.map(({ name, purpose, coordinator, members, topology = 'plan', budgetShare }) => {
    const roles = members.map(({ specialty, role }) => `${catalogue.get(specialty).name} (${role})`).join('; ')
    const share = budgetShare === undefined ? '' : `, up to ${Math.round(budgetShare * 100)} % of the daily budget`
    return `• \`${name}\`${purpose === undefined ? '' : `: ${purpose}.`} Led by ${catalogue.get(coordinator).name}, works as \`${topology}\`${share}. ${roles}.`
  })
  return [...lines, '`/swarm <objective> --team NAME` gives a team something to do.'].join('\n')
}

/** @param name undefined for a new team */
async function openForm(deps: CommandDeps, call: CommandCall, name: string | undefined): Promise<CommandReply> {
  await requireAdmin(deps, call, 'Changing teams')
  const { teams, catalogue } = await deps.settingsOf(call.workspaceId)
  const team = name === undefined ? emptyTeam : findTeam(teams, name)
  const fields = fieldsOfTeam(team)
  if (fields.roles.length > maxRolesChars) throw new MurmurError('MUR_USAGE', { wanted: `roles of up to ${maxRolesChars} characters in a form`, found: String(fields.roles.length), hint: '`/swarm export teams.json` and `/swarm import` take longer ones.' })
  return { form: 'team', fields, previousName: name === undefined ? undefined : team.name, specialties: catalogue.list(), channelId: call.channelId }
}

async function removeTeam(deps: CommandDeps, call: CommandCall, name: string): Promise<string> {
  await requireAdmin(deps, call, 'Changing teams')
  const { teams } = await deps.settingsOf(call.workspaceId)
  const team = findTeam(teams, name)
  await changeTeams(deps, call, (all) => all.filter((each) => each.name !== team.name))
  return `The team \`${team.name}\` is removed for this workspace. Runs under way go on as they began.`
}

/** Puts a team among the workspace's own, in the place of the one it had before. Who may, is asked before. */
export async function saveTeam(deps: CommandDeps, who: { readonly workspaceId: WorkspaceId; readonly userId: string }, team: Team, previousName: string | undefined): Promise<void> {
  await changeTeams(deps, who, (teams) => {
    const at = teams.findIndex(({ name }) => name === previousName)
    return at < 0 ? [...teams, team] : teams.with(at, team)
  })
}

/** The file is checked when it is stored, so that its teams are a list here. */
const changeTeams = ({ config }: CommandDeps, { workspaceId, userId }: { readonly workspaceId: WorkspaceId; readonly userId: string }, change: (teams: readonly Team[]) => readonly Team[]): Promise<void> =>
  config.editFile(workspaceId, 'teams.json', (content) => {
    const file = content as { readonly teams: readonly Team[] }
    return { ...file, teams: change(file.teams) }
  }, userId)

function findTeam(teams: readonly Team[], typed: string): Team {
  const name = typed.replaceAll('`', '').toLowerCase()
  const found = teams.find((team) => team.name === name)
  if (found) return found
  const names = teams.map((team) => team.name)
  const near = findNearWord(name, names)
  throw new MurmurError('MUR_USAGE', {
    wanted: names.length === 0 ? 'a team, but there is none' : `one of ${names.map((each) => `\`${each}\``).join(', ')}`,
    found: quote(typed),
    hint: near ? `Did you mean \`${near}\`?` : '`/swarm teams` lists them.',
  })
}

const quote = (typed: string): string => (typed === '' ? '' : `\`${typed.replaceAll('`', '').slice(0, 40)}\``)
