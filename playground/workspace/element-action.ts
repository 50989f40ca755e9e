import { pickOption } from './element-options.ts'
import { firstValue, splitValues } from './entered.ts'
import type { Entered } from './entered.ts'
import type { FoundElement } from './find-element.ts'
import { asObject } from './json-object.ts'
import type { JsonObject } from './json-object.ts'

/**
 * What Slack puts into `actions[0]` when a person uses the element.
 * @param value which option or feedback button; `positive` and `negative` also name the feedback buttons
 * @throws {Error} when the element does not offer the value
 */
export function actionOf(found: FoundElement, entered: Entered | undefined, actionTs: string): JsonObject {
  const value = firstValue(entered)
  const { element, blockId } = found
  const common = { type: element.type, action_id: element.action_id, block_id: blockId, action_ts: actionTs }
  switch (element.type) {
    case 'feedback_buttons': {
      const side = asObject(pickFeedback(element, value))
      return { ...common, value: side.value, text: side.text }
    }
    case 'overflow':
    case 'static_select':
    case 'external_select':
    case 'radio_buttons':
      return { ...common, selected_option: pickOption(element, value) }
    case 'multi_static_select':
    case 'checkboxes':
      return { ...common, selected_options: splitValues(entered).map((item) => pickOption(element, item)) }
    case 'users_select':
      return { ...common, selected_user: value }
    case 'multi_users_select':
      return { ...common, selected_users: splitValues(entered) }
    case 'channels_select':
      return { ...common, selected_channel: value }
    case 'conversations_select':
      return { ...common, selected_conversation: value }
    case 'datepicker':
      return { ...common, selected_date: value ?? null }
    case 'timepicker':
      return { ...common, selected_time: value ?? null }
    case 'plain_text_input':
      return { ...common, value: value ?? '' }
    default:
      return {
        ...common,
        text: element.text,
        ...(element.value === undefined ? {} : { value: element.value }),
        ...(element.icon === undefined ? {} : { icon: element.icon }),
      }
  }
}

function pickFeedback(element: JsonObject, value: string | undefined): unknown {
  const sides = [element.positive_button, element.negative_button]
  const byValue = sides.find((side) => value !== undefined && asObject(side).value === value)
  if (byValue !== undefined) return byValue
  if (value === undefined || value === 'positive') return sides[0]
  if (value === 'negative') return sides[1]
  throw new Error(`Expected positive, negative or a button's value, got "${value}".`)
}
