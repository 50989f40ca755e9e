import type { Database } from '../../storage/database.ts'
import type { EventLog } from '../../storage/event-log.ts'
import type { Recipe, VersionRecord, WorkflowId, WorkflowRecord } from '../../storage/records.ts'
import type { TrialStore } from '../../storage/trial-store.ts'
import type { WorkflowStore } from '../../storage/workflow-store.ts'
import { beginTrial, replacedBy } from '../trials/begin-trial.ts'
import { isSameRecipe } from './recipe-lines.ts'

export interface WorkflowEdit {
  readonly userId: string
  /** The version that the person saw. */
  readonly shownVersion: number
  readonly name: string
  readonly recipe: Recipe
}

export interface EditorDeps {
  readonly database: Database
  readonly workflows: WorkflowStore
  readonly trials: TrialStore
  readonly events: EventLog
  readonly nowMs: () => number
  readonly onEvent: () => void
}

export type EditWorkflow = (workflowId: WorkflowId, edit: WorkflowEdit) => Promise<'saved' | 'same' | 'outdated'>

/** Saves a recipe as a person wrote it, as a new version on trial against the one it replaces. One that somebody else changed meanwhile is left alone: nothing is lost unseen. */
export function createWorkflowEditor({ database, workflows, trials, events, nowMs, onEvent }: EditorDeps): EditWorkflow {
  return async (workflowId, { userId, shownVersion, name, recipe }) => {
    const saved = await database.db.transaction().execute(async (trx) => {
      let seen: { readonly workflow: WorkflowRecord; readonly current: VersionRecord } | undefined
      const propose = (workflow: WorkflowRecord, current: VersionRecord) => {
        seen = { workflow, current }
        return current.version !== shownVersion || isSameRecipe(current.recipe, recipe) ? undefined : ({ source: 'user', authorId: userId, reason: 'Edited in a form.', recipe, runId: undefined } as const)
      }
      const added = await workflows.addVersion(trx, workflowId, propose, 'current', nowMs())
      if (seen?.current.version !== shownVersion) return 'outdated'
      const { workspaceId, patternId } = seen.workflow
      if (added) await beginTrial({ trials, nowMs }, trx, { workflow: seen.workflow, version: added, deployment: 'current', replaced: await replacedBy(trials, trx, seen.workflow) })
      if (added) await events.append(trx, { workspaceId, type: 'improvement_available', payload: { workflowId, version: added.version, source: added.source, userId, patternId }, atMs: nowMs() })
      const renamed = await workflows.move(trx, workflowId, (workflow) => (workflow.name === name ? undefined : { name }), nowMs())
      return added || renamed ? 'saved' : 'same'
    })
    onEvent()
    return saved
  }
}
