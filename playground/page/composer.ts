import type { Completion, CompletionQuery } from './completion.ts'
import { CompletionList } from './completion-list.ts'
import { openEmojiPicker } from './emoji-picker.ts'
import { icon, type IconName } from './icon.ts'
import { make } from './make.ts'

/** What a composer needs from the page around it. */
export interface ComposerOptions {
  readonly label: string
  readonly list: (query: CompletionQuery) => readonly Completion[]
  /** Sends; the composer is emptied at once. */
  readonly send: (text: string, files: readonly File[]) => void
  /** Opens the app's global shortcuts beside the button. */
  readonly openShortcuts: (anchor: HTMLElement) => void
}

const marks: readonly (readonly [string, IconName, string, string])[] = [
  ['Bold', 'bold', '*', '*'],
  ['Italic', 'italic', '_', '_'],
  ['Strikethrough', 'strike', '~', '~'],
  ['Code', 'code', '`', '`'],
  ['Quote', 'quote', '\n> ', ''],
  ['Bulleted list', 'list', '\n• ', ''],
]

/** The message field: formatting, completion, files, Enter to send and Shift+Enter for a new line. */
export class Composer {
  readonly element: HTMLElement
  readonly field: HTMLTextAreaElement
  readonly #options: ComposerOptions
  readonly #files: File[] = []
  readonly #chips: HTMLElement
  readonly #picker: HTMLInputElement
  readonly #sendButton: HTMLButtonElement
  readonly #completions: CompletionList

  constructor(options: ComposerOptions) {
    this.#options = options
    this.field = make('textarea', {
      class: 'composer-field',
      rows: 1,
      'aria-label': options.label,
      placeholder: options.label,
    })
    this.#completions = new CompletionList(this.field, options.list)
    this.#chips = make('div', { class: 'composer-files' })
    this.#picker = make('input', {
      type: 'file',
      multiple: true,
      hidden: true,
      'aria-label': 'Choose files',
      onchange: () => this.attach(this.#picker.files),
    })
    this.#sendButton = this.#tool('Send now', 'send', () => this.#send(), 'send')
    this.field.addEventListener('keydown', (event) => this.#onKey(event))
    this.field.addEventListener('input', () => this.#onInput())
    this.field.addEventListener('paste', (event) => this.attach(event.clipboardData?.files ?? null))
    this.element = make(
      'div',
      { class: 'composer' },
      this.#completions.element,
      make(
        'div',
        {
          class: 'composer-box',
          ondragover: (event) => event.preventDefault(),
          ondrop: (event) => this.#onDrop(event),
        },
        make(
          'div',
          { class: 'composer-tools top' },
          ...marks.map(([label, name, before, after]) => this.#tool(label, name, () => this.#wrap(before, after))),
        ),
        this.field,
        this.#chips,
        this.#renderTools(),
        this.#picker,
      ),
    )
    this.#onInput()
  }

  /** Renames the field for another conversation and puts a text into it. */
  reset(label: string, text: string): void {
    this.field.placeholder = label
    this.field.setAttribute('aria-label', label)
    this.field.value = text
    this.#files.length = 0
    this.#onInput()
    this.#completions.close()
  }

  /** Adds files to the message; up to ten, as in Slack. */
  attach(files: FileList | null): void {
    this.#files.push(...(files ?? []))
    this.#files.splice(10)
    this.#picker.value = ''
    this.#onInput()
  }

  #renderTools(): HTMLElement {
    const plus = this.#tool('Attach a file or run a shortcut', 'plus', () => this.#options.openShortcuts(plus))
    const smile = this.#tool('Insert emoji', 'smile', () =>
      openEmojiPicker(smile, (name) => this.#insert(`:${name}: `)),
    )
    return make(
      'div',
      { class: 'composer-tools' },
      plus,
      this.#tool('Attach files', 'file', () => this.#picker.click()),
      smile,
      this.#tool('Mention someone', 'mention', () => this.#insert('@')),
      this.#tool('Run a command', 'slash', () => this.#insert('/')),
      make('span', { class: 'spring' }),
      this.#sendButton,
    )
  }

  #tool(label: string, name: IconName, onclick: () => void, className = ''): HTMLButtonElement {
    return make(
      'button',
      { type: 'button', class: `tool ${className}`, 'aria-label': label, title: label, onclick },
      icon(name),
    )
  }

  #onInput(): void {
    this.field.style.height = 'auto'
    this.field.style.height = `${Math.min(this.field.scrollHeight, 260)}px`
    this.#sendButton.disabled = this.field.value.trim() === '' && this.#files.length === 0
    this.#chips.replaceChildren(
      ...this.#files.map((file, index) =>
        make(
          'span',
          { class: 'file-chip' },
          icon('file'),
          file.name,
          make(
            'button',
            { type: 'button', class: 'tool', 'aria-label': `Remove ${file.name}`, onclick: () => this.#detach(index) },
            icon('close'),
          ),
        ),
      ),
    )
  }

  #detach(index: number): void {
    this.#files.splice(index, 1)
    this.#onInput()
  }

  #onKey(event: KeyboardEvent): void {
    if (event.isComposing) return
    if (this.#completions.takeKey(event.key)) {
      event.preventDefault()
      return
    }
    if (event.key !== 'Enter' || event.shiftKey) return
    event.preventDefault()
    this.#send()
  }

  #onDrop(event: Event): void {
    event.preventDefault()
    if (event instanceof DragEvent) this.attach(event.dataTransfer?.files ?? null)
  }

  #send(): void {
    const text = this.field.value.trim()
    if (text === '' && this.#files.length === 0) return
    const files = [...this.#files]
    this.reset(this.field.placeholder, '')
    this.#options.send(text, files)
  }

  #wrap(before: string, after: string): void {
    const { selectionStart: start, selectionEnd: end, value } = this.field
    const opening = start === 0 ? before.trimStart() : before
    this.field.setRangeText(opening + value.slice(start, end) + after, start, end, 'end')
    if (start === end) this.field.setSelectionRange(start + opening.length, start + opening.length)
    this.field.focus()
    this.#onInput()
  }

  #insert(text: string): void {
    const { selectionStart: start, value } = this.field
    const needsSpace = start > 0 && !/\s/.test(value[start - 1] ?? '')
    this.field.setRangeText(needsSpace ? ` ${text}` : text, start, this.field.selectionEnd, 'end')
    this.field.focus()
    this.field.dispatchEvent(new Event('input', { bubbles: true }))
  }
}
