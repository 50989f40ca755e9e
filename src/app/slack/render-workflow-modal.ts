import type { WorkflowForm } from '../../commands/command.ts'
import { sanitizePlain } from './sanitize-text.ts'

export const workflowModalId = 'edit_workflow'

/** What the form remembers of how it was opened. */
export interface WorkflowFormMemory {
  readonly channelId: string
  readonly workflowId: string
  readonly version: number
}

/** Twelve remarks of 600 characters are more than one field takes, and what a form leaves out would be lost when it is saved. */
export const guidanceFields = ['guidance', 'guidance_2', 'guidance_3'] as const

export type WorkflowField = 'name' | (typeof guidanceFields)[number] | 'format' | 'who' | 'model' | 'topology'

/** The choice that leaves a field to be decided as for any request. */
export const asUsual = '-'
/** Slack takes 100 options. */
const mostOptions = 99
const maxOptionChars = 75
const longestInput = 3_000

const plain = (text: string) => ({ type: 'plain_text', text })

/** A recipe as a form; each field's block and action are called as the field. */
export function renderWorkflowModal({ channelId, workflow, recipe, known }: WorkflowForm) {
  const { workflowId, currentVersion: version, name } = workflow
  return {
    type: 'modal',
    callback_id: workflowModalId,
    private_metadata: JSON.stringify({ channelId, workflowId, version } satisfies WorkflowFormMemory),
    title: plain('Edit workflow'),
    submit: plain('Save'),
    close: plain('Cancel'),
    blocks: [
      input('name', 'Name', text(name, 120)),
      ...renderGuidance(recipe.guidance),
      input('format', 'Form of the answer', text(recipe.format ?? '', 300), true),
      input('who', 'Who answers', choice(known.specialties.map(({ id, name: label }) => [id, label]), recipe.specialtyId)),
      input('model', 'Model', choice(known.models.map((id) => [id, id]), recipe.modelId)),
      input('topology', 'Form of work', choice(known.topologies.map((id) => [id, id]), recipe.topology)),
    ],
  }
}

/** As many fields as the lines need, one at least; a line is never cut in two. */
function renderGuidance(guidance: readonly string[]) {
  const parts = guidance.reduce<readonly string[]>((filled, line) => {
    const last = filled.at(-1)
    return last === undefined || last.length + 1 + line.length > longestInput ? [...filled, line] : filled.with(-1, `${last}\n${line}`)
  }, [])
  return guidanceFields.slice(0, Math.max(1, parts.length)).map((name, at) => input(name, at === 0 ? 'What to mind, a line each' : 'More to mind', { ...text(parts[at] ?? '', longestInput), multiline: true }, true))
}

function input(name: WorkflowField, label: string, element: object, isOptional = false) {
  return { type: 'input', block_id: name, label: plain(label), optional: isOptional, element: { ...element, action_id: name } }
}

const text = (value: string, maxLength: number) => ({ type: 'plain_text_input', max_length: maxLength, ...(value === '' ? {} : { initial_value: sanitizePlain(value).slice(0, maxLength).toWellFormed() }) })

function choice(values: readonly (readonly [id: string, label: string])[], chosen: string | undefined) {
  // One that is not offered any more is shown, so that saving the form does not drop it unseen.
  const offered = values.slice(0, mostOptions)
  const shown = chosen === undefined || offered.some(([id]) => id === chosen) ? offered : [[chosen, chosen] as const, ...offered.slice(1)]
  const options = [[asUsual, 'As for any request'] as const, ...shown].map(([value, label]) => ({ text: plain(label.slice(0, maxOptionChars).toWellFormed()), value }))
  return { type: 'static_select', options, initial_option: options.find(({ value }) => value === chosen) ?? options[0] }
}
