import type { Command } from './command.ts'

export const batchCommand: Command = {
  word: 'batch',
  usage: '/swarm batch',
  summary: 'many objectives at once, one a line or as CSV, with one joint answer',
  async run(_deps, { channelId, text }) {
    return { form: 'batch', channelId, text }
  },
}
