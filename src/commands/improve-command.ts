import { MurmurError } from '../errors.ts'
import type { Command } from './command.ts'
import { titleOf } from './run-lines.ts'

const searchedRuns = 50

/** `/improve <text>`: a remark on the person's own last answered run in this channel. */
export const improveCommand: Command = {
  word: 'improve',
  usage: '/improve <what to do better>',
  summary: 'says what to do better in your last run here',
  async run({ runs, recordFeedback, nowMs }, { workspaceId, channelId, userId, text }) {
    if (text === '') throw new MurmurError('MUR_USAGE', { wanted: 'what to do better', hint: `Usage: \`${this.usage}\`, for example \`/improve shorter, with sources\`.` })
    const recent = await runs.listChannel(workspaceId, channelId, searchedRuns)
    const own = recent.find((run) => run.request.userId === userId && run.answer !== undefined)
    if (!own) return 'You have no answered run in this channel yet. Ask me something first, or use "Improve this answer" on one of my messages.'
    await recordFeedback(own, { userId, kind: 'improve', text, createdAtMs: nowMs() })
    return `Noted for "${titleOf(own.request.text)}" (\`${own.runId}\`). It is kept with the run; this version of Murmur does not yet change its recipes by it.`
  },
}
