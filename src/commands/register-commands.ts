import { MurmurError } from '../errors.ts'
import type { Request } from '../storage/records.ts'
import { batchCommand } from './batch-command.ts'
import { budgetCommand } from './budget-command.ts'
import { catalogueCommands } from './catalogue-command.ts'
import { configCommands } from './config-command.ts'
import type { Command, CommandCall, CommandDeps, CommandReply } from './command.ts'
import { improveCommand } from './improve-command.ts'
import { memoryCommand } from './memory-command.ts'
import { findNearWord } from './near-word.ts'
import { parseArguments } from './parse-arguments.ts'
import { scheduleCommands } from './schedule-command.ts'
import { taskCommands } from './task-command.ts'
import { readTaskFlags, taskFlags } from './task-flags.ts'

const helpCommand: Command = {
  word: 'help',
  usage: '/swarm help',
  summary: 'this list',
  async run() {
    const lines = allCommands.map(({ usage, summary }) => `• \`${usage}\`: ${summary}`)
    return ['Mention me with a request, write to me directly, or use:', '• `/swarm <objective> [--priority P] [--deadline 2h] [--needs CAPABILITY] [--role SPECIALTY]`: the right specialist works on it in a new thread', ...lines].join('\n')
  },
}

/** The one table of what may follow `/swarm`; anything else is an objective. */
const swarmCommands: readonly Command[] = [...taskCommands, batchCommand, ...scheduleCommands, ...catalogueCommands, budgetCommand, memoryCommand, ...configCommands, helpCommand]
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
  const parsed = parseArguments(call.text, taskFlags)
  const { priority, deadlineMs, request } = await readTaskFlags(deps, call, parsed.values)
  const options = { ...(priority === undefined ? {} : { priority }), deadlineMs }
  await deps.acceptRequest({ ...asRequest({ ...call, text: parsed.text }), ...request }, [call.dedupeKey], options)
  return undefined
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

const asRequest = ({ workspaceId, channelId, userId, text, replyUrl }: CommandCall): Request => ({
  workspaceId,
  surface: 'command',
  channelId,
  userId,
  text,
  files: [],
  mentionable: [userId],
  isReply: false,
  ...(replyUrl === undefined ? {} : { replyUrl }),
})
