import { diffRecipes } from '../learning/recipe-lines.ts'
import { emptyRecipe } from '../learning/recipe.ts'
import type { RunRecord, VersionRecord, WorkflowRecord } from '../storage/records.ts'
import type { CommandDeps, CommandNote, NoteButton } from './command.ts'
import { titleOf } from './run-lines.ts'

/** What a person wants better in one answer. */
export interface ImprovementWish {
  readonly userId: string
  readonly text: string
}

/** Slack's limit of a button's value is 2,000; ids are short. */
export const undoValue = ({ workflowId, version }: VersionRecord): string => `${workflowId}:${version}`

/**
 * Takes a remark on an answer into the recipe for such requests, at once and for everybody of the goal, and says what changed.
 * The remark is also kept as feedback.
 */
export async function improveRun({ recordFeedback, learning, limits, nowMs }: CommandDeps, run: RunRecord, { userId, text }: ImprovementWish): Promise<CommandNote> {
  await recordFeedback(run, { userId, kind: 'improve', text, createdAtMs: nowMs() })
  const goalId = await limits.goalOf(run.workspaceId, run.request.channelId)
  const { workflow, before, after } = await learning.library.improve(run, goalId, { authorId: userId, source: 'user', reason: text, change: { addGuidance: text } })
  return { note: describeChange(run, workflow, before, after), buttons: buttonsOf(run, after) }
}

function describeChange(run: RunRecord, { name }: WorkflowRecord, before: VersionRecord | undefined, after: VersionRecord): string {
  const lines = diffRecipes(before?.recipe ?? emptyRecipe, after.recipe)
  if (lines.length === 0) return `Requests like "${titleOf(run.request.text)}" are handled this way already (\`${after.workflowId}\`, version ${after.version}).`
  return [`Improved for requests like "${name}" (\`${after.workflowId}\`, now version ${after.version}). It counts from the next one on:`, '```', ...lines.map(fenced), '```'].join('\n')
}

/** A line inside a fence can't end it. */
export const fenced = (line: string): string => line.replaceAll('`', "'")

const buttonsOf = (run: RunRecord, after: VersionRecord): readonly NoteButton[] => [
  { text: 'Compare', actionId: 'compare_improved', value: run.runId, style: 'primary' },
  { text: 'Undo', actionId: 'undo_improvement', value: undoValue(after) },
]
