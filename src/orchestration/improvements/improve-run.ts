import { fenceLines } from '../../learning/fence-lines.ts'
import type { RecordFeedback } from '../../learning/feedback.ts'
import { diffRecipes } from '../../learning/recipe-lines.ts'
import { emptyRecipe } from '../../learning/recipe.ts'
import type { Improvement, WorkflowLibrary } from '../../learning/workflow-library.ts'
import type { Trx } from '../../storage/database.ts'
import type { RunRecord } from '../../storage/records.ts'
import type { LimitBook } from '../paid-calls/budget-limits.ts'
import type { NoteButton, ThreadNote } from '../thread-port.ts'

/** What a person wants better in one answer. */
export interface Remark {
  readonly userId: string
  readonly text: string
}

export interface ImproveDeps {
  readonly recordFeedback: RecordFeedback
  readonly library: Pick<WorkflowLibrary, 'improve'>
  readonly limits: Pick<LimitBook, 'goalOf'>
  /** A remark is read by models and by everybody of the goal from now on. */
  readonly redact: (text: string) => string
  readonly nowMs: () => number
}

/**
 * Takes a remark on an answer into the recipe for such requests, at once and for everybody of the goal, and says what changed.
 * The remark is also kept as feedback.
 * @param alongside writes that belong to the change, made in its transaction
 */
export async function improveRun(deps: ImproveDeps, run: RunRecord, { userId, text: said }: Remark, alongside?: (trx: Trx, note: ThreadNote) => Promise<unknown>): Promise<ThreadNote> {
  const { recordFeedback, library, limits, redact, nowMs } = deps
  const text = redact(said)
  await recordFeedback(run, { userId, kind: 'improve', text, createdAtMs: nowMs() })
  const goalId = await limits.goalOf(run.workspaceId, run.request.channelId)
  const noteOf = (made: Improvement): ThreadNote => ({ note: describeChange(made), buttons: buttonsOf(run, made) })
  const improver = { authorId: userId, source: 'user', reason: text, change: { addGuidance: text } } as const
  return noteOf(await library.improve(run, goalId, improver, async (trx, made) => void (await alongside?.(trx, noteOf(made)))))
}

/** True for an answer that a recipe could have made. */
export const isImprovable = ({ answer, route }: RunRecord): boolean => answer !== undefined && route !== undefined

function describeChange({ workflow: { name }, before, after }: Improvement): string {
  const lines = diffRecipes(before?.recipe ?? emptyRecipe, after.recipe)
  if (lines.length === 0) return `Requests like "${name}" are handled this way already (\`${after.workflowId}\`, version ${after.version}).`
  return [`Improved for requests like "${name}" (\`${after.workflowId}\`, now version ${after.version}). It counts from the next one on:`, ...fenceLines(lines)].join('\n')
}

const buttonsOf = ({ runId }: RunRecord, { before, after: { workflowId, version } }: Improvement): readonly NoteButton[] => [
  { text: 'Compare', actionId: 'compare_improved', value: runId, style: 'primary' },
  ...(before?.version === version ? [] : [{ text: 'Undo', actionId: 'undo_improvement', value: `${workflowId}:${version}` }]),
]
