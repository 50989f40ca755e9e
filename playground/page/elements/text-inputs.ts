import { make } from '../make.ts'
import { readNumber, readObject, readText, readTexts, type Json } from '../read-json.ts'
import { plainRichText } from '../render-rich-text.ts'
import { readTextObject } from '../read-text-object.ts'
import { actOnElement, readActionId } from './act-on-element.ts'
import type { ElementPlace } from './render-context.ts'

type Field = HTMLInputElement | HTMLTextAreaElement

const fieldTypes: Readonly<Record<string, string>> = {
  plain_text_input: 'text',
  email_text_input: 'email',
  url_text_input: 'url',
  number_input: 'number',
  datepicker: 'date',
  timepicker: 'time',
  datetimepicker: 'datetime-local',
  file_input: 'file',
}

/** Renders an input that is typed into: text, e-mail, address, number, date, time, file or rich text. */
export function renderTextInput(place: ElementPlace, label: string, tellsApp: boolean): HTMLElement {
  const { element, blockId, context } = place
  const actionId = readActionId(place)
  context.draft.propose(blockId, actionId, initialText(element))
  const field = makeField(element, label, actionId)
  if (field.type !== 'file') field.value = showValue(element, context.draft.text(blockId, actionId))
  const keep = (): void => context.draft.set(blockId, actionId, readField(field))
  field.addEventListener('input', keep)
  field.addEventListener('change', keep)
  if (tellsApp) listenForAction(place, field)
  return field
}

function makeField(element: Json, label: string, actionId: string): Field {
  const type = readText(element['type'])
  const attributes = {
    class: 'field',
    'aria-label': label || readTextObject(element['placeholder']) || 'Text',
    'data-action-id': actionId,
    placeholder: readTextObject(element['placeholder']) || undefined,
    autofocus: element['focus_on_load'] === true,
    minlength: readNumber(element['min_length'], 0) || undefined,
    maxlength: readNumber(element['max_length'], 0) || undefined,
  }
  if (element['multiline'] === true || type === 'rich_text_input') return make('textarea', { ...attributes, rows: 4 })
  return make('input', {
    ...attributes,
    type: fieldTypes[type] ?? 'text',
    min: readText(element['min_value']) || undefined,
    max: readText(element['max_value']) || undefined,
    step: type === 'number_input' && element['is_decimal_allowed'] === true ? 'any' : undefined,
    accept:
      readTexts(element['filetypes'])
        .map((one) => `.${one}`)
        .join(',') || undefined,
    multiple: readNumber(element['max_files'], 1) > 1,
  })
}

// Pickers tell the app when they change; text does on Enter, or on every character when the app asks for that.
function listenForAction(place: ElementPlace, field: Field): void {
  const type = readText(place.element['type'])
  const triggers = readTexts(readObject(place.element['dispatch_action_config'])['trigger_actions_on'])
  const tell = (): void => void actOnElement(place, field, readField(field))
  if (type.endsWith('picker')) field.addEventListener('change', tell)
  else if (triggers.includes('on_character_entered')) field.addEventListener('input', tell)
  else
    field.addEventListener('keydown', (event) => {
      if (!(event instanceof KeyboardEvent) || event.key !== 'Enter' || event.shiftKey || event.isComposing) return
      event.preventDefault()
      tell()
    })
}

function initialText(element: Json): string {
  const names = ['initial_value', 'initial_date', 'initial_time', 'initial_date_time']
  return (
    names.map((name) => readText(element[name])).find((text) => text !== '')
    ?? plainRichText(readObject(element['initial_value']))
  )
}

// A moment is seconds since 1970 for the app, and local time in the field.
function showValue(element: Json, value: string): string {
  if (element['type'] !== 'datetimepicker' || value === '') return value
  const moment = new Date(Number(value) * 1000)
  return new Date(moment.getTime() - moment.getTimezoneOffset() * 60_000).toISOString().slice(0, 16)
}

function readField(field: Field): string {
  if (field.type === 'datetime-local' && field.value !== '')
    return String(Math.floor(new Date(field.value).getTime() / 1000))
  if (field instanceof HTMLInputElement && field.type === 'file')
    return [...(field.files ?? [])].map((file) => file.name).join(', ')
  return field.value
}
