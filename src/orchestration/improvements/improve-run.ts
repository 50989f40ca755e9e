import { fenceLines } from '../../learning/fence-lines.ts'
import type { RecordFeedback } from '../../learning/feedback.ts'
import { diffRecipes } from '../../learning/recipe-lines.ts'
import { emptyRecipe, type RecipeChange } from '../../learning/recipe.ts'
import type { Improvement, WorkflowLibrary } from '../../learning/workflow-library.ts'
import type { Trx } from '../../storage/database.ts'
import type { RunRecord, WorkspaceId } from '../../storage/records.ts'
import type { LimitBook } from '../paid-calls/budget-limits.ts'
import type { NoteButton, ThreadNote } from '../thread-port.ts'
import { readChange, type KnownNames, type NamedField } from './read-change.ts'

/** What a person wants better in one answer. */
export interface Remark {
  readonly userId: string
  readonly text: string
}

export interface ImproveDeps {
  readonly recordFeedback: RecordFeedback
  readonly library: Pick<WorkflowLibrary, 'improve' | 'find'>
  readonly limits: Pick<LimitBook, 'goalOf'>
  /** What a recipe can name in a workspace. */
  readonly knownOf: (workspaceId: WorkspaceId) => Promise<KnownNames>
  /** A remark is read by models and by everybody of the goal from now on. */
  readonly redact: (text: string) => string
  readonly nowMs: () => number
}

export interface Improved extends ThreadNote {
  /** What the remark speaks of and no rule could read; a model may be asked. */
  readonly open: readonly NamedField[]
}

export type Alongside<T> = (trx: Trx, made: T) => Promise<unknown>

/**
 * Takes a remark on an answer into the recipe for such requests, at once and for everybody of the goal, and says what changed: its
 * words as guidance, and what they name plainly as fields. No model is asked. The remark is also kept as feedback.
 * @param alongside writes that belong to the change, made in its transaction
 */
export async function improveRun(deps: ImproveDeps, run: RunRecord, { userId, text: said }: Remark, alongside?: Alongside<Improved>): Promise<Improved> {
  const text = deps.redact(said)
  await deps.recordFeedback(run, { userId, kind: 'improve', text, createdAtMs: deps.nowMs() })
  const { change, told, open } = readChange(text, await deps.knownOf(run.workspaceId))
  const note = await changeRecipe(deps, run, { userId, text }, { change: { ...change, addGuidance: text }, told }, async (trx, made) => alongside?.(trx, { ...made, open }))
  return { ...note, open }
}

/** Changes the recipe for requests like a run's because of a remark, and says what is another now. */
export async function changeRecipe(deps: ImproveDeps, run: RunRecord, { userId, text }: Remark, { change, told }: { readonly change: RecipeChange; readonly told: readonly string[] }, alongside: Alongside<ThreadNote>): Promise<ThreadNote> {
  const goalId = await deps.limits.goalOf(run.workspaceId, run.request.channelId)
  const noteOf = (made: Improvement): ThreadNote => ({ note: [describeChange(made), ...told].join('\n'), buttons: buttonsOf(run, made) })
  const improver = { authorId: userId, source: 'user', reason: text, change } as const
  return noteOf(await deps.library.improve(run, goalId, improver, async (trx, made) => void (await alongside(trx, noteOf(made)))))
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
