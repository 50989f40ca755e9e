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

/** What the channel view shows. */
export interface ChannelContent {
  readonly channel: string
  readonly state: PlayState
  readonly store: ConversationStore
  readonly handlers: MessageHandlers
  readonly openHome: () => void
}

/** The middle of the page: a channel or direct message with its composer. */
export class ChannelPane {
  readonly element = make('div', { class: 'pane channel-pane' })
  readonly composer: Composer
  readonly #list = new MessageList('Messages')
  readonly #head = new Slot(make('header', { class: 'pane-head' }))
  readonly #above = new Slot(make('div', { class: 'above-composer' }))
  readonly #drafts = new Map<string, string>()
  readonly #send: (text: string, files: readonly File[]) => void
  #channel = ''

  constructor(options: ComposerOptions) {
    this.composer = new Composer(options)
    this.#send = options.send
    this.element.append(this.#head.element, this.#list.element, this.#above.element, this.composer.element)
  }

  show(content: ChannelContent): void {
    const { channel, state, store } = content
    const name = describeChannel(channel, state)
    this.#switchTo(channel, `Message ${name}`)
    this.#showHead(content)
    const activityOf = (threadTs: string) => store.activity(channel, threadTs)
    this.#list.element.setAttribute('aria-label', `Messages in ${name}`)
    this.#list.show(`${state.directory.me.id}/${channel}`, {
      messages: store.roots(channel),
      replies: store.repliesByThread(channel),
      threadTs: '',
      activityOf,
      directory: state.directory,
      handlers: content.handlers,
      intro: () => renderIntro(channel, state),
    })
    const prompts = store.prompts(channel, '')
    const activity = store.activity(channel, '')
    this.#above.show([channel, prompts, activity], () => [
      activity.status !== '' && renderStatusLine(activity, state.directory),
      renderPrompts(prompts, (text) => this.#send(text, [])),
    ])
  }

  #switchTo(channel: string, label: string): void {
    if (channel === this.#channel) return
    this.#drafts.set(this.#channel, this.composer.field.value)
    this.#channel = channel
    this.composer.reset(label, this.#drafts.get(channel) ?? '')
  }

  #showHead({ channel, state, openHome }: ChannelContent): void {
    const info = state.directory.channel(channel)
    this.#head.show([channel, info, state.directory.me.id], () => {
      const mark = info?.isIm === true ? [] : [icon(info?.isPrivate === true ? 'lock' : 'hash')]
      const isWithApp = info?.isIm === true && info.otherUserId === state.botUserId
      const topic = info?.topic ?? ''
      return [
        make('h1', {}, ...mark, state.directory.channelName(channel)),
        topic !== '' && make('span', { class: 'topic' }, topic),
        isWithApp && renderAppTabs('messages', { openHome }),
      ]
    })
  }
}

function renderIntro(channel: string, state: PlayState): HTMLElement {
  const info = state.directory.channel(channel)
  const name = state.directory.channelName(channel)
  if (info?.isIm === true) {
    return make(
      'div',
      { class: 'intro' },
      make('h2', {}, name),
      make('p', {}, `This conversation is just between ${name} and you. Every message starts a thread.`),
    )
  }
  const text =
    info?.isPrivate === true
      ? 'A private channel: only its members see it.'
      : 'Everyone in this workspace can read along.'
  return make(
    'div',
    { class: 'intro' },
    make('h2', {}, icon(info?.isPrivate === true ? 'lock' : 'hash'), name),
    make('p', {}, `The very beginning of #${name}. ${text}`),
    make('p', {}, `Try “@${state.directory.userName(state.botUserId)} plan our launch”, or type / to see its commands.`),
  )
}

/** Draws the tabs of an app's direct message. */
export function renderAppTabs(
  active: 'home' | 'messages',
  open: { readonly openHome?: () => void; readonly openMessages?: () => void },
): HTMLElement {
  const tab = (name: string, isActive: boolean, onclick: () => void): HTMLElement =>
    make('button', { type: 'button', role: 'tab', class: 'tab', 'aria-selected': String(isActive), onclick }, name)
  return make(
    'div',
    { class: 'tabs', role: 'tablist', 'aria-label': 'App' },
    tab('Home', active === 'home', () => open.openHome?.()),
    tab('Messages', active === 'messages', () => open.openMessages?.()),
  )
}

/** Names a conversation as a composer does: `#general`, `murmur`. */
export function describeChannel(channel: string, state: PlayState): string {
  const name = state.directory.channelName(channel)
  return state.directory.channel(channel)?.isIm === true ? name : `#${name}`
}
