import { fenceLines } from '../../learning/fence-lines.ts'
import { diffRecipes } from '../../learning/workflows/recipe-lines.ts'
import { emptyRecipe, type RecipeChange } from '../../learning/workflows/recipe.ts'
import type { Improvement } from '../../learning/workflows/workflow-library.ts'
import type { RunRecord } from '../../storage/records.ts'
import type { NoteButton, ThreadNote } from '../thread-port.ts'
import type { Alongside, ChangeNote, ImproveDeps, Improved, Remark } from './improve-deps.ts'
import { needsApproval, proposeChange } from './propose-change.ts'
import { readChange } from './read-change.ts'

/**
 * Takes a remark on an answer into the recipe for such requests, at once and for everybody of the goal, and says what changed: its
 * words as guidance, and what they name plainly as fields. No model is asked. The remark is also kept as feedback.
 * @param alongside writes that belong to the change, made in its transaction
 */
export async function improveRun(deps: ImproveDeps, run: RunRecord, { userId, text: said }: Remark, alongside?: Alongside<Improved>): Promise<Improved> {
  const text = deps.redact(said)
  await deps.recordFeedback(run, { userId, kind: 'improve', text, createdAtMs: deps.nowMs() })
  const { change, told, open } = readChange(text, await deps.knownOf(run.workspaceId))
  const asImproved = (note: ChangeNote): Improved => ({ ...note, open: note.proposalId === undefined ? open : [] })
  const wish = { change: { ...change, addGuidance: text }, told }
  return asImproved(await changeRecipe(deps, run, { userId, text }, wish, async (trx, note) => alongside?.(trx, asImproved(note))))
}

/** Changes the recipe for requests like a run's because of a remark, and says what is another now, or what waits for an admin. */
export async function changeRecipe(deps: ImproveDeps, run: RunRecord, remark: Remark, { change, told }: { readonly change: RecipeChange; readonly told: readonly string[] }, alongside: Alongside<ChangeNote>): Promise<ChangeNote> {
  const { userId, text } = remark
  if (await needsApproval(deps.approval, run.workspaceId, userId)) return proposeChange(deps, run, remark, change, alongside)
  const goalId = await deps.limits.goalOf(run.workspaceId, run.request.channelId)
  const noteOf = (made: Improvement): ThreadNote => withLines(describeImprovement(run, made), told)
  const improver = { authorId: userId, source: 'user', reason: text, change } as const
  return noteOf(await deps.library.improve(run, goalId, improver, async (trx, made) => void (await alongside(trx, noteOf(made)))))
}

/** True for an answer that a recipe could have made. */
export const isImprovable = ({ answer, route }: RunRecord): boolean => answer !== undefined && route !== undefined

/** What changed, with what can be done about it. */
export const describeImprovement = (run: RunRecord, made: Improvement): ThreadNote => ({ note: describeChange(made), buttons: buttonsOf(run, made) })

const withLines = ({ note, buttons }: ThreadNote, told: readonly string[]): ThreadNote => ({ note: [note, ...told].join('\n'), buttons })

function describeChange({ workflow: { name, state }, before, after }: Improvement): string {
  const lines = diffRecipes(before?.recipe ?? emptyRecipe, after.recipe)
  if (lines.length === 0) return `Requests like "${name}" are handled this way already (\`${after.workflowId}\`, version ${after.version}).`
  return [`Improved for requests like "${name}" (\`${after.workflowId}\`, now version ${after.version}). It counts from the next one on:`, ...fenceLines(lines), ...(state === 'active' || after.source !== 'user' ? [] : [restWords[state]])].join('\n')
}

/** The recipe was not in use: what came of an improvement besides. */
const restWords = { paused: 'The recipe was paused, and is in use again.', learning: 'The recipe had gone back to learning, and is in use again.', deleted: 'The recipe was deleted, and is in use again.' } as const

const buttonsOf = ({ runId }: RunRecord, { before, after: { workflowId, version } }: Improvement): readonly NoteButton[] => [
  { text: 'Compare', actionId: 'compare_improved', value: runId, style: 'primary' },
  ...(before?.version === version ? [] : [{ text: 'Undo', actionId: 'undo_improvement', value: `${workflowId}:${version}` }]),
]
