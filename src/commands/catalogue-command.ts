import type { Command } from './command.ts'
import { formatUsd } from './money.ts'

const dayMs = 24 * 60 * 60_000

const agentsCommand: Command = {
  word: 'agents',
  usage: '/swarm agents',
  summary: 'the specialists, last used here first',
  async run({ catalogue, runs }, { workspaceId, channelId }) {
    const recent = await runs.listChannel(workspaceId, channelId, 200)
    const lastUsed = new Map(recent.toReversed().map((run) => [run.route?.specialtyId, run.runId as string]))
    const order = catalogue.list().toSorted((a, b) => (lastUsed.get(b.id) ?? '').localeCompare(lastUsed.get(a.id) ?? ''))
    return order.map(({ id, name, icon, purpose }) => `${icon} *${name}* \`${id}\`: ${purpose}`).join('\n')
  },
}

const modelsCommand: Command = {
  word: 'models',
  usage: '/swarm models',
  summary: 'the models, their prices per million tokens and their state',
  async run({ models }) {
    const lines = models().map(({ profile, role, state }) => {
      const prices = `$${profile.inputUsdPerMillion} in, $${profile.outputUsdPerMillion} out`
      return `• \`${profile.id}\` (${profile.provider}${role ? `, ${role}` : ''}): ${prices}, ${profile.contextTokens.toLocaleString('en-US')} tokens, ${state}`
    })
    return lines.join('\n')
  },
}

const budgetCommand: Command = {
  word: 'budget',
  usage: '/swarm budget',
  summary: 'what this channel spent in the last 24 hours, by model',
  async run({ ledger, nowMs }, { workspaceId, channelId }) {
    const spend = await ledger.spendByModel(workspaceId, channelId, nowMs() - dayMs)
    if (spend.length === 0) return `This channel spent ${formatUsd(0)} in the last 24 hours.`
    const total = spend.reduce((sum, { amountMicroUsd }) => sum + amountMicroUsd, 0)
    const lines = spend.map(({ modelId, calls, amountMicroUsd }) => `• \`${modelId}\`: ${formatUsd(amountMicroUsd)} in ${calls} calls`)
    return [`This channel spent *${formatUsd(total)}* in the last 24 hours.`, ...lines].join('\n')
  },
}

export const catalogueCommands: readonly Command[] = [agentsCommand, modelsCommand, budgetCommand]
