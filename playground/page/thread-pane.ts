import { describeChannel } from './channel-pane.ts'
import { Composer, type ComposerOptions } from './composer.ts'
import type { ConversationStore } from './conversation-store.ts'
import { icon } from './icon.ts'
import { make } from './make.ts'
import { MessageList } from './message-list.ts'
import type { MessageHandlers } from './message-toolbar.ts'
import type { PlayState } from './play-state.ts'
import { renderPrompts } from './prompts-bar.ts'
import { Slot } from './slot.ts'
import { renderStatusLine } from './status-line.ts'
import type { Activity } from './activity.ts'

/** What the thread view shows. */
export interface ThreadContent {
  readonly channel: string
  readonly threadTs: string
  readonly state: PlayState
  readonly store: ConversationStore
  readonly handlers: MessageHandlers
  readonly close: () => void
  readonly stop: () => void
}

/** The right of the page: a thread, what the app is doing in it, and a way to stop it. */
export class ThreadPane {
  readonly element = make('aside', { class: 'pane thread-pane', 'aria-label': 'Thread', hidden: true })
  readonly composer: Composer
  readonly #list = new MessageList('Thread')
  readonly #head = new Slot(make('header', { class: 'pane-head' }))
  readonly #above = new Slot(make('div', { class: 'above-composer', 'aria-live': 'polite' }))
  readonly #drafts = new Map<string, string>()
  readonly #send: (text: string, files: readonly File[]) => void
  #key = ''

  constructor(options: ComposerOptions) {
    this.composer = new Composer(options)
    this.#send = options.send
    this.element.append(this.#head.element, this.#list.element, this.#above.element, this.composer.element)
  }

  hide(): void {
    this.element.hidden = true
  }

  show(content: ThreadContent): void {
    const { channel, threadTs, state, store } = content
    this.element.hidden = false
    this.#switchTo(`${channel}/${threadTs}`)
    const activity = store.activity(channel, threadTs)
    this.#showHead(content, activity)
    this.#list.show(`${state.directory.me.id}/${channel}/${threadTs}`, {
      messages: store.thread(channel, threadTs),
      replies: new Map(),
      threadTs,
      activityOf: () => activity,
      directory: state.directory,
      handlers: content.handlers,
    })
    const prompts = store.prompts(channel, threadTs)
    const isStreaming = store.thread(channel, threadTs).some((message) => message.isStreaming)
    const isWorking = activity.session === 'processing' || activity.status !== '' || isStreaming
    this.#above.show([channel, threadTs, isWorking, activity, prompts], () => [
      isWorking && renderWork(content, activity),
      renderPrompts(prompts, (text) => this.#send(text, [])),
    ])
  }

  #switchTo(key: string): void {
    if (key === this.#key) return
    this.#drafts.set(this.#key, this.composer.field.value)
    this.#key = key
    this.composer.reset('Reply…', this.#drafts.get(key) ?? '')
  }

  #showHead({ channel, threadTs, state, close }: ThreadContent, activity: Activity): void {
    const title = activity.title || 'Thread'
    this.#head.show([channel, threadTs, activity.session, title], () => [
      make('h1', { title }, title),
      make('span', { class: 'topic' }, describeChannel(channel, state)),
      renderSession(activity.session),
      make('span', { class: 'spring' }),
      make('button', { type: 'button', class: 'tool', 'aria-label': 'Close thread', onclick: close }, icon('close')),
    ])
  }
}

// An active session is one in which nothing happens; that needs no word.
const sessionWords: Readonly<Record<string, string>> = { processing: 'working', suspended: 'waiting', active: '' }

function renderSession(session: string): HTMLElement | false {
  const word = sessionWords[session] ?? session
  if (word === '') return false
  const title = `The agent session is ${session}`
  return make('span', { class: `session session-${session.replace(/\W/g, '')}`, title }, word)
}

function renderWork({ state, stop }: ThreadContent, activity: Activity): HTMLElement {
  return make(
    'div',
    { class: 'work' },
    activity.status === '' ? make('span', { class: 'spring' }) : renderStatusLine(activity, state.directory),
    make('button', { type: 'button', class: 'button stop', onclick: stop }, icon('stop'), 'Stop'),
  )
}
