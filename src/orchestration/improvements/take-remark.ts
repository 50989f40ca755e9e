import type { RunRecord } from '../../storage/records.ts'
import type { RunOutcome, RunStore } from '../../storage/run-store.ts'
import { writeStep, type StepJournal } from '../../storage/step-journal.ts'
import type { NoteButton, ThreadNote, ThreadPort } from '../thread-port.ts'
import { improveRun, isImprovable, type ImproveDeps } from './improve-run.ts'
import { readRemark, type SaidRemark } from './read-remark.ts'

export interface RemarkDeps {
  readonly runs: Pick<RunStore, 'listThread' | 'listChannel'>
  /** Unset: messages that begin with "improve" are requests like others. */
  readonly improving?: ImproveDeps | undefined
}

export interface RemarkInput {
  readonly run: RunRecord
  readonly thread: Pick<ThreadPort, 'post'>
  readonly journal: StepJournal
}

/** The step that keeps what a remark changed, as the note that said so. */
export const improvedStep = 'improved'
const howTo = 'Say what to do better, for example `improve shorter, with sources`.'
const spoken: readonly RunRecord['request']['surface'][] = ['mention', 'direct', 'thread']

/**
 * `@murmur improve ...` in a thread with an answer of ours is `/improve` for it, as Slack has no slash commands there. The change and
 * the step that remembers it are one transaction, so a crash neither loses nor doubles it; no model is asked.
 * @returns undefined for any other request
 */
export async function takeRemark({ runs, improving }: RemarkDeps, { run, thread, journal }: RemarkInput): Promise<RunOutcome | undefined> {
  const remark = improving && isSpoken(run) ? readRemark(run.request.text) : undefined
  const meant = remark && (await findMeant(runs, run, remark))
  if (!improving || !remark || !meant) return undefined
  const note = remark.text === '' ? { note: howTo, buttons: [] } : await change(improving, run, meant, remark, journal)
  await thread.post(improvedStep, note.note, note.buttons)
  return { status: 'completed', answer: undefined, tier: undefined, errorCode: undefined }
}

/** What a person wrote as a message, and nothing else, is read this way. */
const isSpoken = ({ parentRunId, request: { surface, files, scheduled, forcedSpecialtyId, isPlain } }: RunRecord): boolean =>
  spoken.includes(surface) && parentRunId === undefined && files.length === 0 && scheduled === undefined && forcedSpecialtyId === undefined && isPlain !== true

/** The answer of the thread that the remark is on: the person's own last one, or else the last. At the top of direct messages the last one there. */
async function findMeant(runs: RemarkDeps['runs'], { runId, workspaceId, request }: RunRecord, { hasObject }: SaidRemark): Promise<RunRecord | undefined> {
  const { surface, isReply, channelId, threadId, userId } = request
  if (!isReply && (surface !== 'direct' || hasObject)) return undefined
  const found = isReply && threadId !== undefined ? await runs.listThread(workspaceId, channelId, threadId) : await runs.listChannel(workspaceId, channelId)
  const answered = found.filter((one) => one.runId < runId && isImprovable(one))
  return answered.find((one) => one.request.userId === userId) ?? answered[0]
}

function change(improving: ImproveDeps, run: RunRecord, meant: RunRecord, { text, hasObject }: SaidRemark, journal: StepJournal): Promise<ThreadNote> {
  const withWayOut = ({ note, buttons }: ThreadNote): ThreadNote => ({ note, buttons: hasObject ? [...buttons, requestButton(run)] : buttons })
  const improve = async (): Promise<ThreadNote> =>
    withWayOut(await improveRun(improving, meant, { userId: run.request.userId, text }, (trx, note) => writeStep(trx, { runId: run.runId, stepKey: improvedStep, result: JSON.stringify(withWayOut(note)), atMs: improving.nowMs() })))
  return journal.once(improvedStep, improve)
}

/** For who meant it as a request: undoes and answers. */
const requestButton = ({ runId }: RunRecord): NoteButton => ({ text: 'It was a request', actionId: 'remark_as_request', value: runId })
