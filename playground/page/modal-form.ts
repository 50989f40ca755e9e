import { icon } from './icon.ts'
import { make } from './make.ts'
import type { Json } from './read-json.ts'
import { readTextObject } from './read-text-object.ts'
import { renderPlainText } from './render-emoji.ts'

/** A modal's content and what its frame does. */
export interface ModalFormParts {
  readonly content: Json
  /** The rendered blocks. */
  readonly body: HTMLElement
  /** Set on a view that stands on another one: closing it goes back. */
  readonly isPushed: boolean
  readonly close: () => void
  readonly submit: () => void
}

/** Draws the frame of a modal: title, close, body with room for a general error, and its buttons. */
export function renderModalForm({ content, body, isPushed, close, submit }: ModalFormParts): HTMLFormElement {
  const onsubmit = (event: Event): void => {
    event.preventDefault()
    submit()
  }
  const leave = make(
    'button',
    { type: 'button', class: 'tool', 'aria-label': isPushed ? 'Back' : 'Close', onclick: close },
    icon(isPushed ? 'chevron-left' : 'close'),
  )
  return make(
    'form',
    { novalidate: true, onsubmit },
    make('header', {}, make('h2', {}, renderPlainText(readTextObject(content['title']))), leave),
    make('div', { class: 'dialog-body' }, make('div', { class: 'dialog-trouble', role: 'alert' }), body),
    renderFooter(content, close),
  )
}

function renderFooter(content: Json, close: () => void): HTMLElement {
  const cancel = readTextObject(content['close']) || 'Cancel'
  const submit = readTextObject(content['submit'])
  return make(
    'footer',
    {},
    make('button', { type: 'button', class: 'button', onclick: close }, cancel),
    submit !== '' && make('button', { type: 'submit', class: 'button primary' }, submit),
  )
}
