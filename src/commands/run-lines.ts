import { MurmurError } from '../errors.ts'
import type { RunRecord, RunStatus } from '../storage/records.ts'
import type { CommandCall, CommandDeps } from './command.ts'
import { formatUsd } from './money.ts'

/** The emoji that stands for how far a run is. */
export const runMarks: Readonly<Record<RunStatus, string>> = {
  queued: ':hourglass_flowing_sand:',
  running: ':arrows_counterclockwise:',
  waiting: ':double_vertical_bar:',
  completed: ':white_check_mark:',
  failed: ':x:',
  cancelled: ':octagonal_sign:',
}

const maxTitleChars = 80

/** One run in one line: mark, id, status, what was asked, who did it, cost. */
export function describeRun({ runId, status, request, route, costMicroUsd }: RunRecord): string {
  const parts = [status, route?.specialtyId, costMicroUsd > 0 ? formatUsd(costMicroUsd) : undefined].filter((part) => part !== undefined)
  return `${runMarks[status]} \`${runId}\` ${titleOf(request.text)} (${parts.join(', ')})`
}

export function titleOf(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').trim()
  if (line === '') return '(no text)'
  return line.length > maxTitleChars ? `${line.slice(0, maxTitleChars - 1)}…` : line
}

/**
 * The run that a command names, from this channel only.
 * @throws {MurmurError} MUR_USAGE when no id was given or no run of this channel has it
 */
export async function findNamedRun({ runs }: CommandDeps, { workspaceId, channelId, text }: CommandCall, usage: string): Promise<RunRecord> {
  const id = text.replaceAll('`', '').trim()
  if (id === '') throw new MurmurError('MUR_USAGE', { wanted: 'the id of a run', hint: `Usage: \`${usage}\`. \`/swarm status\` lists the ids.` })
  const run = await runs.find(id)
  if (run?.workspaceId === workspaceId && run.request.channelId === channelId) return run
  throw new MurmurError('MUR_USAGE', { wanted: 'the id of a run of this channel', found: `\`${id.slice(0, 40)}\``, hint: '`/swarm status` lists the ids.' })
}
