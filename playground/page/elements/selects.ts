import { icon } from '../icon.ts'
import { make } from '../make.ts'
import { openPopover } from '../popover.ts'
import { readNumber } from '../read-json.ts'
import { readTextObject } from '../read-text-object.ts'
import { actOnElement, readActionId } from './act-on-element.ts'
import { initialValues, listOptions, type Option } from './options.ts'
import type { ElementPlace } from './render-context.ts'

/** Renders a select of one choice; the browser's own control, so that keyboard and screen reader know it. */
export function renderSelect(place: ElementPlace, label: string, tellsApp: boolean): HTMLElement {
  const { element, blockId, context } = place
  const actionId = readActionId(place)
  const options = listOptions(element, context.directory)
  const initial = initialValues(element)[0] ?? currentConversation(place, options)
  if (initial !== undefined) context.draft.propose(blockId, actionId, initial)
  const select = make(
    'select',
    {
      class: 'select',
      'data-action-id': actionId,
      'aria-label': label || readTextObject(element['placeholder']) || 'Choose',
      onchange: () => {
        if (select.value === '') context.draft.clear(blockId, actionId)
        else context.draft.set(blockId, actionId, select.value)
        if (tellsApp && select.value !== '') void actOnElement(place, select, select.value)
      },
    },
    make('option', { value: '' }, readTextObject(element['placeholder']) || 'Choose an option'),
  )
  appendGrouped(select, options)
  select.value = context.draft.text(blockId, actionId)
  return select
}

function currentConversation({ element, context }: ElementPlace, options: readonly Option[]): string | undefined {
  if (element['default_to_current_conversation'] !== true) return undefined
  return options.find((option) => option.value === context.conversation)?.value
}

function appendGrouped(select: HTMLSelectElement, options: readonly Option[]): void {
  const groups = new Map<string, HTMLOptGroupElement>()
  for (const option of options) {
    const line = make(
      'option',
      { value: option.value },
      option.description === '' ? option.label : `${option.label} (${option.description})`,
    )
    if (option.group === '') {
      select.append(line)
      continue
    }
    const group = groups.get(option.group) ?? make('optgroup', { label: option.group })
    groups.set(option.group, group)
    group.append(line)
    select.append(group)
  }
}

/** Renders a select of several choices: chips on a button that opens a list of checkboxes. */
export function renderMultiSelect(place: ElementPlace, label: string, tellsApp: boolean): HTMLElement {
  const { element, blockId, context } = place
  const actionId = readActionId(place)
  const options = listOptions(element, context.directory)
  const most = readNumber(element['max_selected_items'], options.length)
  context.draft.propose(blockId, actionId, initialValues(element))
  const button = make('button', {
    type: 'button',
    class: 'select multi',
    'data-action-id': actionId,
    'aria-haspopup': 'listbox',
    'aria-label': label || readTextObject(element['placeholder']) || 'Choose',
    onclick: () => openPopover(button, label || 'Choose', listChoices(), 'popover-options'),
  })
  const chosen = (): readonly string[] => {
    const value = context.draft.get(blockId, actionId)
    return Array.isArray(value) ? value : []
  }
  const listChoices = (): HTMLElement =>
    make(
      'div',
      { class: 'options' },
      ...options.map((option) =>
        renderChoice(option, chosen(), (isOn) => {
          const rest = chosen().filter((value) => value !== option.value)
          context.draft.set(blockId, actionId, isOn ? [...rest, option.value].slice(0, most) : rest)
          paint()
          if (tellsApp) void actOnElement(place, button, chosen())
        }),
      ),
    )
  const paint = (): void =>
    paintChips(
      button,
      options.filter((option) => chosen().includes(option.value)),
      readTextObject(element['placeholder']),
    )
  paint()
  return button
}

function paintChips(button: HTMLElement, chosen: readonly Option[], placeholder: string): void {
  const chips = chosen.map((option) => make('span', { class: 'chip' }, option.label))
  const empty = make('span', { class: 'placeholder' }, placeholder || 'Choose options')
  button.replaceChildren(...(chips.length === 0 ? [empty] : chips), icon('chevron-down'))
}

function renderChoice(option: Option, chosen: readonly string[], choose: (isOn: boolean) => void): HTMLElement {
  const box = make('input', {
    type: 'checkbox',
    value: option.value,
    checked: chosen.includes(option.value),
    onchange: () => choose(box.checked),
  })
  return make(
    'label',
    { class: 'choice' },
    box,
    make('span', {}, option.label),
    option.description !== '' && make('small', {}, option.description),
  )
}
