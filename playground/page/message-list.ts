import type { Replies } from './conversation-store.ts'
import type { Directory } from './directory.ts'
import { InputDraft } from './elements/input-draft.ts'
import { EndFollower } from './end-follower.ts'
import { formatDay } from './format-time.ts'
import { make } from './make.ts'
import type { MessageHandlers } from './message-toolbar.ts'
import { renderMessage } from './render-message.ts'
import type { Activity } from './activity.ts'
import type { Message } from './wire.ts'

const compactWithinSeconds = 300

/** What a list shows. */
export interface ListContent {
  readonly messages: readonly Message[]
  readonly replies: ReadonlyMap<string, Replies>
  /** Stands above the first message. */
  readonly intro?: () => HTMLElement
  /** Set in a thread: the root stands above a line that counts the replies, and the status shows at the end. */
  readonly threadTs: string
  readonly activityOf: (threadTs: string) => Activity
  readonly directory: Directory
  readonly handlers: MessageHandlers
}

interface Drawn {
  readonly node: HTMLElement
  readonly message: Message
  readonly signature: string
}

/** Draws messages and keeps what did not change, so that a stream redraws one message and not the page. */
export class MessageList {
  readonly element: HTMLElement
  readonly #drawn = new Map<string, Drawn>()
  readonly #fixed = new Map<string, HTMLElement>()
  readonly #drafts = new Map<string, InputDraft>()
  readonly #memories = new Map<string, Map<string, unknown>>()
  readonly #end: EndFollower
  #key = ''
  #lastTs = ''
  #isPressed = false
  #waiting: (() => void) | undefined

  constructor(label: string) {
    this.element = make('div', {
      class: 'messages',
      role: 'list',
      'aria-label': label,
      'aria-live': 'polite',
      'aria-relevant': 'additions',
      tabindex: 0,
    })
    this.#end = new EndFollower(this.element)
    this.element.addEventListener('pointerdown', () => this.#press())
  }

  // What is drawn anew between press and release would take the button from under the pointer, and the click would be lost.
  #press(): void {
    if (this.#isPressed) return
    this.#isPressed = true
    const released = new AbortController()
    const release = (): void => {
      released.abort()
      // The click comes after the release.
      setTimeout(() => {
        this.#isPressed = false
        this.#waiting?.()
        this.#waiting = undefined
      })
    }
    for (const type of ['pointerup', 'pointercancel', 'blur'] as const) window.addEventListener(type, release, { signal: released.signal })
  }

  /**
   * Shows messages, oldest first. Follows the end while the person is near it, and when the last message is theirs or
   * an answer that only they see.
   * @param key names the conversation; another one starts afresh at its end
   */
  show(key: string, content: ListContent): void {
    this.#waiting = this.#isPressed ? () => this.#show(key, content) : undefined
    if (!this.#isPressed) this.#show(key, content)
  }

  #show(key: string, content: ListContent): void {
    if (key !== this.#key) this.#forget(key)
    const last = content.messages.at(-1)
    const me = content.directory.me.id
    const isMine = last?.user === me || last?.ephemeralTo === me
    if (last !== undefined && last.ts !== this.#lastTs && isMine) this.#end.goToEnd()
    this.#lastTs = last?.ts ?? ''
    this.#end.keep(() => this.#replaceNodes(this.#layOut(content)))
  }

  // What stays is never moved: moving a node would take the focus from what is in it.
  #replaceNodes(nodes: readonly HTMLElement[]): void {
    const { element } = this
    const kept = new Set<Node>(nodes)
    const gone = [...element.childNodes].filter((child) => !kept.has(child))
    for (const child of gone) child.remove()
    nodes.forEach((node, index) => {
      if (element.childNodes[index] !== node) element.insertBefore(node, element.childNodes[index] ?? null)
    })
  }

  #forget(key: string): void {
    this.#key = key
    this.#drawn.clear()
    this.#fixed.clear()
    this.element.replaceChildren()
    this.#end.goToEnd()
  }

  #layOut(content: ListContent): readonly HTMLElement[] {
    const nodes: HTMLElement[] = content.intro === undefined ? [] : [this.#keep('intro', content.intro)]
    const now = new Date()
    let previous: Message | undefined
    let day = ''
    for (const message of content.messages) {
      const messageDay = formatDay(message.ts, now)
      if (messageDay !== day && content.threadTs === '') nodes.push(this.#divider(`day ${messageDay}`, messageDay))
      const isFirstReply = content.threadTs !== '' && previous?.ts === content.threadTs
      if (isFirstReply) nodes.push(this.#divider(`replies ${content.messages.length}`, countReplies(content.messages)))
      const isCompact = previous !== undefined && messageDay === day && !isFirstReply && follows(previous, message)
      nodes.push(this.#draw(message, isCompact, content))
      previous = message
      day = messageDay
    }
    return nodes
  }

  #divider(key: string, text: string): HTMLElement {
    return this.#keep(key, () =>
      make('div', { class: 'divider', role: 'separator', 'aria-label': text }, make('span', {}, text)),
    )
  }

  #keep(key: string, build: () => HTMLElement): HTMLElement {
    return remember(this.#fixed, key, build)
  }

  #draw(message: Message, isCompact: boolean, content: ListContent): HTMLElement {
    const replies = content.replies.get(message.ts)
    const activity = content.threadTs === '' ? content.activityOf(message.ts) : undefined
    const signature = JSON.stringify([isCompact, replies?.count, replies?.latestTs, activity])
    const known = this.#drawn.get(message.ts)
    if (known !== undefined && known.message === message && known.signature === signature) return known.node
    const node = renderMessage({
      message,
      isCompact,
      isInThread: content.threadTs !== '',
      replies,
      activity,
      directory: content.directory,
      handlers: content.handlers,
      draft: remember(this.#drafts, message.ts, () => new InputDraft()),
      memory: remember(this.#memories, message.ts, () => new Map<string, unknown>()),
    })
    if (known !== undefined) keepFocus(known.node, node)
    this.#drawn.set(message.ts, { node, message, signature })
    return node
  }
}

const maxRemembered = 2000

function remember<Value>(map: Map<string, Value>, key: string, make: () => Value): Value {
  const value = map.get(key) ?? make()
  map.set(key, value)
  const oldest = map.keys().next().value
  if (map.size > maxRemembered && oldest !== undefined) map.delete(oldest)
  return value
}

function follows(previous: Message, message: Message): boolean {
  const isSameAuthor =
    previous.user === message.user && previous.botId === message.botId && previous.username === message.username
  const isSoon = Number(message.ts) - Number(previous.ts) < compactWithinSeconds
  return isSameAuthor && isSoon && message.ephemeralTo === '' && previous.ephemeralTo === ''
}

function countReplies(messages: readonly Message[]): string {
  const count = messages.filter((message) => message.ephemeralTo === '').length - 1
  return count === 1 ? '1 reply' : `${count} replies`
}

// An update of a message must not take the focus from the button in it that a person just used.
function keepFocus(from: HTMLElement, to: HTMLElement): void {
  const focused = document.activeElement
  if (!(focused instanceof HTMLElement) || !from.contains(focused)) return
  const actionId = focused.closest<HTMLElement>('[data-action-id]')?.dataset['actionId']
  const twin = actionId === undefined ? to : to.querySelector<HTMLElement>(`[data-action-id="${CSS.escape(actionId)}"]`)
  queueMicrotask(() => twin?.focus({ preventScroll: true }))
}
