import { make } from './make.ts'

/** Puts an editor in place of a message's text; saving or Escape brings the message back. */
export function openEditor(ts: string, text: string, save: (text: string) => void): void {
  for (const message of document.querySelectorAll(`.message[data-ts="${CSS.escape(ts)}"] .body`)) {
    if (!(message instanceof HTMLElement) || message.querySelector('.editor') !== null) continue
    const editor = renderEditor(text, (changed) => {
      editor.remove()
      message.classList.remove('editing')
      if (changed !== undefined && changed.trim() !== '' && changed !== text) save(changed.trim())
    })
    message.classList.add('editing')
    message.append(editor)
    editor.querySelector('textarea')?.focus()
  }
}

function renderEditor(text: string, close: (changed: string | undefined) => void): HTMLElement {
  const field = make('textarea', {
    class: 'field',
    'aria-label': 'Edit message',
    rows: Math.min(8, text.split('\n').length + 1),
  })
  field.value = text
  field.addEventListener('keydown', (event) => {
    if (event.isComposing || (event.key !== 'Escape' && (event.key !== 'Enter' || event.shiftKey))) return
    event.preventDefault()
    close(event.key === 'Enter' ? field.value : undefined)
  })
  return make(
    'div',
    { class: 'editor' },
    field,
    make(
      'div',
      { class: 'actions' },
      make('button', { type: 'button', class: 'button small', onclick: () => close(undefined) }, 'Cancel'),
      make('button', { type: 'button', class: 'button small primary', onclick: () => close(field.value) }, 'Save'),
    ),
  )
}
