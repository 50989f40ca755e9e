import { MurmurError } from '../errors.ts'
import { describeMoment } from '../orchestration/tasks/describe-time.ts'
import type { RunRecord, TaskRecord } from '../storage/records.ts'
import type { ListedTask } from '../storage/task-list.ts'
import type { Command, CommandCall, CommandDeps } from './command.ts'
import { describeRun, findNamedRun, titleOf } from './run-lines.ts'

const maxResultChars = 3_000
const listedRuns = 10
const listedFailures = 5
const listedParts = 30

const statusCommand: Command = {
  word: 'status',
  usage: '/swarm status',
  summary: 'the latest tasks of this channel: progress, place in the line, deadlines, and what failed and why',
  async run(deps, { workspaceId, channelId, userId }) {
    const { taskList, tasks } = deps
    const [list, failed, open] = await Promise.all([taskList.latest(workspaceId, channelId, listedRuns), taskList.failed(workspaceId, channelId, listedFailures), tasks.countOpen()])
    if (list.length === 0) return 'Nothing has run in this channel yet. Mention me, or try `/swarm <objective>`.'
    const lines = await Promise.all(list.map((one) => describeTask(deps, one, userId)))
    return [
      ...lines,
      ...(failed.length > 0 ? ['*Failed lately* (again with `/swarm retry <id>`):', ...failed.map(({ run, task }) => `• \`${run.runId}\` ${titleOf(run.request.text)}: ${reasonOf(run, task)}`)] : []),
      `In all: ${open.running} running, ${open.queued} waiting.`,
    ].join('\n')
  },
}

const taskCommand: Command = {
  word: 'task',
  usage: '/swarm task <id>',
  summary: 'one task: status, progress, route, cost, timing, its parts',
  async run(deps, call) {
    const run = await findNamedRun(deps, call, this.usage)
    const task = await deps.taskList.taskOf(run.runId)
    const parts = task && task.parts > 0 ? await deps.parts.list(run.runId) : []
    const seconds = run.finishedAtMs === undefined ? undefined : ((run.finishedAtMs - run.createdAtMs) / 1_000).toFixed(1)
    return [
      task ? await describeTask(deps, { run, task }, call.userId) : describeRun(run),
      task && `Priority ${task.priority}, attempt ${Math.max(1, task.attempts)} of at most ${task.maxAttempts}.`,
      run.route && `Route: ${run.route.specialtyId} by ${run.route.layer} (${run.route.confidence.toFixed(2)}). ${run.route.reason}`,
      seconds && `Took ${seconds} s.`,
      run.status === 'failed' && `Failed: ${reasonOf(run, task)} Again with \`/swarm retry ${run.runId}\`.`,
      ...parts.slice(0, listedParts).map((part) => `• ${describeRun(part.run)}`),
      parts.length > listedParts && `… and ${parts.length - listedParts} more.`,
    ]
      .filter(Boolean)
      .join('\n')
  },
}

/** A task in one line: what it is, how far, and when it will be its turn. */
async function describeTask({ taskList, timeZoneOf, nowMs }: CommandDeps, { run, task }: ListedTask, userId: string): Promise<string> {
  const isOpen = run.finishedAtMs === undefined
  const place = isOpen ? await taskList.placeOf(task.taskId) : undefined
  const timeZone = isOpen && task.deadlineMs !== undefined ? await timeZoneOf(run.workspaceId, userId) : 'UTC'
  const facts = [
    isOpen && task.parts > 0 && `${task.partsEnded} of ${task.parts} parts ended (${Math.round((task.partsEnded / task.parts) * 100)} %)`,
    isOpen && task.progress,
    place !== undefined && (place === 0 ? 'next in line' : `${place} before it`),
    isOpen && task.deadlineMs !== undefined && `${task.deadlineMs < nowMs() ? ':alarm_clock: was due' : 'due'} ${describeMoment(task.deadlineMs, timeZone, nowMs())}`,
  ].filter((fact) => typeof fact === 'string')
  return [describeRun(run), ...facts].join(' · ')
}

const reasonOf = ({ errorCode }: RunRecord, task: TaskRecord | undefined): string => {
  const reason = task?.lastError ?? errorCode ?? 'no reason is kept.'
  return errorCode === undefined || reason === errorCode ? reason : `${reason} (\`${errorCode}\`)`
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
    await requireOwnerOrAdmin(deps, call, run.request.userId, "Stopping somebody else's run")
    const wasOpen = await deps.canceller.cancelRun(run.runId, call.userId)
    return wasOpen ? `Stopping \`${run.runId}\`.` : `Run \`${run.runId}\` had already ended (${run.status}).`
  },
}

const retryCommand: Command = {
  word: 'retry',
  usage: '/swarm retry <id>',
  summary: 'lets what failed or was stopped go on: the same run, nothing is paid twice; of a batch what is missing',
  async run(deps, call) {
    const run = await findNamedRun(deps, call, this.usage)
    await requireOwnerOrAdmin(deps, call, run.request.userId, "Trying somebody else's run again")
    const again = await deps.retryRun(run, call.userId)
    if (again > 0) return `Trying \`${run.runId}\` again${again > 1 ? `: ${again} of its tasks` : ''}. What it has paid for already is used again.`
    return `There is nothing to try again: run \`${run.runId}\` is ${run.status}. Only what failed or was stopped can be tried again.`
  },
}

async function requireOwnerOrAdmin({ isAdmin }: CommandDeps, { workspaceId, userId }: CommandCall, ownerId: string, action: string): Promise<void> {
  if (userId === ownerId || (await isAdmin(workspaceId, userId))) return
  throw new MurmurError('MUR_NOT_ALLOWED', {
    action,
    who: 'admins',
    hint: `Ask <@${ownerId}>, who started it, or an admin.`,
  })
}

export const taskCommands: readonly Command[] = [statusCommand, taskCommand, resultCommand, cancelCommand, retryCommand]
