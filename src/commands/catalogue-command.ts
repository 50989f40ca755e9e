import { agentsCommand } from './agents-command.ts'
import type { Command } from './command.ts'

const modelsCommand: Command = {
  word: 'models',
  usage: '/swarm models',
  summary: 'the models, their prices per million tokens and their state',
  async run({ settingsOf }, { workspaceId }) {
    const { models } = await settingsOf(workspaceId)
    const lines = models.map(({ profile, role, state }) => {
      const prices = `$${profile.inputUsdPerMillion} in, $${profile.outputUsdPerMillion} out`
      return `• \`${profile.id}\` (${profile.provider}${role ? `, ${role}` : ''}): ${prices}, ${profile.contextTokens.toLocaleString('en-US')} tokens, ${state}`
    })
    return lines.join('\n')
  },
}

const teamsCommand: Command = {
  word: 'teams',
  usage: '/swarm teams',
  summary: 'the teams, their members and roles',
  async run({ settingsOf }, { workspaceId }) {
    const { teams, catalogue } = await settingsOf(workspaceId)
    if (teams.length === 0) return 'No team is configured. An operator adds them in teams.json, an admin with `/swarm import`.'
    const lines = teams.map(({ name, purpose, coordinator, members }) => {
      const roles = members.map(({ specialty, role }) => `${catalogue.get(specialty).name} (${role})`).join('; ')
      return `• \`${name}\`${purpose === undefined ? '' : `: ${purpose}.`} Led by ${catalogue.get(coordinator).name}. ${roles}.`
    })
    return lines.join('\n')
  },
}

export const catalogueCommands: readonly Command[] = [agentsCommand, modelsCommand, teamsCommand]
