import type { RunRecord } from '../../storage/records.ts'
import type { AcceptRequest } from '../intake.ts'
import type { ThreadNote } from '../thread-port.ts'
import type { ImproveDeps, Remark } from './improve-deps.ts'
import { improveRun } from './improve-run.ts'
import { wordsOf, type NamedField } from './read-change.ts'

export interface ImproveAnswerDeps {
  readonly improving: ImproveDeps
  readonly acceptRequest: AcceptRequest
}

/**
 * What a command, a shortcut or a form does with a remark: its words count when this returns, or wait for an admin who is asked in the
 * thread of the answer. Where a model has to be asked what they mean for a field, a run in that thread does it.
 */
export async function improveAnswer(deps: ImproveAnswerDeps, run: RunRecord, remark: Remark): Promise<ThreadNote> {
  const { open, proposalId, ...note } = await improveRun(deps.improving, run, remark)
  if (proposalId !== undefined) {
    const isAsked = await followUp(deps, run, remark, [], `proposal:${proposalId}`, proposalId)
    return isAsked ? { ...note, note: `${note.note}\nAdmins are asked in the thread of the answer.`, buttons: [] } : note
  }
  return (await askOpenFields(deps, run, remark, open)) ? { ...note, note: `${note.note}\nWhich ${wordsOf(open)} you mean is asked of a model; the thread says what comes of it.` } : note
}

const askOpenFields = async (deps: ImproveAnswerDeps, run: RunRecord, remark: Remark, open: readonly NamedField[]): Promise<boolean> =>
  open.length > 0 && followUp(deps, run, remark, open, `refine:${run.runId}:${remark.userId}:${deps.improving.redact(remark.text).slice(0, maxKeyChars)}`)

const maxKeyChars = 600

/** @returns false where the answer has no thread */
async function followUp({ improving, acceptRequest }: ImproveAnswerDeps, run: RunRecord, { userId, text }: Remark, fields: readonly NamedField[], key: string, proposalId?: string): Promise<boolean> {
  const threadId = run.threadId ?? run.request.threadId
  if (threadId === undefined) return false
  const { workspaceId, runId } = run
  const remarkOn = { runId, fields, ...(proposalId === undefined ? {} : { proposalId }) }
  await acceptRequest({ workspaceId, surface: 'command', channelId: run.request.channelId, userId, threadId, text: improving.redact(text), files: [], mentionable: [userId], isReply: true, remarkOn }, [key])
  return true
}
