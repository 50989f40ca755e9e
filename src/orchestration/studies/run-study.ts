import { asMurmurError, type ErrorCode } from '../../errors.ts'
import { offerVersion } from '../../learning/workflows/offer-version.ts'
import type { Trx } from '../../storage/database.ts'
import type { RunRecord, StudyKind, StudyOrder, VersionRecord } from '../../storage/records.ts'
import type { RunOutcome } from '../../storage/run-store.ts'
import type { StudyOutcome } from '../../storage/study-store.ts'
import type { RunAttempt, RunDeps } from '../run-attempt.ts'
import { reflectOn } from './reflect.ts'
import { replay } from './replay.ts'
import type { Finding, StudyDeps } from './study-deps.ts'

/** What a study works on. */
interface Subject {
  readonly about: RunRecord
  readonly version: VersionRecord
  /** Guidance that was in some version before: what was tried is not tried again. */
  readonly tried: readonly string[]
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
    const found = await lookers[order.kind](deps, studying, attempt, subject)
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

/** Versions that are looked through for what was tried before. */
const lookedBack = 100

async function findSubject({ runs }: RunDeps, { workflows }: StudyDeps, { workflowId, version: number, aboutRunId }: StudyOrder): Promise<Subject | undefined> {
  const [about, version] = [await runs.find(aboutRunId), await workflows.version(workflowId, number)]
  if (!about || !version) return undefined
  return { about, version, tried: (await workflows.versions(workflowId, lookedBack)).flatMap(({ recipe }) => recipe.guidance) }
}

type Look = (deps: RunDeps, studying: StudyDeps, attempt: RunAttempt, subject: Subject) => Promise<Finding | undefined>

const lookers: Readonly<Record<StudyKind, Look>> = {
  reflect: lookBack,
  replay: (deps, studying, attempt, { version, tried }) => replay(deps, studying, attempt, version, tried),
}

/** The cheap model looks: a lesson is a sentence, and the trial decides whether it is worth anything. */
async function lookBack({ main, router }: RunDeps, { feedback, redact }: StudyDeps, { meter, signal }: RunAttempt, { about, version, tried }: Subject): Promise<Finding | undefined> {
  const lesson = await reflectOn({ model: meter.metered('reflect', router ?? main), run: about, recipe: version.recipe, feedback: await feedback.listForRun(about.runId), redact, signal })
  if (!lesson || tried.includes(lesson.text)) return undefined
  return { change: { addGuidance: lesson.text }, reason: `Looking back at an answer that went wrong: ${lesson.quotes.map((quote) => `"${quote}"`).join(', ')}.` }
}
