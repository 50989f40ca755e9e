import { renderBlocks } from './blocks/render-blocks.ts'
import { checkInputs } from './check-inputs.ts'
import type { Directory } from './directory.ts'
import { InputDraft } from './elements/input-draft.ts'
import type { ElementUse } from './elements/render-context.ts'
import { readSubmission, type Submission } from './elements/submission.ts'
import { make } from './make.ts'
import { renderModalForm } from './modal-form.ts'
import { readList, readObject, readText, type Json } from './read-json.ts'
import { readTextObject } from './read-text-object.ts'

/** What a modal asks of the page. */
export interface ModalHandlers {
  /** Returns refused fields by block id; empty when the app took the submission. Throws when the app did not answer. */
  readonly submit: (viewId: string, submission: Submission) => Promise<Json>
  /** Uploads the files of a form. @returns their ids, which stand for them in the submission */
  readonly stage: (files: readonly File[]) => Promise<readonly string[]>
  readonly close: (viewId: string) => void
  readonly act: (viewId: string, use: ElementUse, submission: Submission) => Promise<void>
}

interface OpenView {
  readonly id: string
  readonly content: Json
  readonly errors: Json
  readonly signature: string
}

const trouble = 'We had some trouble connecting. Try again?'

/** Shows the top view of the person's modals, and keeps what was typed while the app updates them. */
export class ModalStack {
  readonly #handlers: ModalHandlers
  readonly #drafts = new Map<string, InputDraft>()
  readonly #memory = new Map<string, unknown>()
  readonly #dialog: HTMLDialogElement
  #signature = ''

  constructor(handlers: ModalHandlers) {
    this.#handlers = handlers
    this.#dialog = make('dialog', { class: 'dialog modal' })
    document.body.append(this.#dialog)
  }

  /**
   * Shows the last of the open views, or nothing. A view that did not change is left as it stands, with focus and
   * caret.
   * @param conversation channel that the person looks at, '' for none
   */
  show(views: readonly Json[], directory: Directory, conversation: string): void {
    const open = views.map(readView)
    for (const id of this.#drafts.keys()) if (!open.some((view) => view.id === id)) this.#drafts.delete(id)
    const top = open.at(-1)
    if (top === undefined) {
      this.#signature = ''
      this.#dialog.close()
      return
    }
    if (top.signature === this.#signature) return
    this.#signature = top.signature
    this.#draw(top, open.length > 1, directory, conversation)
    if (!this.#dialog.open) this.#dialog.showModal()
  }

  #draw(view: OpenView, isPushed: boolean, directory: Directory, conversation: string): void {
    const draft = this.#drafts.get(view.id) ?? new InputDraft()
    this.#drafts.set(view.id, draft)
    const blocks = readList(view.content['blocks'])
    const close = (): void => this.#handlers.close(view.id)
    const act = (use: ElementUse): Promise<void> =>
      this.#handlers.act(view.id, use, readSubmission(draft, this.#dialog))
    const context = { surface: 'modal', directory, conversation, draft, memory: this.#memory, act } as const
    const body = renderBlocks(blocks, context)
    body.addEventListener('input', clearError)
    const submit = (): void => void this.#submit(view.id, blocks, draft)
    this.#dialog.setAttribute('aria-label', readTextObject(view.content['title']))
    this.#dialog.dataset['viewId'] = view.id
    this.#dialog.oncancel = (event) => {
      // Escape closes the view in the workspace first; the dialog follows when the workspace says so.
      event.preventDefault()
      close()
    }
    this.#dialog.onclose = () => {
      // A second Escape closes the dialog whatever the page says; then the workspace must hear of it.
      if (this.#signature !== '') close()
    }
    this.#dialog.replaceChildren(renderModalForm({ content: view.content, body, isPushed, close, submit }))
    this.#showErrors(view.errors)
    this.#dialog.querySelector<HTMLElement>('[autofocus], .field, .select')?.focus()
  }

  async #submit(viewId: string, blocks: readonly Json[], draft: InputDraft): Promise<void> {
    const wrong = checkInputs(blocks, draft)
    this.#showErrors(Object.fromEntries(wrong))
    if (wrong.size > 0) return
    const button = this.#dialog.querySelector<HTMLButtonElement>('button[type=submit]')
    button?.setAttribute('aria-busy', 'true')
    try {
      await this.#stageFiles(draft)
      this.#showErrors(await this.#handlers.submit(viewId, readSubmission(draft, this.#dialog)))
    } catch {
      this.#showErrors({}, trouble)
    } finally {
      button?.removeAttribute('aria-busy')
    }
  }

  async #stageFiles(draft: InputDraft): Promise<void> {
    for (const field of this.#dialog.querySelectorAll<HTMLInputElement>('input[type=file][data-action-id]')) {
      const blockId = field.closest<HTMLElement>('[data-block-id]')?.dataset['blockId'] ?? ''
      draft.set(blockId, field.dataset['actionId'] ?? '', await this.#handlers.stage([...(field.files ?? [])]))
    }
  }

  #showErrors(errors: Json, general = ''): void {
    const slots = [...this.#dialog.querySelectorAll<HTMLElement>('[data-error-for]')]
    for (const slot of slots) {
      const text = readText(errors[slot.dataset['errorFor'] ?? ''])
      slot.textContent = text
      const control = slot.parentElement?.querySelector('[data-action-id]')
      if (text === '') control?.removeAttribute('aria-invalid')
      else control?.setAttribute('aria-invalid', 'true')
    }
    const known = new Set(slots.map((slot) => slot.dataset['errorFor']))
    const homeless = Object.entries(errors)
      .filter(([blockId]) => !known.has(blockId))
      .map(([, text]) => readText(text))
    this.#dialog
      .querySelector('.dialog-trouble')
      ?.replaceChildren([general, ...homeless].filter((text) => text !== '').join(' '))
    this.#dialog.querySelector<HTMLElement>('[aria-invalid]')?.focus()
  }
}

// What was wrong with a field is no longer said once it is mended.
function clearError({ target }: Event): void {
  if (!(target instanceof HTMLElement)) return
  target.closest('.input')?.querySelector('[data-error-for]')?.replaceChildren()
  target.removeAttribute('aria-invalid')
}

function readView(view: Json): OpenView {
  const content = Object.hasOwn(view, 'content') ? readObject(view['content']) : view
  return {
    id: readText(view['id']),
    content,
    errors: readObject(view['errors']),
    signature: JSON.stringify([view['id'], view['hash'], content]),
  }
}
