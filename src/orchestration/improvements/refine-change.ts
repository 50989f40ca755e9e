import { asMurmurError, type ErrorCode } from '../../errors.ts'
import { asGuidance } from '../../learning/workflows/recipe.ts'
import type { RunRecord } from '../../storage/records.ts'
import { writeStep, type StepJournal } from '../../storage/step-journal.ts'
import type { RunMeter } from '../paid-calls/metered-model.ts'
import type { NamedModel } from '../paid-calls/worst-case.ts'
import type { ThreadPort } from '../thread-port.ts'
import { askChange } from './ask-change.ts'
import type { ChangeNote, ImproveDeps, Remark } from './improve-deps.ts'
import { changeRecipe } from './improve-run.ts'
import type { NamedField } from './read-change.ts'

export interface RefineInput {
  readonly run: RunRecord
  /** The run whose answer the remark is on. */
  readonly meant: RunRecord
  readonly remark: Remark
  readonly fields: readonly NamedField[]
  readonly thread: Pick<ThreadPort, 'post'>
  readonly journal: StepJournal
  readonly meter: Pick<RunMeter, 'metered'>
  /** The cheap one. */
  readonly model: NamedModel
  readonly signal: AbortSignal
}

const nothing = { change: {}, told: [] }
const refinedStep = 'refined'
/** The words of the remark count already, so nobody waits long for the rest. */
const askTimeoutMs = 20_000

/**
 * Asks a model once what a remark means for fields that no rule could read, and changes the recipe by what of it holds. The words of
 * the remark are in force before, and stay so whatever the model does. Call and change are steps: a crash repeats neither.
 * @throws {MurmurError} what ends the run: it was stopped, the process drains, the store is away
 */
export async function refineChange(improving: ImproveDeps, input: RefineInput): Promise<void> {
  const { run, thread, journal } = input
  const note = await journal.once(refinedStep, async (): Promise<ChangeNote> => {
    const { change, told } = (await isInForce(improving, input)) ? await ask(improving, input) : nothing
    if (Object.keys(change).length === 0) return { note: [...told, unread].join('\n'), buttons: [] }
    const step = (made: ChangeNote) => ({ runId: run.runId, stepKey: refinedStep, result: JSON.stringify(made), atMs: improving.nowMs() })
    return changeRecipe(improving, input.meant, input.remark, { change, told }, (trx, made) => writeStep(trx, step(made)))
  })
  await thread.post(refinedStep, note.note, note.buttons)
}

const unread = 'I could not tell more of it than its words say. They count as guidance; `/improve use the writer` or `/improve with <model>` names a thing.'

/** A remark that was taken back means nothing any more. */
async function isInForce({ library, limits }: ImproveDeps, { meant, remark }: RefineInput): Promise<boolean> {
  const { workspaceId, runId, request } = meant
  const found = await library.find({ workspaceId, goalId: await limits.goalOf(workspaceId, request.channelId), text: request.text, runId })
  return found?.version.recipe.guidance.includes(asGuidance(remark.text)) ?? false
}

async function ask({ knownOf }: ImproveDeps, { run, remark, fields, meter, model, signal }: RefineInput): ReturnType<typeof askChange> {
  try {
    const known = await knownOf(run.workspaceId)
    return await askChange({ model: meter.metered('refine', model), remark: remark.text, fields, known, signal: AbortSignal.any([signal, AbortSignal.timeout(askTimeoutMs)]) })
  } catch (error) {
    const { code } = asMurmurError(error)
    // Out of budget, down, slow or babbling: no change is right then.
    if (!signal.aborted && (code.startsWith('MUR_MODEL_') || passedOver.includes(code))) return nothing
    throw error
  }
}

const passedOver: readonly ErrorCode[] = ['MUR_BUDGET_SPENT', 'MUR_INPUT_TOO_LONG', 'MUR_RUN_CANCELLED']
