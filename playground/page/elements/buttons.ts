import { make } from '../make.ts'
import { hasIcon, icon } from '../icon.ts'
import { openMenu } from '../popover.ts'
import { readList, readObject, readText, readTexts, type Json } from '../read-json.ts'
import { renderPlainText } from '../render-emoji.ts'
import { safeUrl } from '../safe-url.ts'
import { readTextObject } from '../read-text-object.ts'
import { actOnElement, readActionId } from './act-on-element.ts'
import type { ElementPlace } from './render-context.ts'

/** Renders a button; one with an address opens it and tells the app as well. */
export function renderButton(place: ElementPlace): HTMLElement {
  const { element } = place
  const style = element['style'] === 'primary' || element['style'] === 'danger' ? element['style'] : ''
  const url = safeUrl(readText(element['url']))
  const button = make(
    'button',
    {
      type: 'button',
      class: `button ${style}`,
      'data-action-id': readActionId(place),
      'aria-label': readText(element['accessibility_label']) || undefined,
      onclick: () => {
        if (url !== undefined) window.open(url, '_blank', 'noopener')
        void actOnElement(place, button, readText(element['value']))
      },
    },
    renderPlainText(readTextObject(element['text'])),
  )
  return button
}

/** Renders the three dots that open a menu of options. */
export function renderOverflow(place: ElementPlace): HTMLElement {
  const button = make(
    'button',
    {
      type: 'button',
      class: 'button overflow',
      'aria-label': 'More options',
      'aria-haspopup': 'menu',
      'data-action-id': readActionId(place),
      onclick: () =>
        openMenu(
          button,
          'More options',
          readList(place.element['options'])
            .slice(0, 5)
            .map((option) => ({
              label: readTextObject(option['text']),
              hint: readTextObject(option['description']),
              choose: () => chooseOverflow(place, button, option),
            })),
        ),
    },
    icon('dots'),
  )
  return button
}

function chooseOverflow(place: ElementPlace, button: HTMLElement, option: Json): void {
  const url = safeUrl(readText(option['url']))
  if (url !== undefined) window.open(url, '_blank', 'noopener')
  void actOnElement(place, button, readText(option['value']))
}

/** Renders thumbs up and thumbs down; the chosen one stays pressed. */
export function renderFeedbackButtons(place: ElementPlace): HTMLElement {
  const { element, blockId, context } = place
  const key = `${blockId}/${readActionId(place)}/pressed`
  const group = make('span', {
    class: 'feedback',
    role: 'group',
    'aria-label': 'Feedback',
    'data-action-id': readActionId(place),
  })
  for (const side of ['positive_button', 'negative_button'] as const) {
    const wish = readObject(element[side])
    const label = readTextObject(wish['text'])
    const button = make(
      'button',
      {
        type: 'button',
        class: 'icon-button',
        'data-feedback': side === 'positive_button' ? 'positive' : 'negative',
        title: label,
        'aria-label': readText(wish['accessibility_label']) || label,
        'aria-pressed': String(context.memory.get(key) === side),
        onclick: () => void press(side),
      },
      icon(side === 'positive_button' ? 'thumb-up' : 'thumb-down'),
    )
    const press = async (pressed: string): Promise<void> => {
      context.memory.set(key, pressed)
      for (const one of group.querySelectorAll('button')) one.setAttribute('aria-pressed', String(one === button))
      await actOnElement(place, button, readText(wish['value']))
    }
    group.append(button)
  }
  return group
}

/** Renders a small button shown as an icon; one that is meant for other people is left out. */
export function renderIconButton(place: ElementPlace): HTMLElement | undefined {
  const { element, context } = place
  const visibleTo = readTexts(element['visible_to_user_ids'])
  if (visibleTo.length > 0 && !visibleTo.includes(context.directory.me.id)) return undefined
  const label = readTextObject(element['text'])
  const name = readText(element['icon'])
  const button = make(
    'button',
    {
      type: 'button',
      class: 'icon-button',
      title: label,
      'data-action-id': readActionId(place),
      'aria-label': readText(element['accessibility_label']) || label,
      onclick: () => void actOnElement(place, button, readText(element['value'])),
    },
    hasIcon(name) ? icon(name) : label,
  )
  return button
}
