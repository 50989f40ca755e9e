import { MurmurError } from '../errors.ts'
import { batchCommand } from './batch-command.ts'
import { budgetCommand } from './budget-command.ts'
import { catalogueCommands } from './catalogue-command.ts'
import { configCommands } from './config-command.ts'
import type { Command, CommandCall, CommandDeps, CommandReply } from './command.ts'
import { improveCommand } from './improve-command.ts'
import { memoryCommand } from './memory-command.ts'
import { findNearWord } from './near-word.ts'
import { scheduleCommands } from './schedule-command.ts'
import { statsCommand } from './stats-command.ts'
import { startSwarm, topologyCommands } from './swarm-command.ts'
import { patternsCommand } from './patterns-command.ts'
import { workflowCommands } from './workflow-commands.ts'
import { taskCommands } from './task-command.ts'

const helpCommand: Command = {
  word: 'help',
  usage: '/swarm help',
  summary: 'this list',
  async run() {
    const lines = allCommands.map(({ usage, summary }) => `• \`${usage}\`: ${summary}`)
    return ['Mention me with a request, write to me directly, or use:', '• `/swarm <objective> [--priority P] [--deadline 2h]`: several agents work on it in a new thread, in the form that fits; with `--role SPECIALTY` or `--needs CAPABILITY` one does', ...lines].join('\n')
  },
}

/** The one table of what may follow `/swarm`; anything else is an objective. */
const swarmCommands: readonly Command[] = [...topologyCommands, ...taskCommands, batchCommand, ...scheduleCommands, ...catalogueCommands, budgetCommand, memoryCommand, ...workflowCommands, patternsCommand, statsCommand, ...configCommands, helpCommand]
const allCommands: readonly Command[] = [...swarmCommands, improveCommand]

/** The slash commands and what handles them; manifest.yml lists the same. */
export const slashCommands = { '/swarm': runSwarm, '/improve': improveCommand.run.bind(improveCommand) } as const

/** Handles what follows `/swarm`. A lone word that is no command is taken for a slip, not for an objective. */
async function runSwarm(deps: CommandDeps, call: CommandCall): Promise<CommandReply> {
  const [word = ''] = call.text.split(/\s/, 1)
  const text = call.text.slice(word.length).trim()
  if (word === '') return helpCommand.run(deps, call)
  const command = swarmCommands.find((candidate) => candidate.word === word.toLowerCase())
  if (command && (command.accepts?.(text) ?? true)) return command.run(deps, { ...call, text })
  if (text === '') throw unknownWord(word)
  return startSwarm(deps, call)
}

function unknownWord(word: string): MurmurError {
  const known = swarmCommands.map((command) => command.word)
  const close = findNearWord(word, known)
  return new MurmurError('MUR_USAGE', {
    wanted: 'an objective of several words or one of ' + known.map((candidate) => `\`${candidate}\``).join(', '),
    found: `\`${word.slice(0, 40)}\``,
    hint: close ? `Did you mean \`/swarm ${close}\`?` : 'See `/swarm help`.',
  })
}
