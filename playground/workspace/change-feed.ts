export type ChangeType =
  | 'message'
  | 'message_changed'
  | 'message_deleted'
  | 'ephemeral'
  | 'reaction'
  | 'status'
  | 'session'
  | 'view'
  | 'home'
  | 'prompts'
  | 'fault'
  | 'channel'
  | 'call'
  | 'delivery'

/** Something that happened. `user` is set when only that person may see it. */
export interface Change {
  readonly type: ChangeType
  readonly channel?: string
  readonly threadTs?: string
  readonly user?: string
  readonly [detail: string]: unknown
}

export type ChangeListener = (change: Change) => void

/** Tells listeners of every change of the workspace, in order, before the call that made it returns. */
export class ChangeFeed {
  readonly #listeners = new Set<ChangeListener>()

  /** @returns a function that ends the subscription */
  subscribe(listener: ChangeListener): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  publish(change: Change): void {
    for (const listener of this.#listeners) listener(change)
  }
}
