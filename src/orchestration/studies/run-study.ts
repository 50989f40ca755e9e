import { asMurmurError, type ErrorCode } from '../../errors.ts'
import { offerVersion } from '../../learning/offer-version.ts'
import type { RecipeChange } from '../../learning/recipe.ts'
import type { Trx } from '../../storage/database.ts'
import type { RunRecord, StudyOrder, VersionRecord } from '../../storage/records.ts'
import type { RunOutcome } from '../../storage/run-store.ts'
import type { StudyOutcome } from '../../storage/study-store.ts'
import type { RunAttempt, RunDeps } from '../run-attempt.ts'
import type { StudyDeps } from './study-deps.ts'
import { reflectOn } from './reflect.ts'

/** A change that a study has found, and why. */
export interface Finding {
  readonly change: RecipeChange
  readonly reason: string
}

/** What a study works on. */
interface Subject {
  readonly about: RunRecord
  readonly version: VersionRecord
}

const done: RunOutcome = { status: 'completed', answer: undefined, tier: undefined, errorCode: undefined }

/**
 * Looks into what was ordered, and tries out what is found as a canary. Its model calls are steps and its end is one transaction with
 * what it leads to, so a restart neither pays nor changes anything twice. A model or a budget that fails ends it: nobody waits for it.
 * @throws {MurmurError} what ends any run: it was stopped, the process drains, the store is away
 */
export async function runStudy(deps: RunDeps, attempt: RunAttempt, order: StudyOrder): Promise<RunOutcome> {
  const { studying } = deps
  if (!studying) return done
  const { runId } = attempt.run
  const end = (outcome: StudyOutcome, detail = '') => (trx: Trx) => studying.studies.end(trx, runId, outcome, detail, deps.nowMs())
  const endNow = (outcome: StudyOutcome, detail?: string) => studying.offering.database.db.transaction().execute(end(outcome, detail))
  try {
    const subject = await findSubject(deps, studying, order)
    if (!subject) return (await endNow('overtaken'), done)
    const found = await look(deps, studying, attempt, subject)
    if (!found) return (await endNow('nothing'), done)
    const offer = { ...found, workflowId: order.workflowId, onVersion: order.version, about: subject.about }
    await offerVersion(studying.offering, offer, async (trx, { kind }) => end(kind === 'offered' || kind === 'proposed' ? kind : 'overtaken', found.reason)(trx))
  } catch (error) {
    const { code } = asMurmurError(error)
    if (attempt.signal.aborted || !(code.startsWith('MUR_MODEL_') || givenUp.includes(code))) throw error
    await endNow(code === 'MUR_BUDGET_SPENT' ? 'unpaid' : 'failed', code)
  }
  return done
}

const givenUp: readonly ErrorCode[] = ['MUR_BUDGET_SPENT', 'MUR_INPUT_TOO_LONG', 'MUR_RUN_CANCELLED']

async function findSubject({ runs }: RunDeps, { workflows }: StudyDeps, { workflowId, version: number, aboutRunId }: StudyOrder): Promise<Subject | undefined> {
  const [about, version] = [await runs.find(aboutRunId), await workflows.version(workflowId, number)]
  return about && version && { about, version }
}

/** The cheap model looks: a lesson is a sentence, and the trial decides whether it is worth anything. */
async function look({ main, router }: RunDeps, { feedback, redact }: StudyDeps, { meter, signal }: RunAttempt, { about, version }: Subject): Promise<Finding | undefined> {
  const { recipe } = version
  const lesson = await reflectOn({ model: meter.metered('reflect', router ?? main), run: about, recipe, feedback: await feedback.listForRun(about.runId), redact, signal })
  if (!lesson || recipe.guidance.includes(lesson.text)) return undefined
  return { change: { addGuidance: lesson.text }, reason: `Looking back at an answer that went wrong: ${lesson.quotes.map((quote) => `"${quote}"`).join(', ')}.` }
}
