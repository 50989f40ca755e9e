import { MurmurError } from '../errors.ts'
import type { RosterLine } from '../orchestration/agent-roster.ts'
import type { SpecialtyCatalogue } from '../agents/specialty-catalogue.ts'
import type { Command, CommandCall, CommandDeps } from './command.ts'
import { formatUsd } from './money.ts'
import { requireAdmin } from './permissions.ts'

const usage = '/swarm agents [retire <id>]'
const shownAgents = 20
const searchedRuns = 200

export const agentsCommand: Command = {
  word: 'agents',
  usage: '/swarm agents [retire <id>]',
  summary: 'the agents of this channel, last used first, and the specialists to call in; admins also `add <specialty> [focus]` and `remove <id>`',
  async run(deps, call) {
    const [word = '', ...rest] = call.text.split(/\s+/).filter((part) => part !== '')
    if (word === '') return listAgents(deps, call)
    if (word === 'retire' || word === 'remove') return endAgent(deps, call, word, rest[0] ?? '')
    if (word === 'add') return addAgent(deps, call, rest)
    throw new MurmurError('MUR_USAGE', { wanted: '`retire`, `remove`, `add` or nothing after `agents`', found: `\`${word.slice(0, 40)}\``, hint: `Usage: \`${usage}\`.` })
  },
}

async function listAgents(deps: CommandDeps, { workspaceId, channelId }: CommandCall): Promise<string> {
  const goalId = await deps.limits.goalOf(workspaceId, channelId)
  const [{ catalogue }, agents, recent] = await Promise.all([
    deps.settingsOf(workspaceId),
    deps.agentDesk.roster.list(workspaceId, goalId),
    deps.runs.listChannel(workspaceId, channelId, searchedRuns),
  ])
  const lines = agents.slice(0, shownAgents).map((agent) => describeAgent(agent, catalogue, deps.nowMs()))
  const more = agents.length > shownAgents ? [`… and ${agents.length - shownAgents} more.`] : []
  const lastUsed = new Map(recent.toReversed().map((run) => [run.route?.specialtyId, run.runId as string]))
  const specialties = catalogue.list().toSorted((a, b) => (lastUsed.get(b.id) ?? '').localeCompare(lastUsed.get(a.id) ?? ''))
  return [
    agents.length === 0 ? 'No agent was spawned here yet: the first request of a field does that.' : '*Agents here*, last used first:',
    ...lines,
    ...more,
    '*Specialists that can be called in:*',
    ...specialties.map(({ id, name, icon, purpose }) => `${icon} *${name}* \`${id}\`: ${purpose}`),
  ].join('\n')
}

/** One agent in one line: name, id, status, and what is known of its work, with how often it was seen. */
function describeAgent({ agentId, name, specialtyId, isAtWork, runsEnded, lastUsedAtMs, profile }: RosterLine, catalogue: SpecialtyCatalogue, nowMs: number): string {
  const { success, quality, latency, cost, difficulty, satisfaction } = profile
  const facts = [
    isAtWork ? 'working' : 'idle',
    `${runsEnded} ${runsEnded === 1 ? 'run' : 'runs'}`,
    success && `${percent(success.mean)} went well`,
    satisfaction && `${percent(satisfaction.mean)} liked (${satisfaction.count})`,
    quality && `quality ${quality.mean.toFixed(1)} of 5 (${quality.count} judged)`,
    difficulty && `difficulty ${difficulty.mean.toFixed(1)}`,
    latency && `${(latency.mean / 1_000).toFixed(1)} s`,
    cost && formatUsd(cost.mean),
    `used ${ago(nowMs - lastUsedAtMs)}`,
  ].filter((fact) => fact)
  const icon = catalogue.has(specialtyId) ? catalogue.get(specialtyId).icon : ':grey_question:'
  return `${icon} *${name}* \`${agentId}\`: ${facts.join(', ')}`
}

async function endAgent(deps: CommandDeps, call: CommandCall, how: 'retire' | 'remove', text: string): Promise<string> {
  await requireAdmin(deps, call, how === 'retire' ? 'Retiring an agent' : 'Removing an agent')
  const { workspaceId, channelId, userId } = call
  const goalId = await deps.limits.goalOf(workspaceId, channelId)
  const id = text.replaceAll('`', '')
  const agent = await deps.agentDesk.roster.find(workspaceId, id)
  const isDone = agent?.goalId === goalId && (await deps.agentDesk.roster[how](workspaceId, goalId, id, userId))
  if (!isDone) {
    const wanted = how === 'retire' ? 'the id of an active agent of this channel' : 'the id of an agent of this channel'
    throw new MurmurError('MUR_USAGE', { wanted, found: id === '' ? 'nothing' : `\`${id.slice(0, 40)}\``, hint: '`/swarm agents` lists the ids.' })
  }
  return how === 'retire' ? `*${agent.name}* gets no work here any more; what it has under way it finishes.` : `*${agent.name}* is removed, with its record and its mail.`
}

async function addAgent(deps: CommandDeps, call: CommandCall, [specialtyId = '', ...focus]: readonly string[]): Promise<string> {
  await requireAdmin(deps, call, 'Adding an agent')
  const { workspaceId, channelId } = call
  const [{ catalogue }, goalId] = await Promise.all([deps.settingsOf(workspaceId), deps.limits.goalOf(workspaceId, channelId)])
  if (!catalogue.has(specialtyId)) {
    throw new MurmurError('MUR_USAGE', { wanted: 'the id of a specialist after `add`', found: specialtyId === '' ? 'nothing' : `\`${specialtyId.slice(0, 40)}\``, hint: '`/swarm agents` lists them, for example `/swarm agents add planner trade fairs`.' })
  }
  const about = focus.join(' ')
  const agent = await deps.agentDesk.spawn(catalogue.get(specialtyId), { workspaceId, goalId, ...(about === '' ? {} : { focus: about }) })
  return `*${agent.name}* \`${agent.agentId}\` is here now and shares the work of its field.`
}

const percent = (share: number): string => `${Math.round(share * 100)} %`

function ago(ms: number): string {
  const minutes = Math.floor(ms / 60_000)
  if (minutes < 1) return 'just now'
  if (minutes < 60) return `${minutes} min ago`
  return minutes < 48 * 60 ? `${Math.floor(minutes / 60)} h ago` : `${Math.floor(minutes / (24 * 60))} days ago`
}
