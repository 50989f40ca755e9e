import type { RunRecord } from '../../storage/records.ts'
import type { AcceptRequest } from '../intake.ts'
import type { ThreadNote } from '../thread-port.ts'
import { improveRun, type ImproveDeps, type Remark } from './improve-run.ts'
import { wordsOf } from './read-change.ts'

export interface ImproveAnswerDeps {
  readonly improving: ImproveDeps
  readonly acceptRequest: AcceptRequest
}

/**
 * What a command, a shortcut or a form does with a remark: its words count when this returns. Where a model has to be asked what
 * they mean for a field, a run in the thread of the answer does that.
 */
export async function improveAnswer({ improving, acceptRequest }: ImproveAnswerDeps, run: RunRecord, remark: Remark): Promise<ThreadNote> {
  const { open, ...note } = await improveRun(improving, run, remark)
  const threadId = run.threadId ?? run.request.threadId
  if (open.length === 0 || threadId === undefined) return note
  const { workspaceId, runId } = run
  const { userId } = remark
  const text = improving.redact(remark.text)
  const request = { workspaceId, surface: 'command', channelId: run.request.channelId, userId, threadId, text, files: [], mentionable: [userId], isReply: true, remarkOn: { runId, fields: open } } as const
  await acceptRequest(request, [`refine:${runId}:${userId}:${text.slice(0, 600)}`])
  return { ...note, note: `${note.note}\nWhich ${wordsOf(open)} you mean is asked of a model; the thread says what comes of it.` }
}
