import { MurmurError } from '../errors.ts'
import type { MemoryKind } from '../storage/vectors/vector-memory.ts'
import type { Command, CommandCall, CommandDeps } from './command.ts'
import { requireAdmin } from './permissions.ts'

const words = ['check', 'tidy', 'backup', 'forget'] as const
const shownProblems = 10
const nameOf: Readonly<Record<MemoryKind, string>> = { result: 'answers', position: 'findings', message: 'messages', document: 'passages of documents' }

export const memoryCommand: Command = {
  word: 'memory',
  usage: '/swarm memory [check, tidy, backup, forget ...]',
  summary: 'what this channel remembers; admins check it, tidy up, back up, or `forget <run id>` or `forget all`',
  async run(deps, call) {
    const [typed = '', ...rest] = call.text.split(/\s+/).filter((part) => part !== '')
    const word = typed.toLowerCase()
    if (word === '') return describeMemory(deps, call)
    if (!words.some((known) => known === word)) {
      throw new MurmurError('MUR_USAGE', { wanted: '`check`, `tidy`, `backup`, `forget` or nothing after `memory`', found: quote(typed), hint: `Usage: \`${this.usage}\`.` })
    }
    await requireAdmin(deps, call, 'Looking after the memory')
    if (word === 'check') return checkMemory(deps, call)
    if (word === 'tidy') return tidyMemory(deps)
    return word === 'backup' ? backUp(deps) : forget(deps, call, rest.join(' '))
  },
}

async function describeMemory({ limits, memoryDesk }: CommandDeps, { workspaceId, channelId }: CommandCall): Promise<string> {
  const goalId = await limits.goalOf(workspaceId, channelId)
  const { space, kinds, vectorBytes } = await memoryDesk.summary(workspaceId, goalId)
  const where = goalId === channelId ? 'This channel' : `The project \`${goalId}\``
  const held = kinds.filter(({ count }) => count > 0).map(({ kind, count }) => `${count.toLocaleString('en-US')} ${nameOf[kind]}`)
  if (!space || held.length === 0) return `${where} remembers nothing yet. Answers of runs and what agents keep are found by meaning later, here only.`
  return `${where} remembers ${held.join(', ')}: ${(vectorBytes / 1024 ** 2).toFixed(1)} MB of vectors, embedded by \`${space.embedder}\` with ${space.dimension} numbers each.`
}

async function checkMemory({ memoryDesk }: CommandDeps, { workspaceId }: CommandCall): Promise<string> {
  const { items, problems } = await memoryDesk.check(workspaceId)
  const read = `Read ${items.toLocaleString('en-US')} memories of this workspace, and the database:`
  if (problems.length === 0) return `${read} all is well.`
  const more = problems.length > shownProblems ? [`… and ${problems.length - shownProblems} more.`] : []
  return [`${read} ${problems.length} ${problems.length === 1 ? 'problem' : 'problems'}.`, ...problems.slice(0, shownProblems).map((problem) => `• ${problem}`), ...more].join('\n')
}

async function tidyMemory({ memoryDesk }: CommandDeps): Promise<string> {
  const deleted = await memoryDesk.tidy()
  return `Tidied up: ${deleted === 0 ? 'nothing had expired' : `${deleted.toLocaleString('en-US')} expired memories are deleted`}, and free space went back to the disk where there was much.`
}

async function backUp({ memoryDesk }: CommandDeps): Promise<string> {
  const { path, rows, bytes } = await memoryDesk.backup()
  return `Backed up ${rows.toLocaleString('en-US')} rows, ${(bytes / 1024 ** 2).toFixed(1)} MB: \`${path}\` on the machine of Murmur.`
}

async function forget({ limits, memoryDesk }: CommandDeps, { workspaceId, channelId }: CommandCall, what: string): Promise<string> {
  const id = what.replaceAll('`', '').trim()
  if (!/^(all|[\w-]{8,64})$/.test(id)) {
    throw new MurmurError('MUR_USAGE', { wanted: 'the id of a run or `all` after `forget`', found: quote(what), hint: '`/swarm status` lists the ids of runs.' })
  }
  const goalId = await limits.goalOf(workspaceId, channelId)
  const count = await memoryDesk.forget(workspaceId, goalId, id === 'all' ? undefined : id)
  const whose = id === 'all' ? (goalId === channelId ? 'this channel' : `the project \`${goalId}\``) : `the run \`${id}\``
  if (count === 0) return `Nothing of ${whose} was remembered here.`
  return `Forgot ${count.toLocaleString('en-US')} ${count === 1 ? 'memory' : 'memories'} of ${whose}. Messages in Slack and the record of the runs stay; backups made before have them still.`
}

/** What a person typed, as part of a message; nothing when that was nothing. */
const quote = (typed: string): string => (typed === '' ? '' : `\`${typed.replaceAll('`', '').slice(0, 40)}\``)
