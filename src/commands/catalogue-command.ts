import { agentsCommand } from './agents-command.ts'
import type { Command } from './command.ts'
import { teamsCommand } from './teams-command.ts'

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

export const catalogueCommands: readonly Command[] = [agentsCommand, modelsCommand, teamsCommand]
