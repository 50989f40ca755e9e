import type { Directory } from './directory.ts'
import { make } from './make.ts'
import { readObject, type Json } from './read-json.ts'
import { renderTextObject } from './render-mrkdwn.ts'
import { readTextObject } from './read-text-object.ts'

/** Asks a person before an element acts, as its `confirm` object says. Resolves to true at once when there is none. */
export function askToConfirm(confirm: unknown, directory: Directory): Promise<boolean> {
  const wish = readObject(confirm)
  if (Object.keys(wish).length === 0) return Promise.resolve(true)
  return ask({
    title: readTextObject(wish['title']) || 'Are you sure?',
    body: renderTextObject(readObject(wish['text']), directory),
    yes: readTextObject(wish['confirm']) || 'Yes',
    no: readTextObject(wish['deny']) || 'Cancel',
    isDanger: isDanger(wish),
  })
}

/** Asks before a message is deleted. */
export function askToDelete(preview: string): Promise<boolean> {
  const body = make('p', {}, 'Are you sure you want to delete this message? This cannot be undone.')
  return ask({
    title: 'Delete message',
    body: make('div', {}, body, make('blockquote', {}, preview)),
    yes: 'Delete',
    no: 'Cancel',
    isDanger: true,
  })
}

interface Question {
  readonly title: string
  readonly body: Node
  readonly yes: string
  readonly no: string
  readonly isDanger: boolean
}

function ask(question: Question): Promise<boolean> {
  return new Promise((resolve) => {
    const dialog = make('dialog', { class: 'dialog confirm', 'aria-label': question.title })
    const answer = (isYes: boolean) => () => dialog.close(isYes ? 'yes' : 'no')
    dialog.append(
      make('header', {}, make('h2', {}, question.title)),
      make('div', { class: 'dialog-body' }, question.body),
      make(
        'footer',
        {},
        make('button', { type: 'button', class: 'button', onclick: answer(false) }, question.no),
        make(
          'button',
          { type: 'button', class: question.isDanger ? 'button danger' : 'button primary', onclick: answer(true) },
          question.yes,
        ),
      ),
    )
    dialog.addEventListener('close', () => {
      dialog.remove()
      resolve(dialog.returnValue === 'yes')
    })
    document.body.append(dialog)
    dialog.showModal()
  })
}

function isDanger(wish: Json): boolean {
  return wish['style'] === 'danger'
}
