import { make } from '../make.ts'
import { readObject, readText } from '../read-json.ts'
import { safeImageUrl } from '../safe-url.ts'
import { renderButton, renderFeedbackButtons, renderIconButton, renderOverflow } from './buttons.ts'
import { renderCheckboxes, renderRadioButtons } from './choices.ts'
import { renderMultiSelect, renderSelect } from './selects.ts'
import { renderTextInput } from './text-inputs.ts'
import type { ElementPlace } from './render-context.ts'

type Renderer = (place: ElementPlace, label: string, tellsApp: boolean) => HTMLElement | undefined

const select: Renderer = (place, label, tellsApp) => renderSelect(place, label, tellsApp)
const multiSelect: Renderer = (place, label, tellsApp) => renderMultiSelect(place, label, tellsApp)

// A map, because a message may name its element `constructor`.
const renderers = new Map<string, Renderer>(
  Object.entries({
    button: renderButton,
    workflow_button: renderButton,
    overflow: renderOverflow,
    feedback_buttons: renderFeedbackButtons,
    icon_button: renderIconButton,
    image: renderImageElement,
    static_select: select,
    users_select: select,
    channels_select: select,
    conversations_select: select,
    external_select: select,
    multi_static_select: multiSelect,
    multi_users_select: multiSelect,
    multi_channels_select: multiSelect,
    multi_conversations_select: multiSelect,
    multi_external_select: multiSelect,
    radio_buttons: renderRadioButtons,
    checkboxes: renderCheckboxes,
    plain_text_input: renderTextInput,
    email_text_input: renderTextInput,
    url_text_input: renderTextInput,
    number_input: renderTextInput,
    datepicker: renderTextInput,
    timepicker: renderTextInput,
    datetimepicker: renderTextInput,
    file_input: renderTextInput,
    rich_text_input: renderTextInput,
  } satisfies Record<string, Renderer>),
)

/**
 * Renders an element of a block.
 * @param label what the block calls it, for screen readers; '' when the element speaks for itself
 * @param tellsApp whether using it is told to the app at once: everywhere but in an input block without
 * `dispatch_action`
 * @returns undefined when the element is of no known type, or not meant for the acting person
 */
export function renderElement(place: ElementPlace, label = '', tellsApp = true): HTMLElement | undefined {
  return renderers.get(readText(place.element['type']))?.(place, label, tellsApp)
}

function renderMissingImage(alt: string): HTMLElement {
  return make('span', { class: 'image-missing', role: 'img', 'aria-label': alt }, `🖼 ${alt}`)
}

/** Renders a small image; without an address that may be loaded its description stands instead. */
export function renderImageElement(place: ElementPlace): HTMLElement {
  const alt = readText(place.element['alt_text'])
  const url = safeImageUrl(
    readText(place.element['image_url']) || readText(readObject(place.element['slack_file'])['url']),
  )
  if (url === undefined) return renderMissingImage(alt)
  const image = make('img', {
    src: url,
    alt,
    title: alt,
    referrerpolicy: 'no-referrer',
    loading: 'lazy',
    onerror: () => image.replaceWith(renderMissingImage(alt)),
  })
  return image
}
