import { asObject, asObjects, asText, isJsonObject } from './json-object.ts'
import type { JsonObject } from './json-object.ts'

/** An interactive element and the block it stands in. */
export interface FoundElement {
  readonly element: JsonObject
  readonly blockId: string
}

/** What a person chose or typed: one value, or several (a list, or with commas between). */
export type Entered = string | readonly string[]

/** All interactive elements of blocks, at any depth, in reading order. */
export function findElements(blocks: readonly JsonObject[]): FoundElement[] {
  const found: FoundElement[] = []
  for (const block of blocks) collect(block, asText(block.block_id) ?? '', found)
  return found
}

/**
 * The element a person clicks: in the named block, or the one that offers `value`, or the first with the action id.
 * @throws {Error} naming the elements that are there
 */
export function findElement(
  blocks: readonly JsonObject[],
  use: { readonly actionId: string; readonly blockId?: string; readonly value?: Entered },
): FoundElement {
  const { actionId, blockId, value } = use
  const all = findElements(blocks)
  const candidates = all.filter(({ element }) => element.action_id === actionId)
  const offering = value === undefined ? undefined : candidates.find(({ element }) => valuesOf(element).includes(value))
  const found = candidates.find((item) => item.blockId === blockId) ?? offering ?? candidates[0]
  if (found === undefined) {
    const known = all.map(({ element }) => String(element.action_id)).join(', ') || 'none'
    throw new Error(`Expected an element with action id "${actionId}" to click. There: ${known}.`)
  }
  return found
}

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

/** @throws {Error} when no option has the value */
export function pickOption(element: JsonObject, value: string | undefined): JsonObject {
  const options = optionsOf(element)
  const option = options.find((item) => item.value === value)
  if (option === undefined)
    throw new Error(`Expected one of ${options.map((item) => String(item.value)).join(', ')}, got "${value ?? ''}".`)
  return option
}

export const splitValues = (value: Entered | undefined): string[] =>
  typeof value === 'object'
    ? [...value]
    : (value ?? '')
        .split(',')
        .map((item) => item.trim())
        .filter((item) => item !== '')

export const firstValue = (value: Entered | undefined): string | undefined =>
  typeof value === 'object' ? value[0] : value

function pickFeedback(element: JsonObject, value: string | undefined): unknown {
  const sides = [element.positive_button, element.negative_button]
  const byValue = sides.find((side) => value !== undefined && asObject(side).value === value)
  if (byValue !== undefined) return byValue
  if (value === undefined || value === 'positive') return sides[0]
  if (value === 'negative') return sides[1]
  throw new Error(`Expected positive, negative or a button's value, got "${value}".`)
}

function valuesOf(element: JsonObject): unknown[] {
  const options = optionsOf(element).map((option) => option.value)
  return [element.value, asObject(element.positive_button).value, asObject(element.negative_button).value, ...options]
}

function optionsOf(element: JsonObject): readonly JsonObject[] {
  return [
    ...asObjects(element.options),
    ...asObjects(element.option_groups).flatMap((group) => asObjects(group.options)),
  ]
}

function collect(node: unknown, blockId: string, found: FoundElement[]): void {
  if (Array.isArray(node)) {
    for (const item of node) collect(item, blockId, found)
    return
  }
  if (!isJsonObject(node)) return
  const ownBlockId = asText(node.block_id) ?? blockId
  if (asText(node.action_id) !== undefined) found.push({ element: node, blockId: ownBlockId })
  for (const [field, child] of Object.entries(node)) if (field !== 'options') collect(child, ownBlockId, found)
}
