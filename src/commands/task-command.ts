import { MurmurError } from '../errors.ts'
import type { Command, CommandCall, CommandDeps } from './command.ts'
import { describeRun, findNamedRun } from './run-lines.ts'

const maxResultChars = 3_000
const listedRuns = 10

const statusCommand: Command = {
  word: 'status',
  usage: '/swarm status',
  summary: 'the latest runs of this channel and how many wait',
  async run({ runs, tasks }, { workspaceId, channelId }) {
    const [list, open] = await Promise.all([runs.listChannel(workspaceId, channelId, listedRuns), tasks.countOpen()])
    if (list.length === 0) return 'Nothing has run in this channel yet. Mention me, or try `/swarm <objective>`.'
    return [...list.map(describeRun), `In all: ${open.running} running, ${open.queued} waiting.`].join('\n')
  },
}

const taskCommand: Command = {
  word: 'task',
  usage: '/swarm task <id>',
  summary: 'one run: status, route, cost, timing',
  async run(deps, call) {
    const run = await findNamedRun(deps, call, this.usage)
    const seconds = run.finishedAtMs === undefined ? undefined : ((run.finishedAtMs - run.createdAtMs) / 1_000).toFixed(1)
    return [
      describeRun(run),
      run.route && `Route: ${run.route.specialtyId} by ${run.route.layer} (${run.route.confidence.toFixed(2)}). ${run.route.reason}`,
      seconds && `Took ${seconds} s.`,
      run.errorCode && `Code: \`${run.errorCode}\`.`,
    ]
      .filter(Boolean)
      .join('\n')
  },
}

const resultCommand: Command = {
  word: 'result',
  usage: '/swarm result <id>',
  summary: 'the answer of a run',
  async run(deps, call) {
    const run = await findNamedRun(deps, call, this.usage)
    if (run.answer === undefined) return `Run \`${run.runId}\` has no answer (${run.status}).`
    return run.answer.length > maxResultChars ? `${run.answer.slice(0, maxResultChars)}… (whole in its thread)` : run.answer
  },
}

const cancelCommand: Command = {
  word: 'cancel',
  usage: '/swarm cancel <id>',
  summary: 'stops a run: your own, or any as an admin',
  async run(deps, call) {
    const run = await findNamedRun(deps, call, this.usage)
    await requireOwnerOrAdmin(deps, call, run.request.userId)
    const wasOpen = await deps.canceller.cancelRun(run.runId, call.userId)
    return wasOpen ? `Stopping \`${run.runId}\`.` : `Run \`${run.runId}\` had already ended (${run.status}).`
  },
}

async function requireOwnerOrAdmin({ isAdmin }: CommandDeps, { workspaceId, userId }: CommandCall, ownerId: string): Promise<void> {
  if (userId === ownerId || (await isAdmin(workspaceId, userId))) return
  throw new MurmurError('MUR_NOT_ALLOWED', {
    action: "Stopping somebody else's run",
    who: 'admins',
    hint: `Ask <@${ownerId}>, who started it, or an admin.`,
  })
}

export const taskCommands: readonly Command[] = [statusCommand, taskCommand, resultCommand, cancelCommand]
