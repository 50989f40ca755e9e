import { ConversationStore } from './conversation-store.ts'
import type { ElementUse } from './elements/render-context.ts'
import type { Submission } from './elements/submission.ts'
import { openFaultPanel } from './fault-panel.ts'
import { Layout } from './layout.ts'
import { makeMessageHandlers } from './message-handlers.ts'
import type { MessageHandlers } from './message-toolbar.ts'
import { ModalStack } from './modal-stack.ts'
import { applyEvent } from './page-events.ts'
import { readPlayState, type PlayState } from './play-state.ts'
import { readList, readObject, readText, type Json } from './read-json.ts'
import { Reader } from './reader.ts'
import { readScreen, writeScreen, type Screen } from './screen.ts'
import { readFailure, stageFiles } from './send-message.ts'
import { Sender } from './sender.ts'
import { turnStatusLines } from './status-line.ts'
import { showToast } from './toast.ts'
import type { Message } from './wire.ts'
import { WorkspaceClient } from './workspace-client.ts'

const paintEveryMs = 16

/** The whole page: who acts, what is open, and the panes that show it. Everything that changes ends in one paint. */
export class Page {
  readonly #store = new ConversationStore()
  readonly #unread = new Map<string, number>()
  readonly #layout: Layout
  readonly #modals: ModalStack
  readonly #reader: Reader
  #client: WorkspaceClient
  #state: PlayState
  #screen: Screen
  #handlers: MessageHandlers
  #stopListening: (() => void) | undefined
  #isPaintDue = false
  #isConnected = true

