import type { InputDraft, InputValue } from './input-draft.ts'

/** What a person left in a view: by action id, and nested by block as Slack's view state is. */
export interface Submission {
  readonly values: Readonly<Record<string, InputValue>>
  readonly state: Readonly<Record<string, Readonly<Record<string, InputValue>>>>
}

/** Reads the values of the inputs that stand in a view now; what the app has taken away meanwhile is left out. */
export function readSubmission(draft: InputDraft, root: Element): Submission {
  const state: Record<string, Record<string, InputValue>> = {}
  const values: Record<string, InputValue> = {}
  for (const input of root.querySelectorAll<HTMLElement>('[data-action-id]')) {
    const actionId = input.dataset['actionId'] ?? ''
    const blockId = input.closest<HTMLElement>('[data-block-id]')?.dataset['blockId'] ?? ''
    const value = draft.get(blockId, actionId)
    if (value === undefined) continue
    state[blockId] = { ...state[blockId], [actionId]: value }
    values[actionId] = value
  }
  return { values, state }
}
