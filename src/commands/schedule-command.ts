import { MurmurError } from '../errors.ts'
import { describeMoment, describeRule } from '../orchestration/tasks/describe-time.ts'
import type { Request } from '../storage/records.ts'
import type { ScheduleRecord } from '../storage/schedule-records.ts'
import type { Command, CommandCall, CommandDeps } from './command.ts'
import { parseArguments } from './parse-arguments.ts'
import { beginsWithDuration, readSchedule } from './read-schedule.ts'
import { titleOf } from './run-lines.ts'
import { readTaskWish, scheduleFlags } from './task-flags.ts'

async function schedule(deps: CommandDeps, call: CommandCall, word: string): Promise<string> {
  const { workspaceId, channelId, userId, dedupeKey } = call
  const timeZone = await deps.timeZoneOf(workspaceId, userId)
  const nowMs = deps.nowMs()
  const { text: typed, values } = parseArguments(call.text, scheduleFlags)
  const { rule, text } = readSchedule(word, typed, { timeZone, nowMs })
  const { catalogue } = await deps.settingsOf(workspaceId)
  const { priority = 'medium', request: wish } = readTaskWish(values, { catalogue, timeZone, nowMs })
  const request: Request = { workspaceId, surface: 'command', channelId, userId, text, files: [], mentionable: [userId], isReply: false, ...wish }
  const made = await deps.scheduleDesk.create({ request, priority, rule, timeZone }, dedupeKey)
  return `:alarm_clock: ${sentenceOf(made, nowMs)} To end it: \`/swarm unschedule ${made.scheduleId}\`.`
}

/** In words when it is due and what then happens. */
function sentenceOf({ rule, timeZone, nextAtMs, request }: ScheduleRecord, nowMs: number): string {
  const next = `${describeMoment(nextAtMs, timeZone, nowMs)} (${timeZone})`
  return rule.kind === 'once' ? `"${titleOf(request.text)}" is done once, ${next}.` : `"${titleOf(request.text)}" is done ${describeRule(rule)}, next ${next}.`
}

const atCommand: Command = {
  word: 'at',
  usage: '/swarm at 9:00 weekdays <objective>',
  summary: 'an objective for later, also `at 14:30`, `at 9:00 on 2026-12-24`, in your time zone',
  run: (deps, call) => schedule(deps, call, 'at'),
}

const everyCommand: Command = {
  word: 'every',
  usage: '/swarm every monday at 9 <objective>',
  summary: 'an objective again and again, also `every 2 hours`',
  run: (deps, call) => schedule(deps, call, 'every'),
}

const dailyCommand: Command = {
  word: 'daily',
  usage: '/swarm daily at 8am <objective>',
  summary: 'an objective every day',
  run: (deps, call) => schedule(deps, call, 'daily'),
}

const inCommand: Command = {
  word: 'in',
  usage: '/swarm in 2 hours <objective>',
  summary: 'an objective once, after a while',
  accepts: beginsWithDuration,
  run: (deps, call) => schedule(deps, call, 'in'),
}

const schedulesCommand: Command = {
  word: 'schedules',
  usage: '/swarm schedules',
  summary: 'what is scheduled in this channel, with ids',
  async run({ scheduleDesk, nowMs }, { workspaceId, channelId }) {
    const list = await scheduleDesk.list(workspaceId, channelId)
    if (list.length === 0) return 'Nothing is scheduled here. Try `/swarm at 9:00 weekdays <objective>`.'
    return list.map((one) => `\`${one.scheduleId}\` ${sentenceOf(one, nowMs())} By <@${one.request.userId}>.`).join('\n')
  },
}

const unscheduleCommand: Command = {
  word: 'unschedule',
  usage: '/swarm unschedule <id>',
  summary: 'ends a schedule: your own, or any as an admin',
  async run({ scheduleDesk, isAdmin }, { workspaceId, channelId, userId, text }) {
    const id = text.replaceAll('`', '').trim()
    const found = id === '' ? undefined : await scheduleDesk.find(id)
    const ownerId = found?.request.userId
    if (found?.request.workspaceId !== workspaceId || found.request.channelId !== channelId) {
      throw new MurmurError('MUR_USAGE', { wanted: 'the id of a schedule of this channel', found: id === '' ? '' : `\`${id.slice(0, 40)}\``, hint: '`/swarm schedules` lists the ids.' })
    }
    if (ownerId !== userId && !(await isAdmin(workspaceId, userId))) {
      throw new MurmurError('MUR_NOT_ALLOWED', { action: "Ending somebody else's schedule", who: 'admins', hint: `Ask <@${ownerId}>, who made it, or an admin.` })
    }
    return (await scheduleDesk.cancel(found)) ? `Ended: "${titleOf(found.request.text)}" is not done any more.` : 'It was over already.'
  },
}

export const scheduleCommands: readonly Command[] = [atCommand, everyCommand, dailyCommand, inCommand, schedulesCommand, unscheduleCommand]
