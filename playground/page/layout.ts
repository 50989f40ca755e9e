import { ChannelPane, renderAppTabs } from './channel-pane.ts'
import type { ComposerOptions } from './composer.ts'
import type { ConversationStore } from './conversation-store.ts'
import { HomePane } from './home-pane.ts'
import { make } from './make.ts'
import type { MessageHandlers } from './message-toolbar.ts'
import type { PlayState } from './play-state.ts'
import type { Screen } from './screen.ts'
import { renderSidebar } from './sidebar.ts'
import { Slot } from './slot.ts'
import { ThreadPane } from './thread-pane.ts'
import { renderTopBar } from './top-bar.ts'

/** What a person can do with the frame of the page. */
export interface LayoutActions {
  readonly channelComposer: ComposerOptions
  readonly threadComposer: ComposerOptions
  readonly openPlace: (place: string) => void
  /** Opens the person's conversation with the app. */
  readonly openMessages: () => void
  readonly actAs: (user: string) => void
  readonly openFaults: (anchor: HTMLElement) => void
  readonly closeThread: () => void
  readonly stop: () => void
}

/** Everything the page shows at one moment. */
export interface Shown {
  readonly state: PlayState
  readonly screen: Screen
  readonly store: ConversationStore
  readonly unread: ReadonlyMap<string, number>
  readonly handlers: MessageHandlers
  readonly isConnected: boolean
}

/** The frame of the page: top bar, sidebar, the middle and the thread at the right. Paints only what has changed. */
export class Layout {
  readonly home = new HomePane()
  readonly #actions: LayoutActions
  readonly #top = new Slot(make('div', { class: 'top' }))
  readonly #side = new Slot(make('div', { class: 'side' }))
  readonly #homeHead = new Slot(make('header', { class: 'pane-head' }))
  readonly #homePane = make('div', { class: 'pane home-pane' }, this.#homeHead.element, this.home.element)
  readonly #channel: ChannelPane
  readonly #thread: ThreadPane

  constructor(actions: LayoutActions) {
    this.#actions = actions
    this.#channel = new ChannelPane(actions.channelComposer)
    this.#thread = new ThreadPane(actions.threadComposer)
  }

  /** Puts the frame into the document. */
  mount(parent: HTMLElement): void {
    const main = make('main', { class: 'main' }, this.#channel.element, this.#homePane)
    parent.append(this.#top.element, make('div', { class: 'columns' }, this.#side.element, main, this.#thread.element))
  }

  focusChannel(): void {
    this.#channel.composer.field.focus()
  }

  focusThread(): void {
    this.#thread.composer.field.focus()
  }

  paint(shown: Shown): void {
    const { state, screen } = shown
    this.#paintTop(shown)
    this.#paintSide(shown)
    const isHome = screen.place === 'home'
    this.#homePane.hidden = !isHome
    this.#channel.element.hidden = isHome
    if (isHome) this.#paintHomeHead(state)
    else this.#paintChannel(shown)
    if (screen.thread === '' || isHome) this.#thread.hide()
    else this.#paintThread(shown)
    document.title = `${isHome ? 'Home' : state.directory.channelName(screen.place)} · ${state.teamName}`
  }

  #paintTop({ state, isConnected }: Shown): void {
    this.#top.show([state.teamName, state.banner, state.faults.length, isConnected], () =>
      renderTopBar(state, isConnected, this.#actions.openFaults),
    )
  }

  #paintSide({ state, screen, unread }: Shown): void {
    const { channels, members } = state.directory
    this.#side.show([screen.user, screen.place, channels, members, [...unread]], () => [
      renderSidebar(state, screen, unread, this.#actions),
    ])
  }

  #paintHomeHead(state: PlayState): void {
    const name = state.directory.userName(state.botUserId)
    this.#homeHead.show(name, () => [make('h1', {}, name), renderAppTabs('home', this.#actions)])
  }

  #paintChannel({ state, screen, store, handlers }: Shown): void {
    this.#channel.show({
      channel: screen.place,
      state,
      store,
      handlers,
      openHome: () => this.#actions.openPlace('home'),
    })
  }

  #paintThread({ state, screen, store, handlers }: Shown): void {
    const { closeThread, stop } = this.#actions
    this.#thread.show({
      channel: screen.place,
      threadTs: screen.thread,
      state,
      store,
      handlers,
      close: closeThread,
      stop,
    })
  }
}
