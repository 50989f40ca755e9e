import { BLOCK_RULES, ELEMENT_RULES, FEEDBACK_BUTTON_RULE, OPTION_RULE } from './block-limits.ts'
import type { NodeRule } from './block-limits.ts'
import { asObject, asObjects, asText, isJsonObject } from './json-object.ts'
import type { JsonObject } from './json-object.ts'

/** One broken rule, in the shape of `blocks.validate`; `pointer` is a JSON pointer into the checked list. */
export interface BlockFault {
  readonly code: 'invalid_blocks' | 'msg_blocks_too_long' | 'only_one_table_allowed'
  readonly message: string
  readonly pointer: string
}

export type Surface = 'message' | 'modal' | 'home'

const MAX_BLOCKS = { message: 50, modal: 100, home: 100 } as const
/** Total text of a message's blocks; fails between 13,170 and 13,300 when measured (slackapi/bolt-js#2509). */
const MAX_TOTAL_TEXT = 13_200
const MAX_MARKDOWN_TEXT = 12_000
const MAX_TABLE_COLUMNS = 20
const MESSAGE_ONLY = new Set(['markdown', 'context_actions', 'table', 'plan', 'task_card'])
const NOT_IN_CONTAINERS = new Set([
  'markdown',
  'plan',
  'task_card',
  'container',
  'carousel',
  'card',
  'alert',
  'context_actions',
  'data_table',
])

/** Finds what Slack would refuse in a list of blocks; an empty result means it is fine. Stops at 20 faults. */
export function checkBlocks(blocks: readonly unknown[], surface: Surface): BlockFault[] {
  const faults: BlockFault[] = []
  if (blocks.length > MAX_BLOCKS[surface]) {
    faults.push(fault(`no more than ${MAX_BLOCKS[surface]} items allowed`, ''))
  }
  const blockIds = new Set<string>()
  blocks.forEach((block, index) => checkBlock(block, `/${index}`, surface, blockIds, faults))
  const known = asObjects(blocks)
  if (surface === 'message') checkTotals(known, faults)
  return faults.slice(0, 20)
}

function checkTotals(blocks: readonly JsonObject[], faults: BlockFault[]): void {
  const markdown = blocks
    .filter((block) => block.type === 'markdown')
    .reduce((sum, block) => sum + (asText(block.text)?.length ?? 0), 0)
  if (markdown > MAX_MARKDOWN_TEXT)
    faults.push(fault(`all markdown blocks together must be less than ${MAX_MARKDOWN_TEXT + 1} characters`, ''))
  if (blocks.filter((block) => block.type === 'table').length > 1) {
    faults.push({ code: 'only_one_table_allowed', message: 'only one table is allowed in a message', pointer: '' })
  }
  if (countText(blocks) > MAX_TOTAL_TEXT) {
    faults.push({
      code: 'msg_blocks_too_long',
      message: `the text of all blocks must be less than ${MAX_TOTAL_TEXT + 1} characters`,
      pointer: '',
    })
  }
}

function checkBlock(
  block: unknown,
  pointer: string,
  surface: Surface,
  blockIds: Set<string>,
  faults: BlockFault[],
): void {
  const type = isJsonObject(block) ? asText(block.type) : undefined
  const rule = type === undefined ? undefined : BLOCK_RULES[type]
  if (!isJsonObject(block) || type === undefined || rule === undefined) {
    faults.push(fault(`unsupported type: ${type ?? typeof block}`, pointer))
    return
  }
  if (surface !== 'message' && MESSAGE_ONLY.has(type))
    faults.push(fault(`unsupported type: ${type} in a ${surface}`, pointer))
  const blockId = asText(block.block_id)
  if (blockId !== undefined && blockId !== '') {
    if (blockId.length > 255) faults.push(fault('must be less than 256 characters', `${pointer}/block_id`))
    if (blockIds.has(blockId)) faults.push(fault(`\`block_id\` "${blockId}" already exists`, pointer))
    blockIds.add(blockId)
  }
  checkNode(block, rule, pointer, faults)
  checkSpecial(block, type, pointer, faults)
  for (const list of ['child_blocks', 'tasks']) {
    asObjects(block[list]).forEach((child, index) => {
      if (list === 'child_blocks' && NOT_IN_CONTAINERS.has(asText(child.type) ?? '')) {
        faults.push(fault(`unsupported type: ${String(child.type)} in a container`, `${pointer}/${list}/${index}`))
      }
      checkBlock(child, `${pointer}/${list}/${index}`, surface, blockIds, faults)
    })
  }
  checkElements(block, type, pointer, faults)
}

