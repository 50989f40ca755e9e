import { saveTeam } from '../../commands/teams-command.ts'
import { asMurmurError } from '../../errors.ts'
import { readTeamFields, type TeamField } from '../../orchestration/teams/team-fields.ts'
import { placeOf, type SlackEdge } from './edge.ts'
import { readField, type FormErrors, type FormSubmission } from './form.ts'
import type { TeamFormMemory } from './render-team-modal.ts'

const maxErrorChars = 150

/** The team form: the right to change it, the names and the whole configuration with it are checked again here. */
export async function onTeamSubmitted(edge: SlackEdge, { teamId, userId, metadata, values }: FormSubmission): Promise<FormErrors> {
  const { workspaceId, calls } = await placeOf(edge, teamId)
  const { commands } = edge
  if (!(await commands.isAdmin(workspaceId, userId))) return { name: 'Changing teams is for admins.' }
  const { previousName, channelId } = JSON.parse(metadata) as TeamFormMemory
  const { teams, catalogue } = await commands.settingsOf(workspaceId)
  const field = (name: TeamField): string => readField(values, { blockId: name, actionId: name })
  const members = (values['members']?.['members']?.selected_options ?? []).map(({ value }) => value)
  const others = teams.map(({ name }) => name).filter((name) => name !== previousName)
  const read = readTeamFields(
    { name: field('name'), purpose: field('purpose'), coordinator: field('coordinator'), members, roles: field('roles'), topology: field('topology'), share: field('share') },
    catalogue.list(),
    others,
  )
  if ('errors' in read) return Object.fromEntries(Object.entries(read.errors).map(([name, message]) => [name, message.slice(0, maxErrorChars).toWellFormed()]))
  try {
    await saveTeam(commands, { workspaceId, userId }, read.team, previousName)
  } catch (error) {
    const failure = asMurmurError(error)
    if (failure.code !== 'MUR_CONFIG_INVALID') throw failure
    return { name: `The team does not fit to the others: ${String(failure.details['problems'])}`.slice(0, maxErrorChars).toWellFormed() }
  }
  const { name } = read.team
  await calls.tryCall('chat.postEphemeral', { channel: channelId, user: userId, text: `The team \`${name}\` is saved for this workspace. \`/swarm <objective> --team ${name}\` gives it something to do.` })
  return {}
}
