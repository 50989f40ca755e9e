import type { AppLink } from './app-link.ts'
import { checkView } from './check-view.ts'
import type { Delivery } from './delivery.ts'
import { actionOf } from './element-action.ts'
import type { Entered } from './entered.ts'
import { VERIFICATION_TOKEN } from './event-envelope.ts'
import { findElement } from './find-element.ts'
import { asObject, asObjects } from './json-object.ts'
import type { JsonObject } from './json-object.ts'
import type { ResponseTarget } from './response-urls.ts'
import { shownBlocks } from './shown-blocks.ts'
import { omitUndefined, toSlackMessage } from './slack-message.ts'
import type { StoredMessage } from './stored-message.ts'
import { isResponse, takeResponse } from './take-response.ts'
import type { StoredView } from './view-book.ts'
import { toSlackView } from './view-payload.ts'
import { findEmptyInputs, viewStateValues } from './view-values.ts'
import type { EnteredState, EnteredValues } from './view-values.ts'
import type { WorkspaceState } from './workspace-state.ts'

/** What people do with commands, buttons, shortcuts and modals. */
export class Interactions {
  readonly #state: WorkspaceState
  readonly #link: AppLink
  readonly #url: string

  constructor(state: WorkspaceState, link: AppLink, url: string) {
    this.#state = state
    this.#link = link
    this.#url = url
  }

  /** Runs a slash command; what the app answers at once is shown like a response_url message. */
  async command(input: {
    readonly user: string
    readonly channel: string
    readonly command: string
    readonly text?: string
  }): Promise<Delivery> {
    const { directory, triggers } = this.#state
    const user = directory.user(input.user)
    const channel = this.#channelOf(input.channel)
    const target: ResponseTarget = { channel: channel.id, user: user.id }
    const payload = {
      token: VERIFICATION_TOKEN,
      team_id: directory.team.id,
      team_domain: directory.team.domain,
      channel_id: channel.id,
      channel_name: channel.kind === 'im' ? 'directmessage' : channel.name,
      user_id: user.id,
      user_name: user.name,
      command: input.command,
      text: input.text ?? '',
      api_app_id: directory.appId,
      is_enterprise_install: 'false',
      response_url: this.#responseUrl(target),
      trigger_id: triggers.create(user.id),
    }
    const delivery = await this.#send('command', input.command, payload)
    const answer: JsonObject = typeof delivery.body === 'string' ? { text: delivery.body } : asObject(delivery.body)
    if (delivery.ok && isResponse(answer)) takeResponse(this.#state, target, answer)
    return delivery
  }

  /** Uses an element of a message: a button, feedback button, icon button, overflow or select. */
  async click(input: {
    readonly user: string
    readonly channel: string
    readonly messageTs: string
    readonly actionId: string
    readonly blockId?: string
    readonly value?: Entered
  }): Promise<Delivery> {
    const message = this.#findMessage(input.user, this.#channelOf(input.channel).id, input.messageTs)
    const found = findElement(shownBlocks(message), input)
    const isEphemeral = message.ephemeralTo !== undefined
    const threadTs = message.threadTs
    const action = actionOf(found, input.value, this.#state.clock.next())
    return this.#send('interaction', 'block_actions', {
      ...this.#common('block_actions', input.user),
      container: omitUndefined({
        type: 'message',
        message_ts: message.ts,
        channel_id: message.channel,
        is_ephemeral: isEphemeral,
        thread_ts: threadTs,
      }),
      trigger_id: this.#state.triggers.create(input.user),
      channel: this.#channelPayload(message.channel),
      message: isEphemeral ? undefined : toSlackMessage(this.#state, message, true),
      state: { values: {} },
      response_url: this.#responseUrl(targetOf(message, input.user)),
      actions: [action],
    })
  }

  async clickInView(input: {
    readonly user: string
    readonly viewId: string
    readonly actionId: string
    readonly blockId?: string
    readonly value?: Entered
    readonly values?: EnteredValues
    readonly state?: EnteredState
  }): Promise<Delivery> {
    const view = this.#findView(input.viewId, input.user)
    const found = findElement(asObjects(view.content.blocks), input)
    return this.#send('interaction', 'block_actions', {
      ...this.#common('block_actions', input.user),
      container: { type: 'view', view_id: view.id },
      trigger_id: this.#state.triggers.create(input.user, view.id),
      view: toSlackView(this.#state, view, viewStateValues(view.content, input.values ?? {}, input.state)),
      actions: [actionOf(found, input.value, this.#state.clock.next())],
    })
  }

  /**
   * Submits a modal and follows the `response_action`; without one the modal closes.
   * @throws {Error} when a required input is empty, as Slack's client would not send it
   */
  async submitView(input: {
    readonly user: string
    readonly viewId: string
    readonly values?: EnteredValues
    readonly state?: EnteredState
  }): Promise<Delivery> {
    const view = this.#findView(input.viewId, input.user)
    const values = viewStateValues(view.content, input.values ?? {}, input.state)
    const empty = findEmptyInputs(view.content, values)
    if (empty.length > 0) throw new Error(`Expected all required inputs to be filled, empty: ${empty.join(', ')}.`)
    const delivery = await this.#send('interaction', 'view_submission', {
      ...this.#common('view_submission', input.user),
      trigger_id: this.#state.triggers.create(input.user, view.id),
      view: toSlackView(this.#state, view, values),
      response_urls: [],
    })
    if (delivery.ok) this.#followViewAnswer(view, asObject(delivery.body))
    return delivery
  }

  /** Closes a modal with its X. The app hears of it only when the view has `notify_on_close`. */
  async closeView(input: { readonly user: string; readonly viewId: string }): Promise<Delivery | undefined> {
    const view = this.#findView(input.viewId, input.user)
    const isCleared = view.content.clear_on_close === true
    this.#state.views.close(view, isCleared)
    if (view.content.notify_on_close !== true) return undefined
    return this.#send('interaction', 'view_closed', {
      ...this.#common('view_closed', input.user),
      view: toSlackView(this.#state, view),
      is_cleared: isCleared,
    })
  }

