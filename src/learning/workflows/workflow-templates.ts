import type { Trx } from '../../storage/database.ts'
import { newRunId, newWorkflowId } from '../../storage/ids.ts'
import type { PatternRecord, Recipe, VersionRecord, WorkflowRecord, WorkspaceId } from '../../storage/records.ts'
import { beginTrial, replacedBy } from '../trials/begin-trial.ts'
import type { WorkflowLibraryDeps } from './workflow-library.ts'

/** A recipe that can be taken to another channel or workspace: nothing in it belongs to the place it was made in. */
export interface WorkflowTemplate {
  readonly name: string
  /** The requests it is for, with slots: `Summarise the sales of {date}`. */
  readonly like: string
  readonly recipe: Recipe
}

export type TemplateDeps = Pick<WorkflowLibraryDeps, 'database' | 'workflows' | 'trials' | 'patterns' | 'book' | 'events' | 'nowMs' | 'onEvent'>

export interface TemplatePlace {
  readonly workspaceId: WorkspaceId
  readonly goalId: string
  readonly userId: string
}

/** What stands in a slot, so that a template is recognised by the same words as the requests it was made of. */
const fillings: Readonly<Record<string, string>> = {
  code: '`x`',
  url: 'https://example.com',
  email: 'somebody@example.com',
  person: '<@U0>',
  channel: '<#C0>',
  quote: '"this"',
  date: '2026-01-31',
  time: '9:30',
  money: '$10',
  number: '7',
  id: 'AB-1',
  name: 'Alex',
}

/** Recipes as templates, out of a goal and into one. */
export function createWorkflowTemplates({ workflows, trials, patterns, book, events, nowMs, onEvent }: TemplateDeps) {
  return {
    async exported(workflow: WorkflowRecord): Promise<WorkflowTemplate | undefined> {
      const [version, pattern] = await Promise.all([workflows.version(workflow.workflowId, workflow.currentVersion), workflow.patternId === undefined ? undefined : patterns.find(workflow.patternId)])
      if (!version) return undefined
      const { guidance, ...fields } = version.recipe
      return { name: withoutIds(workflow.name), like: withoutIds(pattern?.title ?? workflow.name), recipe: { ...fields, guidance: guidance.map(withoutIds) } }
    },

    /** Makes a workflow of a template; where such requests have one already, it gets the template's recipe as a new version. Either is on trial. */
    async take({ workspaceId, goalId, userId }: TemplatePlace, { name, like, recipe }: WorkflowTemplate): Promise<{ readonly name: string; readonly version: VersionRecord }> {
      const text = like.replaceAll(/\{([a-z]+)\}/g, (slot, kind: string) => fillings[kind] ?? slot)
      const made = { source: 'user', authorId: userId, reason: `Imported as a template: ${name}`, recipe, runId: undefined } as const
      const report = (trx: Trx, { workflowId, version }: VersionRecord, { patternId }: PatternRecord): Promise<void> =>
        events.append(trx, { workspaceId, type: 'improvement_available', payload: { workflowId, version, source: 'user', userId, patternId }, atMs: nowMs() })
      const { pattern, ...taken } = await book.place({ workspaceId, goalId, text }, undefined, async (trx, place) => {
        const pattern = await book.assign(trx, { runId: newRunId(), workspaceId, goalId, text }, place)
        const known = pattern.workflowId && (await workflows.lock(trx, pattern.workflowId))
        const added = known && known.state !== 'deleted' ? await workflows.addVersion(trx, known.workflowId, () => made, 'current', nowMs()) : undefined
        if (known && added) {
          // Whoever imports a recipe wants it used.
          if (known.state !== 'active') await workflows.move(trx, known.workflowId, () => ({ state: 'active' }), nowMs())
          await beginTrial({ trials, nowMs }, trx, { workflow: known, version: added, deployment: 'current', replaced: await replacedBy(trials, trx, known) })
          await report(trx, added, pattern)
          return { pattern, name: known.name, version: added }
        }
        const workflow = { workflowId: newWorkflowId(), workspaceId, goalId, name, patternId: pattern.patternId }
        const version = await workflows.create(trx, workflow, made, nowMs())
        await beginTrial({ trials, nowMs }, trx, { workflow: { ...workflow, canary: undefined }, version, deployment: 'current', replaced: 0 })
        const linked = (await patterns.change(trx, pattern.patternId, (newest) => ({ ...newest, title: newest.patternId === place.patternId ? newest.title : like, workflowId: workflow.workflowId }))) as PatternRecord
        await report(trx, version, linked)
        return { pattern: linked, name, version }
      })
      await book.note(pattern)
      onEvent()
      return taken
    },
  }
}

export type WorkflowTemplates = ReturnType<typeof createWorkflowTemplates>

/** People and channels are of one workspace. */
const withoutIds = (text: string): string => text.replaceAll(/<@[A-Z0-9]+(?:\|[^>]*)?>/g, '{person}').replaceAll(/<#[A-Z0-9]+(?:\|[^>]*)?>/g, '{channel}')