function checkSpecial(block: JsonObject, type: string, pointer: string, faults: BlockFault[]): void {
  if (type === 'section') {
    if (block.text === undefined && block.fields === undefined)
      faults.push(fault('missing required field: text or fields', pointer))
    asObjects(block.fields).forEach((field, index) => checkLength(field, 2000, `${pointer}/fields/${index}`, faults))
  }
  if (type === 'header' && asObject(block.text).type !== 'plain_text')
    faults.push(fault('unsupported type: a header takes plain_text', `${pointer}/text`))
  if (type === 'table' && Array.isArray(block.rows)) {
    const isWide = block.rows.some((row) => Array.isArray(row) && row.length > MAX_TABLE_COLUMNS)
    if (isWide) faults.push(fault(`no more than ${MAX_TABLE_COLUMNS} cells allowed in a row`, `${pointer}/rows`))
  }
}

function checkElements(block: JsonObject, type: string, pointer: string, faults: BlockFault[]): void {
  const isRich = type === 'rich_text'
  const actionIds = new Set<string>()
  const visit = (element: unknown, place: string): void => {
    if (!isJsonObject(element) || isRich) return
    const elementType = asText(element.type) ?? ''
    const rule = type === 'carousel' ? BLOCK_RULES.card : ELEMENT_RULES[elementType]
    if (rule !== undefined) checkNode(element, rule, place, faults)
    const actionId = asText(element.action_id)
    if (actionId !== undefined && actionIds.has(actionId))
      faults.push(fault(`\`action_id\` "${actionId}" already exists in this block`, place))
    if (actionId !== undefined) actionIds.add(actionId)
    asObjects(element.options).forEach((option, index) =>
      checkNode(option, OPTION_RULE, `${place}/options/${index}`, faults),
    )
    for (const side of ['positive_button', 'negative_button']) {
      if (elementType === 'feedback_buttons' && isJsonObject(element[side]))
        checkNode(element[side], FEEDBACK_BUTTON_RULE, `${place}/${side}`, faults)
    }
  }
  const elements: unknown[] = Array.isArray(block.elements) ? block.elements : []
  elements.forEach((element, index) => visit(element, `${pointer}/elements/${index}`))
  visit(block.accessory, `${pointer}/accessory`)
  visit(block.element, `${pointer}/element`)
}

function checkNode(node: JsonObject, rule: NodeRule, pointer: string, faults: BlockFault[]): void {
  for (const field of rule.required ?? []) {
    if (node[field] === undefined || node[field] === null)
      faults.push(fault(`missing required field: ${field}`, pointer))
    else if (node[field] === '') faults.push(fault('must be more than 0 characters', `${pointer}/${field}`))
  }
  for (const [field, max] of Object.entries(rule.texts ?? {}))
    checkLength(node[field], max, `${pointer}/${field}`, faults)
  for (const [field, { max, min }] of Object.entries(rule.lists ?? {})) {
    const list = node[field]
    if (!Array.isArray(list)) continue
    if (list.length > max) faults.push(fault(`no more than ${max} items allowed`, `${pointer}/${field}`))
    if (list.length < (min ?? 0)) faults.push(fault(`no fewer than ${min} items required`, `${pointer}/${field}`))
  }
}

function checkLength(value: unknown, max: number, pointer: string, faults: BlockFault[]): void {
  const text = textOf(value)
  if (text === '' && isJsonObject(value)) faults.push(fault('must be more than 0 characters', pointer))
  if (text !== undefined && text.length > max) faults.push(fault(`must be less than ${max + 1} characters`, pointer))
}

const textOf = (value: unknown): string | undefined =>
  asText(value) ?? (isJsonObject(value) ? asText(value.text) : undefined)

const fault = (message: string, pointer: string): BlockFault => ({ code: 'invalid_blocks', message, pointer })

/**
 * Characters of everything readable in a tree of blocks: every string under `text`, and titles that are plain strings.
 */
function countText(node: unknown): number {
  if (Array.isArray(node)) return node.reduce<number>((sum, item) => sum + countText(item), 0)
  if (!isJsonObject(node)) return 0
  let count = 0
  for (const [field, value] of Object.entries(node)) {
    if (typeof value !== 'string') count += countText(value)
    else if (field === 'text' || field === 'title' || field === 'caption') count += value.length
  }
  return count
}