  constructor(client: WorkspaceClient, state: PlayState, screen: Screen) {
    this.#client = client
    this.#state = state
    this.#screen = screen
    this.#handlers = this.#makeHandlers()
    this.#countUnread()
    this.#reader = new Reader(client, this.#store, (isReachable) => this.#setConnected(isReachable))
    this.#layout = this.#makeLayout()
    this.#modals = new ModalStack({
      submit: (viewId, submission) => this.#submitView(viewId, submission),
      stage: (files) => stageFiles(files, this.#client),
      close: (viewId) => void this.#client.act('closeView', { viewId }).then(() => this.#loadViews()),
      act: (viewId, use, submission) => this.#actInView(viewId, use, submission),
    })
  }

  #makeLayout(): Layout {
    const sender = new Sender({
      store: this.#store,
      client: () => this.#client,
      state: () => this.#state,
      channel: () => this.#screen.place,
      onSent: (channel, threadTs, message) => this.#onSent(channel, threadTs, readText(message['ts'])),
      tellFailure: (answer) => this.#tellFailure(answer),
    })
    return new Layout({
      channelComposer: sender.composerOptions('Message', () => ''),
      threadComposer: sender.composerOptions('Reply…', () => this.#screen.thread),
      openPlace: (place) => this.#go({ place, thread: '' }),
      openMessages: () => this.#openMessages(),
      actAs: (user) => void this.#actAs(user),
      openFaults: (anchor) => this.#openFaults(anchor),
      closeThread: () => this.#go({ thread: '' }),
      stop: () => this.#stop(),
    })
  }

  /** Puts the page into the document and starts to listen. */
  start(): void {
    this.#layout.mount(document.body)
    window.addEventListener('hashchange', () => this.#onAddress())
    document.addEventListener('click', (event) => this.#onClick(event))
    turnStatusLines(document)
    this.#listen()
    this.#go(this.#screen)
    if (this.#screen.place !== 'home') this.#layout.focusChannel()
  }

  #listen(): void {
    this.#stopListening?.()
    this.#stopListening = this.#client.listen(
      () => {
        this.#setConnected(true)
        void this.#loadAll()
      },
      (event) => this.#onEvent(event),
      () => this.#setConnected(false),
    )
  }

  #setConnected(isConnected: boolean): void {
    this.#isConnected = isConnected
    this.#paintSoon()
  }

  #onEvent(event: Json): void {
    this.#reader.note(event)
    const followup = applyEvent(event, this.#store)
    const channel = readText(event['channel'])
    if (followup === 'ask channel') void this.#reader.readChannel(channel)
    if (followup === 'ask views') void this.#loadViews()
    if (followup === 'ask home') void this.#loadHome()
    if (followup === 'ask state') void this.#loadState()
    if (
      followup === 'new message'
      && channel !== this.#screen.place
      && readText(readObject(event['message'])['user']) !== this.#client.user
    ) {
      this.#unread.set(channel, (this.#unread.get(channel) ?? 0) + 1)
    }
    this.#paintSoon()
  }

  async #loadAll(): Promise<void> {
    const { place, thread } = this.#screen
    const rest =
      place === 'home'
        ? [this.#loadHome()]
        : [this.#reader.readChannel(place), ...(thread === '' ? [] : [this.#reader.readThread(place, thread)])]
    await Promise.all([this.#loadViews(), ...rest])
  }

  #loadHome(): Promise<void> {
    return this.#reader.read('home', {}, (answer) => {
      this.#layout.home.show(readObject(answer['view']), this.#state.directory, (viewId, use, submission) =>
        this.#actInView(viewId, use, submission),
      )
    })
  }

  #loadViews(): Promise<void> {
    return this.#reader.read('views', {}, (answer) =>
      this.#modals.show(readList(answer['views']), this.#state.directory, this.#screen.place),
    )
  }

  #loadState(): Promise<void> {
    return this.#reader.read('state', {}, (answer) => this.#takeState(readPlayState(answer)))
  }

  #takeState(state: PlayState): void {
    this.#state = state
    this.#handlers = this.#makeHandlers()
    this.#countUnread()
  }

  #countUnread(): void {
    this.#unread.clear()
    for (const { id, unread } of this.#state.directory.channels)
      if (unread > 0 && id !== this.#screen.place) this.#unread.set(id, unread)
  }

  #go(change: Partial<Screen>): void {
    const before = this.#screen
    this.#screen = { ...before, ...change }
    const { place, thread } = this.#screen
    const address = writeScreen(this.#screen)
    const isMove = place !== before.place || thread !== before.thread
    if (window.location.hash !== address) window.history[isMove ? 'pushState' : 'replaceState'](null, '', address)
    this.#unread.delete(place)
    // Reading a channel marks it as read; what came in while it was open is read as well.
    if (place !== before.place && before.place !== 'home') void this.#reader.readChannel(before.place)
    if (place === 'home') {
      void this.#client.act('openHome', { tab: 'home' }).then((answer) => this.#tellFailure(answer))
      void this.#loadHome()
    } else if (place !== before.place || change.user !== undefined) {
      void this.#reader.readChannel(place)
      if (this.#isAppMessage(place)) void this.#client.act('openHome', { tab: 'messages' })
    }
    if (thread !== '') void this.#reader.readThread(place, thread)
    this.#paintSoon()
  }

  #openMessages(): void {
    const direct = this.#state.directory.channels.find((one) => this.#isAppMessage(one.id))
    if (direct !== undefined) this.#go({ place: direct.id, thread: '' })
  }

  #isAppMessage(channel: string): boolean {
    return this.#state.directory.channel(channel)?.otherUserId === this.#state.botUserId
  }

  async #actAs(user: string): Promise<void> {
    const client = new WorkspaceClient(user)
    const state = await client.look('state').then(readPlayState, () => undefined)
    if (state === undefined) {
      showToast('This person could not be found.')
      return
    }
    const wasWithApp = this.#isAppMessage(this.#screen.place)
    this.#client = client
    this.#reader.use(client)
    this.#store.clear()
    this.#takeState(state)
    this.#go({ user, ...this.#placeFor(state, wasWithApp) })
    this.#listen()
  }

  /** Stays where it is if the next person may see it; a conversation with the app becomes their own with it. */
  #placeFor({ directory }: PlayState, wasWithApp: boolean): Partial<Screen> {
    const { place } = this.#screen
    if (place === 'home' || directory.channel(place) !== undefined) return {}
    const own = directory.channels.find((one) => (wasWithApp ? this.#isAppMessage(one.id) : !one.isIm))
    return { place: own?.id ?? 'home', thread: '' }
  }

  #onAddress(): void {
    const wanted = readScreen(window.location.hash)
    if (wanted.user !== undefined && wanted.user !== this.#screen.user) void this.#actAs(wanted.user)
    else this.#go({ thread: '', ...wanted })
  }

  #onClick(event: Event): void {
    const link = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-open-channel]') : null
    const channel = link?.dataset['openChannel']
    if (channel !== undefined && this.#state.directory.channel(channel) !== undefined)
      this.#go({ place: channel, thread: '' })
  }

  #onSent(channel: string, threadTs: string, ts: string): void {
    // A message to the app is the root of a conversation of its own: the answer comes into its thread.
    const opensThread = ts !== '' && threadTs === '' && this.#isAppMessage(channel) && this.#screen.place === channel
    if (opensThread) this.#go({ thread: ts })
    this.#paintSoon()
  }

  #makeHandlers(): MessageHandlers {
    return makeMessageHandlers({
      client: this.#client,
      directory: this.#state.directory,
      shortcuts: this.#state.shortcuts,
      openThread: (message) => this.#openThread(message),
      forget: (message) => {
        this.#store.remove(message.channel, message.ts)
        this.#paintSoon()
      },
      tellFailure: (answer) => this.#tellFailure(answer),
    })
  }

  #openThread(message: Message): void {
    this.#go({ place: message.channel, thread: message.threadTs || message.ts })
    // The field can only take the focus once the pane is there.
    this.#paint()
    this.#layout.focusThread()
  }

  async #actInView(viewId: string, use: ElementUse, submission: Submission): Promise<void> {
    this.#tellFailure(await this.#client.act('clickInView', { viewId, ...use, ...submission }))
  }

  async #submitView(viewId: string, submission: Submission): Promise<Json> {
    const answer = await this.#client.act('submitView', { viewId, ...submission })
    if (readFailure(answer) !== '') throw new Error(readFailure(answer))
    await this.#loadViews()
    const body = readObject(answer['body'])
    return readObject(body['response_action'] === 'errors' ? body['errors'] : undefined)
  }

  #tellFailure(answer: Json): void {
    const failure = readFailure(answer)
    if (failure !== '')
      showToast(failure === 'dispatch_failed' ? 'The app did not answer in time.' : `That did not work: ${failure}`)
  }

  #stop(): void {
    void this.#client
      .act('stop', { channel: this.#screen.place, threadTs: this.#screen.thread })
      .then((answer) => this.#tellFailure(answer))
  }

  #openFaults(anchor: HTMLElement): void {
    const change = async (parameters: Json): Promise<void> => {
      await this.#client.act('fault', parameters)
      await this.#loadState()
    }
    openFaultPanel(anchor, {
      list: () => this.#state.faults,
      add: (fault) => change({ fault }),
      clear: () => change({ clear: true }),
    })
  }

  #paintSoon(): void {
    if (this.#isPaintDue) return
    this.#isPaintDue = true
    setTimeout(() => {
      this.#isPaintDue = false
      this.#paint()
    }, paintEveryMs)
  }

  #paint(): void {
    this.#layout.paint({
      state: this.#state,
      screen: this.#screen,
      store: this.#store,
      unread: this.#unread,
      handlers: this.#handlers,
      isConnected: this.#isConnected,
    })
  }
}
