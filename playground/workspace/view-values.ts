import { pickOption } from './element-options.ts'
import { firstValue, splitValues } from './entered.ts'
import type { Entered } from './entered.ts'
import { findElements } from './find-element.ts'
import { asObject, asObjects } from './json-object.ts'
import type { JsonObject } from './json-object.ts'

/** What a person fills in, by action id: text or an option's value, or several of them. */
export type EnteredValues = { readonly [actionId: string]: Entered }

/** The same by block id and action id, for views in which two blocks share an action id. */
export type EnteredState = { readonly [blockId: string]: EnteredValues }

/**
 * The `state.values` of a view: block id -> action id -> value, with initial values where nothing was entered.
 * @throws {Error} when a value names no option, or no input has the action id
 */
export function viewStateValues(content: JsonObject, entered: EnteredValues, state: EnteredState = {}): JsonObject {
  const values: { [blockId: string]: { [actionId: string]: JsonObject } } = {}
  const known = new Set<string>()
  for (const { element, blockId } of findElements(asObjects(content.blocks))) {
    const actionId = String(element.action_id)
    known.add(actionId)
    const value = stateOf(element, state[blockId]?.[actionId] ?? entered[actionId])
    if (value !== undefined) values[blockId] = { ...values[blockId], [actionId]: value }
  }
  const strange = Object.keys(entered).find((actionId) => !known.has(actionId))
  if (strange !== undefined)
    throw new Error(`Expected an input with action id "${strange}". There: ${[...known].join(', ') || 'none'}.`)
  return values
}

/** Block ids of required inputs that are empty: Slack's own client does not submit then. */
export function findEmptyInputs(content: JsonObject, values: JsonObject): string[] {
  return asObjects(content.blocks)
    .filter((block) => block.type === 'input' && block.optional !== true)
    .map((block) => String(block.block_id))
    .filter((blockId) => Object.values(asObject(values[blockId])).every((value) => isEmpty(asObject(value))))
}

function isEmpty(value: JsonObject): boolean {
  const { type: _type, ...fields } = value
  return Object.values(fields).every(
    (field) => field === null || field === undefined || field === '' || (Array.isArray(field) && field.length === 0),
  )
}

/** The state of one element, or undefined for those without (buttons). */
function stateOf(element: JsonObject, many: Entered | undefined): JsonObject | undefined {
  const entered = firstValue(many)
  const type = String(element.type)
  switch (type) {
    case 'plain_text_input':
    case 'email_text_input':
    case 'url_text_input':
    case 'number_input':
      return {
        type,
        value: (entered ?? element.initial_value ?? '') === '' ? null : (entered ?? element.initial_value),
      }
    case 'static_select':
    case 'external_select':
    case 'radio_buttons':
      return {
        type,
        selected_option: entered === undefined ? (element.initial_option ?? null) : pickOption(element, entered),
      }
    case 'multi_static_select':
    case 'multi_external_select':
    case 'checkboxes':
      return {
        type,
        selected_options:
          many === undefined
            ? (element.initial_options ?? [])
            : splitValues(many).map((item) => pickOption(element, item)),
      }
    case 'datepicker':
      return { type, selected_date: entered ?? element.initial_date ?? null }
    case 'timepicker':
      return { type, selected_time: entered ?? element.initial_time ?? null }
    case 'file_input':
      return { type, files: splitValues(many).map((id) => ({ id })) }
    default:
      return pickerState(type, element, many)
  }
}

/** Users, channels and conversations, one or several: `selected_user`, `selected_users` and so on. */
function pickerState(type: string, element: JsonObject, many: Entered | undefined): JsonObject | undefined {
  const match = /^(multi_)?(user|channel|conversation)s_select$/.exec(type)
  if (match === null) return undefined
  const isMany = match[1] !== undefined
  const noun = `${match[2] ?? ''}${isMany ? 's' : ''}`
  const initial = element[`initial_${noun}`] ?? (isMany ? [] : null)
  return { type, [`selected_${noun}`]: many === undefined ? initial : isMany ? splitValues(many) : firstValue(many) }
}
