import { optionsOf } from './element-options.ts'
import type { Entered } from './entered.ts'
import { asObject, asText, isJsonObject } from './json-object.ts'
import type { JsonObject } from './json-object.ts'

/** An interactive element and the block it stands in. */
export interface FoundElement {
  readonly element: JsonObject
  readonly blockId: string
}

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

function valuesOf(element: JsonObject): unknown[] {
  const options = optionsOf(element).map((option) => option.value)
  return [element.value, asObject(element.positive_button).value, asObject(element.negative_button).value, ...options]
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
