import type { InputDraft } from './elements/input-draft.ts'
import { readNumber, readObject, readText, type Json } from './read-json.ts'

const required = 'Please complete this required field.'

/**
 * Checks the inputs of a modal as Slack does before it asks the app.
 * @returns what is wrong, by block id; empty when everything may be sent
 */
export function checkInputs(blocks: readonly Json[], draft: InputDraft): ReadonlyMap<string, string> {
  const errors = new Map<string, string>()
  for (const block of blocks) {
    if (block['type'] !== 'input') continue
    const element = readObject(block['element'])
    const blockId = readText(block['block_id'])
    const value = draft.get(blockId, readText(element['action_id'])) ?? ''
    const wrong =
      value.length === 0
        ? block['optional'] === true
          ? ''
          : required
        : typeof value === 'string'
          ? checkText(element, value)
          : ''
    if (wrong !== '') errors.set(blockId, wrong)
  }
  return errors
}

function checkText(element: Json, value: string): string {
  switch (element['type']) {
    case 'plain_text_input':
      return checkLength(element, value)
    case 'number_input':
      return checkNumber(element, value)
    case 'email_text_input':
      return /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(value) ? '' : 'Enter a valid email address.'
    case 'url_text_input':
      return URL.canParse(value) ? '' : 'Enter a valid URL.'
    default:
      return ''
  }
}

function checkLength(element: Json, value: string): string {
  const least = readNumber(element['min_length'], 0)
  const most = readNumber(element['max_length'], 3000)
  if (value.length < least) return `Enter at least ${least} characters.`
  return value.length > most ? `Enter at most ${most} characters.` : ''
}

function checkNumber(element: Json, value: string): string {
  const number = Number(value)
  const least = readText(element['min_value'])
  const most = readText(element['max_value'])
  if (!Number.isFinite(number)) return 'Enter a number.'
  if (element['is_decimal_allowed'] !== true && !Number.isInteger(number)) return 'Enter a whole number.'
  if (least !== '' && number < Number(least)) return `Enter a number of at least ${least}.`
  return most !== '' && number > Number(most) ? `Enter a number of at most ${most}.` : ''
}
