import { askToConfirm } from '../confirm.ts'
import { readText } from '../read-json.ts'
import type { InputValue } from './input-draft.ts'
import type { ElementPlace } from './render-context.ts'

/**
 * Tells the app that a person used an element: asks first when the element wants it, marks the control busy until the
 * app has answered.
 * @returns whether the app was told
 */
export async function actOnElement(place: ElementPlace, control: HTMLElement, value: InputValue): Promise<boolean> {
  if (!(await askToConfirm(place.element['confirm'], place.context.directory))) return false
  control.setAttribute('aria-busy', 'true')
  try {
    await place.context.act({ blockId: place.blockId, actionId: readActionId(place), value })
  } finally {
    control.removeAttribute('aria-busy')
  }
  return true
}

/** Returns the action id of an element, '' when the app gave none. */
export function readActionId(place: ElementPlace): string {
  return readText(place.element['action_id'])
}
