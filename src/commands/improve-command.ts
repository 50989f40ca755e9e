import { MurmurError } from '../errors.ts'
import { improveAnswer } from '../orchestration/improvements/improve-answer.ts'
import { isImprovable } from '../orchestration/improvements/improve-run.ts'
import type { RunRecord } from '../storage/records.ts'
import type { Command, NoteChoice } from './command.ts'
import { titleOf } from './run-lines.ts'

const searchedRuns = 50
const offeredRuns = 10
/** Slack's limit of an option's text. */
const maxOptionChars = 75

/** `/improve <text>`: improves how requests like the person's own last one here are handled; another one can be chosen. */
export const improveCommand: Command = {
  word: 'improve',
  usage: '/improve <what to do better>',
  summary: 'improves how requests like your last one here are handled, at once; with Compare and Undo',
  async run(deps, { workspaceId, channelId, userId, text }) {
    if (text === '') throw new MurmurError('MUR_USAGE', { wanted: 'what to do better', hint: `Usage: \`${this.usage}\`, for example \`/improve shorter, with sources\`.` })
    const recent = await deps.runs.listChannel(workspaceId, channelId, searchedRuns)
    const [last, ...others] = recent.filter((run) => run.request.userId === userId && isImprovable(run))
    if (!last) return 'You have no answered run in this channel yet. Ask me something first, or use "Improve this answer" on one of my messages.'
    const note = await improveAnswer(deps, last, { userId, text })
    return others.length === 0 ? note : { ...note, choice: otherRuns(last, others) }
  },
}

/** The remark was meant for another answer: it moves there. */
function otherRuns({ runId }: RunRecord, others: readonly RunRecord[]): NoteChoice {
  const options = others.slice(0, offeredRuns).map((run) => ({ text: titleOf(run.request.text).slice(0, maxOptionChars).toWellFormed(), value: `${runId}:${run.runId}` }))
  return { placeholder: 'I meant another answer …', actionId: 'improve_other', options }
}
