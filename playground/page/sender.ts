import { listCompletions } from './completion.ts'
import type { ComposerOptions } from './composer.ts'
import type { ConversationStore } from './conversation-store.ts'
import type { PlayState } from './play-state.ts'
import { openMenu } from './popover.ts'
import { readObject, readText, type Json } from './read-json.ts'
import { sendTyped } from './send-message.ts'
import { readMessage } from './wire.ts'
import type { WorkspaceClient } from './workspace-client.ts'

/** What sending needs to know at the moment it happens. */
export interface SenderParts {
  readonly store: ConversationStore
  readonly client: () => WorkspaceClient
  readonly state: () => PlayState
  /** Channel that is open now. */
  readonly channel: () => string
  /** A message was stored: the page shows it. */
  readonly onSent: (channel: string, threadTs: string, message: Json) => void
  readonly tellFailure: (answer: Json) => void
}

/** Sends what people type in the composers, and says to them alone what Slack would say to them alone. */
export class Sender {
  readonly #parts: SenderParts

  constructor(parts: SenderParts) {
    this.#parts = parts
  }

  /**
   * Makes the options of a composer.
   * @param threadTs tells the thread it writes to, '' in a channel
   */
  composerOptions(label: string, threadTs: () => string): ComposerOptions {
    const { state } = this.#parts
    return {
      label,
      // Slack offers no commands in threads.
      list: (query) => listCompletions(query, state().directory, threadTs() === '' ? state().commands : []),
      send: (text, files) => void this.#send(text, files, threadTs()),
      openShortcuts: (anchor) => this.#openShortcuts(anchor),
    }
  }

  async #send(text: string, files: readonly File[], threadTs: string): Promise<void> {
    const { store, client, state } = this.#parts
    const to = { channel: this.#parts.channel(), threadTs }
    const { notice, answer } = await sendTyped(text, files, to, state(), client())
    if (notice !== '') this.#showNotice(notice, to.channel, threadTs)
    const message = readObject(answer['message'])
    if (readText(message['ts']) !== '') store.put(readMessage({ channel: to.channel, ...message }))
    this.#parts.onSent(to.channel, threadTs, message)
  }

  #showNotice(text: string, channel: string, threadTs: string): void {
    const { store, client } = this.#parts
    const last = threadTs === '' ? store.roots(channel).at(-1) : store.thread(channel, threadTs).at(-1)
    const ts = (Number(last?.ts ?? Date.now() / 1000) + 0.00001).toFixed(6)
    store.put({ ...readMessage({ channel, ts, threadTs, text, ephemeralTo: client().user }), isLocal: true })
  }

  #openShortcuts(anchor: HTMLElement): void {
    const { client, state, tellFailure } = this.#parts
    const upload = (): void => anchor.closest('.composer')?.querySelector<HTMLInputElement>('input[type=file]')?.click()
    const shortcuts = state().shortcuts.filter((one) => one.type === 'global')
    openMenu(anchor, 'Shortcuts', [
      { label: 'Upload a file', choose: upload },
      ...shortcuts.map(({ name, description, callbackId }) => ({
        label: name,
        hint: description,
        choose: () => void client().act('globalShortcut', { callbackId }).then(tellFailure),
      })),
    ])
  }
}
