/** Value of an input: a text, an option value or a date; several of them for checkboxes and multi selects. */
export type InputValue = string | readonly string[]

/** The values a person left in the inputs of one surface, by block and action. */
export class InputDraft {
  readonly #values = new Map<string, Map<string, InputValue>>()

  get(blockId: string, actionId: string): InputValue | undefined {
    return this.#values.get(blockId)?.get(actionId)
  }

  /** Returns the value as a single text; '' when there is none. */
  text(blockId: string, actionId: string): string {
    const value = this.get(blockId, actionId)
    return typeof value === 'string' ? value : ''
  }

  set(blockId: string, actionId: string, value: InputValue): void {
    const block = this.#values.get(blockId) ?? new Map<string, InputValue>()
    this.#values.set(blockId, block.set(actionId, value))
  }

  /** Takes a value away: a choice was undone. */
  clear(blockId: string, actionId: string): void {
    this.#values.get(blockId)?.delete(actionId)
  }

  /** Sets the value an app proposes, unless the person has already left one. */
  propose(blockId: string, actionId: string, value: InputValue): void {
    if (this.get(blockId, actionId) === undefined) this.set(blockId, actionId, value)
  }

  /** Returns all values as Slack's view state nests them. */
  state(): Record<string, Record<string, InputValue>> {
    return Object.fromEntries([...this.#values].map(([blockId, block]) => [blockId, Object.fromEntries(block)]))
  }
}
