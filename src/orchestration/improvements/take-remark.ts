import type { Trx } from '../../storage/database.ts'
import type { ProposalRecord } from '../../storage/proposal-store.ts'
import type { RunRecord } from '../../storage/records.ts'
import type { RunOutcome, RunStore } from '../../storage/run-store.ts'
import { writeStep, type StepJournal } from '../../storage/step-journal.ts'
import type { NamedModel } from '../paid-calls/worst-case.ts'
import type { NoteButton } from '../thread-port.ts'
import type { ImproveDeps, Improved } from './improve-deps.ts'
import { improveRun, isImprovable } from './improve-run.ts'
import { describeProposal } from './propose-change.ts'
import { namedFields, readChange, type NamedField } from './read-change.ts'
import { readRemark, type SaidRemark } from './read-remark.ts'
import { refineChange, type RefineInput } from './refine-change.ts'

export interface RemarkDeps {
  readonly runs: Pick<RunStore, 'find' | 'listThread' | 'listChannel'>
  readonly main: NamedModel
  readonly router: NamedModel | undefined
  /** Unset: messages that begin with "improve" are requests like others. */
  readonly improving?: ImproveDeps | undefined
}

export interface RemarkInput extends Pick<RefineInput, 'run' | 'thread' | 'journal' | 'meter' | 'signal'> {}

/** The step that keeps what a remark changed, as the note that said so. */
export const improvedStep = 'improved'
const howTo: Improved = { note: 'Say what to do better, for example `improve shorter, with sources`.', buttons: [], open: [] }
const spoken: readonly RunRecord['request']['surface'][] = ['mention', 'direct', 'thread']

/**
 * `@murmur improve ...` in a thread with an answer of ours is `/improve` for it, as Slack has no slash commands there. The change and
 * the step that remembers it are one transaction, so a crash neither loses nor doubles it. A model is asked afterwards, where words
 * name a field that no rule can read.
 * @returns undefined for any other request
 */
export async function takeRemark(deps: RemarkDeps, input: RemarkInput): Promise<RunOutcome | undefined> {
  const { runs, improving } = deps
  const { run, thread, journal } = input
  if (run.request.remarkOn) return followRemark(deps, input, run.request.remarkOn)
  const remark = improving && isSpoken(run) ? readRemark(run.request.text) : undefined
  const meant = remark && (await findMeant(runs, run, remark))
  if (!improving || !remark || !meant) return undefined
  const { note, buttons, open } = remark.text === '' ? howTo : await change(improving, run, meant, remark, journal)
  await thread.post(improvedStep, note, buttons)
  if (open.length > 0) await refineChange(improving, refineInput(deps, input, meant, remark.text, open))
  return done
}

const done: RunOutcome = { status: 'completed', answer: undefined, tier: undefined, errorCode: undefined }

type RemarkMark = NonNullable<RunRecord['request']['remarkOn']>

/** The words of the remark were taken by a command; here an admin is asked, or the author told, or a model asked what they mean for some fields. */
async function followRemark(deps: RemarkDeps, input: RemarkInput, { runId, fields, proposalId, isDecided }: RemarkMark): Promise<RunOutcome> {
  const meant = await deps.runs.find(runId)
  const asked = namedFields.filter((field) => fields.includes(field))
  const proposal = proposalId === undefined ? undefined : await deps.improving?.approval.proposals.find(proposalId)
  if (isDecided) await tellDecided(deps, input, proposal, meant)
  else if (deps.improving && meant && proposal) {
    const { note, buttons } = await describeProposal(deps.improving, meant, proposal)
    await input.thread.post('proposal', note, buttons)
  } else if (deps.improving && meant && asked.length > 0) await refineChange(deps.improving, refineInput(deps, input, meant, input.run.request.text, asked))
  return done
}

/** What no rule could read of a remark counts for nothing before an admin has approved it; it is asked about now. */
async function tellDecided(deps: RemarkDeps, input: RemarkInput, proposal: ProposalRecord | undefined, meant: RunRecord | undefined): Promise<void> {
  await input.thread.post('decided', input.run.request.text, [])
  if (!deps.improving || !meant || proposal?.state !== 'approved') return
  const { open } = readChange(proposal.reason, await deps.improving.knownOf(meant.workspaceId))
  if (open.length > 0) await refineChange(deps.improving, refineInput(deps, input, meant, proposal.reason, open))
}

const refineInput = ({ router, main, improving }: RemarkDeps, input: RemarkInput, meant: RunRecord, text: string, fields: readonly NamedField[]): RefineInput => ({
  ...input,
  meant,
  fields,
  remark: { userId: input.run.request.userId, text: improving?.redact(text) ?? text },
  model: router ?? main,
})

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

function change(improving: ImproveDeps, run: RunRecord, meant: RunRecord, { text, hasObject }: SaidRemark, journal: StepJournal): Promise<Improved> {
  const withWayOut = (made: Improved): Improved => ({ ...made, buttons: hasObject ? [...made.buttons, requestButton(run)] : made.buttons })
  const keep = (trx: Trx, made: Improved) => writeStep(trx, { runId: run.runId, stepKey: improvedStep, result: JSON.stringify(withWayOut(made)), atMs: improving.nowMs() })
  return journal.once(improvedStep, async () => withWayOut(await improveRun(improving, meant, { userId: run.request.userId, text }, keep)))
}

/** For who meant it as a request: undoes and answers. */
const requestButton = ({ runId }: RunRecord): NoteButton => ({ text: 'It was a request', actionId: 'remark_as_request', value: runId })
