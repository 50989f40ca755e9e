import { make } from '../make.ts'
import { renderPlainText } from '../render-emoji.ts'
import { renderTextObject } from '../render-mrkdwn.ts'
import { actOnElement, readActionId } from './act-on-element.ts'
import { initialValues, listOptions, type Option } from './options.ts'
import type { ElementPlace } from './render-context.ts'

/** Renders radio buttons. */
export function renderRadioButtons(place: ElementPlace, label: string, tellsApp: boolean): HTMLElement {
  const { element, blockId, context } = place
  const actionId = readActionId(place)
  const initial = initialValues(element)[0]
  if (initial !== undefined) context.draft.propose(blockId, actionId, initial)
  const group = make('div', {
    class: 'choices',
    role: 'radiogroup',
    'aria-label': label || 'Choose one',
    'data-action-id': actionId,
  })
  const name = crypto.randomUUID()
  for (const option of listOptions(element, context.directory)) {
    const radio = make('input', {
      type: 'radio',
      name,
      value: option.value,
      checked: context.draft.text(blockId, actionId) === option.value,
      onchange: () => {
        context.draft.set(blockId, actionId, option.value)
        if (tellsApp) void actOnElement(place, group, option.value)
      },
    })
    group.append(renderLabel(place, radio, option))
  }
  return group
}

/** Renders checkboxes; their value is the list of what is ticked. */
export function renderCheckboxes(place: ElementPlace, label: string, tellsApp: boolean): HTMLElement {
  const { element, blockId, context } = place
  const actionId = readActionId(place)
  context.draft.propose(blockId, actionId, initialValues(element))
  const group = make('div', {
    class: 'choices',
    role: 'group',
    'aria-label': label || 'Choose any',
    'data-action-id': actionId,
  })
  for (const option of listOptions(element, context.directory)) {
    const box = make('input', {
      type: 'checkbox',
      value: option.value,
      checked: (context.draft.get(blockId, actionId) ?? []).includes(option.value),
      onchange: () => {
        const ticked = [...group.querySelectorAll('input')].filter((one) => one.checked).map((one) => one.value)
        context.draft.set(blockId, actionId, ticked)
        if (tellsApp) void actOnElement(place, group, ticked)
      },
    })
    group.append(renderLabel(place, box, option))
  }
  return group
}

function renderLabel(place: ElementPlace, input: HTMLInputElement, option: Option): HTMLElement {
  const text = make('span', {}, renderTextObject(option.textObject, place.context.directory))
  const description = option.description !== '' && make('small', {}, renderPlainText(option.description))
  return make('label', { class: 'choice' }, input, make('span', { class: 'choice-text' }, text, description))
}
