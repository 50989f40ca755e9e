/**
 * A place whose content is only built again when what it shows has changed.
 * Without this a repaint between mouse down and mouse up would take a button away, and its click with it.
 */
export class Slot {
  readonly element: HTMLElement
  #signature: string | undefined

  constructor(element: HTMLElement) {
    this.element = element
  }

  /** @param shown everything the content depends on; compared as JSON */
  show(shown: unknown, build: () => readonly (Node | undefined | false)[]): void {
    const signature = JSON.stringify(shown)
    if (signature === this.#signature) return
    this.#signature = signature
    this.element.replaceChildren(...build().filter((node) => node !== undefined && node !== false))
  }
}
