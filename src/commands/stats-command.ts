import { MurmurError } from '../errors.ts'
import { fenceLines } from '../learning/fence-lines.ts'
import { maxWeeks } from '../learning/stats/stats-desk.ts'
import type { Command } from './command.ts'
import { parseArguments, type FlagSpec } from './parse-arguments.ts'
import { describeForesight } from './foresight-lines.ts'
import { describeBottleneck, stageLines } from './stage-lines.ts'
import { chartLines, describeLearning, describeToday, nothingCounted, specialtyLines } from './stats-lines.ts'

const weeksFlag: FlagSpec<number> = {
  wanted: `a whole number from 1 to ${maxWeeks}`,
  example: '8',
  read: (raw) => (/^\d{1,3}$/.test(raw) && Number(raw) >= 1 && Number(raw) <= maxWeeks ? Number(raw) : undefined),
}

export const statsCommand: Command = {
  word: 'stats',
  usage: '/swarm stats [--weeks N]',
  summary: 'what the workspace did and learnt, week by week: runs, agents, patterns, automations, savings, response time, satisfaction',
  // An objective may begin with the word.
  accepts: (text) => text === '' || /^(--|—|–)/u.test(text),
  async run({ stats, settingsOf }, { workspaceId, text }) {
    const { values, text: rest } = parseArguments(text, { weeks: weeksFlag })
    if (rest !== '') throw new MurmurError('MUR_USAGE', { wanted: 'nothing or `--weeks` after `stats`', found: `\`${rest.replaceAll('`', '').slice(0, 40)}\``, hint: `Usage: \`${this.usage}\`.` })
    const [found, { catalogue }] = await Promise.all([stats.of(workspaceId, values.weeks), settingsOf(workspaceId)])
    const { weeks, whole } = found
    if (weeks.length === 0) return nothingCounted
    const nameOf = (id: string): string => (catalogue.has(id) ? catalogue.get(id).name : id)
    const shares = whole.stages
    return [
      describeToday(found),
      ...fenceLines(chartLines(weeks)),
      ...describeLearning(whole),
      ...(whole.specialties.length > 0 ? ['*By specialty*', ...fenceLines(specialtyLines(whole.specialties, nameOf))] : []),
      ...(shares ? ['*Where the time of an answer goes*', ...fenceLines(stageLines(shares)), describeBottleneck(shares)] : []),
      ...describeForesight(found),
    ].join('\n')
  },
}
