import { findCompletion, type Completion, type CompletionQuery } from './completion.ts'
import { make } from './make.ts'

type Lister = (query: CompletionQuery) => readonly Completion[]

/** The list of names above a composer, driven by the keys of its text field. */
export class CompletionList {
  readonly element: HTMLElement
  readonly #field: HTMLTextAreaElement
  readonly #list: Lister
  #offered: readonly Completion[] = []
  #query: CompletionQuery | undefined
  #active = 0

  constructor(field: HTMLTextAreaElement, list: Lister) {
    this.#field = field
    this.#list = list
    const id = `completions-${crypto.randomUUID()}`
    this.element = make('div', { class: 'completions', role: 'listbox', 'aria-label': 'Suggestions', id, hidden: true })
    field.setAttribute('role', 'combobox')
    field.setAttribute('aria-autocomplete', 'list')
    field.setAttribute('aria-controls', id)
    field.setAttribute('aria-expanded', 'false')
    field.addEventListener('input', () => this.update())
    field.addEventListener('blur', () => this.close())
  }

  get isOpen(): boolean {
    return this.#offered.length > 0
  }

  /** Looks at the text and the caret, and opens or closes the list. */
  update(): void {
    this.#query = findCompletion(this.#field.value, this.#field.selectionStart)
    this.#offered = this.#query === undefined ? [] : this.#list(this.#query)
    this.#active = 0
    this.#paint()
  }

  close(): void {
    this.#offered = []
    this.#paint()
  }

  /**
   * Takes a key when the list is open.
   * @returns whether the key was used up
   */
  takeKey(key: string): boolean {
    if (!this.isOpen) return false
    if (key === 'Escape') this.close()
    else if (key === 'ArrowDown' || key === 'ArrowUp') this.#move(key === 'ArrowDown' ? 1 : -1)
    else if (key === 'Tab' || (key === 'Enter' && !this.#isAlreadyTyped())) this.#choose(this.#active)
    else return false
    return true
  }

  // Enter sends a command that is typed out in full, even while the list still offers it.
  #isAlreadyTyped(): boolean {
    const typed = this.#field.value.trim()
    return this.#query?.trigger === '/' && this.#offered[this.#active]?.insert.trim() === typed
  }

  #move(step: number): void {
    this.#active = (this.#active + step + this.#offered.length) % this.#offered.length
    this.#paint()
  }

  #choose(index: number): void {
    const chosen = this.#offered[index]
    if (chosen === undefined || this.#query === undefined) return
    this.#field.setRangeText(chosen.insert, this.#query.from, this.#field.selectionStart, 'end')
    this.close()
    this.#field.dispatchEvent(new Event('input', { bubbles: true }))
  }

  #paint(): void {
    const { element } = this
    element.hidden = !this.isOpen
    this.#field.setAttribute('aria-expanded', String(this.isOpen))
    element.replaceChildren(
      ...this.#offered.map((one, index) =>
        make(
          'div',
          {
            class: 'completion',
            role: 'option',
            id: `${element.id}-${index}`,
            'aria-selected': String(index === this.#active),
            // The field must not lose the focus before the click has arrived.
            onmousedown: (event) => {
              event.preventDefault()
              this.#choose(index)
            },
          },
          make('span', { class: 'completion-label' }, one.label),
          make('span', { class: 'completion-description' }, one.description),
        ),
      ),
    )
    if (this.isOpen) this.#field.setAttribute('aria-activedescendant', `${element.id}-${this.#active}`)
    else this.#field.removeAttribute('aria-activedescendant')
  }
}