  /** A message shortcut. */
  async shortcut(input: {
    readonly user: string
    readonly callbackId: string
    readonly channel: string
    readonly messageTs: string
  }): Promise<Delivery> {
    const message = this.#findMessage(input.user, this.#channelOf(input.channel).id, input.messageTs)
    return this.#send('interaction', 'message_action', {
      ...this.#common('message_action', input.user),
      callback_id: input.callbackId,
      trigger_id: this.#state.triggers.create(input.user),
      action_ts: this.#state.clock.next(),
      message_ts: message.ts,
      message: toSlackMessage(this.#state, message, true),
      channel: this.#channelPayload(message.channel),
      response_url: this.#responseUrl(targetOf(message, input.user)),
    })
  }

  async globalShortcut(input: { readonly user: string; readonly callbackId: string }): Promise<Delivery> {
    return this.#send('interaction', 'shortcut', {
      ...this.#common('shortcut', input.user),
      callback_id: input.callbackId,
      trigger_id: this.#state.triggers.create(input.user),
      action_ts: this.#state.clock.next(),
    })
  }

  #followViewAnswer(view: StoredView, answer: JsonObject): void {
    const { views } = this.#state
    switch (answer.response_action) {
      case 'errors':
        views.refuse(view, asObject(answer.errors))
        break
      case 'update':
        views.update(view, checkView(answer.view, 'modal'))
        break
      case 'push':
        views.push(view.user, checkView(answer.view, 'modal'))
        break
      case 'clear':
        views.close(view, true)
        break
      default:
        if (views.find(view.id) !== undefined) views.close(view)
    }
  }

  async #send(kind: 'command' | 'interaction', type: string, payload: JsonObject): Promise<Delivery> {
    const [delivery] = await this.#link.deliver({ kind, type, payload })
    if (delivery === undefined) throw new Error(`Expected an answer to ${type}.`)
    return delivery
  }

  #common(type: string, userId: string): JsonObject {
    const { directory } = this.#state
    const user = directory.user(userId)
    return {
      type,
      token: VERIFICATION_TOKEN,
      api_app_id: directory.appId,
      team: { id: directory.team.id, domain: directory.team.domain },
      enterprise: null,
      is_enterprise_install: false,
      user: { id: user.id, username: user.name, name: user.name, team_id: directory.team.id },
    }
  }

  #responseUrl(target: ResponseTarget): string {
    return `${this.#url}/response/${this.#state.responseUrls.create(target)}`
  }

  #channelOf(idOrName: string): { readonly id: string; readonly name: string; readonly kind: string } {
    const channel = this.#state.directory.channel(idOrName)
    if (channel === undefined) throw new Error(`Expected a channel of the workspace, got "${idOrName}".`)
    return channel
  }

  #channelPayload(id: string): JsonObject {
    const channel = this.#channelOf(id)
    return { id, name: channel.kind === 'im' ? 'directmessage' : channel.name }
  }

  #findMessage(user: string, channel: string, ts: string): StoredMessage {
    const message = this.#state.board.find(channel, ts) ?? this.#state.board.findEphemeral(user, ts)
    if (message === undefined) throw new Error(`Expected a message in ${channel} at ${ts}.`)
    return message
  }

  #findView(viewId: string, user: string): StoredView {
    const view = this.#state.views.find(viewId)
    if (view === undefined || view.user !== user) throw new Error(`Expected an open view ${viewId} of ${user}.`)
    return view
  }
}

function targetOf(message: StoredMessage, user: string): ResponseTarget {
  return {
    channel: message.channel,
    user,
    messageTs: message.ts,
    isEphemeral: message.ephemeralTo !== undefined,
    ...(message.threadTs === undefined ? {} : { threadTs: message.threadTs }),
  }
}
