const nearPx = 90

/**
 * Keeps a scrolled list at its end while the person is there: through new content, images that load, and changes of
 * size.
 */
export class EndFollower {
  readonly #list: HTMLElement
  #isAtEnd = true

  constructor(list: HTMLElement) {
    this.#list = list
    list.addEventListener('scroll', () => {
      this.#isAtEnd = list.scrollHeight - list.scrollTop - list.clientHeight < nearPx
    })
    // Load events of images do not bubble, but they can be caught on the way down.
    list.addEventListener('load', () => this.#follow(), { capture: true })
    new ResizeObserver(() => this.#follow()).observe(list)
  }

  /** Goes to the end with the next change, wherever the person is now. */
  goToEnd(): void {
    this.#isAtEnd = true
  }

  /** Changes the content; who reads further up stays where they are. */
  keep(change: () => void): void {
    const top = this.#list.scrollTop
    change()
    if (this.#isAtEnd) this.#follow()
    else this.#list.scrollTop = top
  }

  #follow(): void {
    if (this.#isAtEnd) this.#list.scrollTop = this.#list.scrollHeight
  }
}
