import type { Delivery } from './delivery.ts'
import type { Entered } from './entered.ts'
import type { Fault } from './fault-switches.ts'
import type { Interactions } from './interactions.ts'
import { asObject, asObjects, asText } from './json-object.ts'
import type { JsonObject } from './json-object.ts'
import { pageMessage } from './page-json.ts'
import type { People, SayResult } from './people.ts'
import type { EnteredState, EnteredValues } from './view-values.ts'
import type { WorkspaceState } from './workspace-state.ts'

const FAULT_KINDS = new Set([
  'rate_limited',
  'http_500',
  'error',
  'hang',
  'disconnect',
  'duplicate_delivery',
  'stream_expired',
])
const API_FAULT_KINDS = new Set(['rate_limited', 'http_500', 'error', 'hang', 'disconnect'])

/** Carries out what a person does on the page: `{ action, user, ... }` in, the result for the page out. */
export class BrowserActs {
  readonly #state: WorkspaceState
  readonly #people: People
  readonly #interactions: Interactions

  constructor(state: WorkspaceState, people: People, interactions: Interactions) {
    this.#state = state
    this.#people = people
    this.#interactions = interactions
  }

  /** @throws {Error} with a readable reason when the action cannot be done */
  async run(input: JsonObject): Promise<JsonObject> {
    const action = text(input, 'action')
    if (action === 'fault') return this.#switchFaults(input)
    const user = this.#state.directory.user(text(input, 'user')).id
    return (await this.#converse(action, user, input)) ?? (await this.#interact(action, user, input))
  }

  async #converse(action: string, user: string, input: JsonObject): Promise<JsonObject | undefined> {
    const place = (): { user: string; channel: string; ts: string } => ({
      user,
      channel: text(input, 'channel'),
      ts: text(input, 'ts'),
    })
    switch (action) {
      case 'say':
      case 'upload':
        return this.#said(
          await this.#people.say({
            user,
            channel: text(input, 'channel'),
            text: asText(input.text) ?? '',
            ...threadOf(input),
            ...filesOf(input),
          }),
        )
      case 'stage':
        return { ids: (filesOf(input).files ?? []).map((file) => this.#people.stageFile({ user, ...file })) }
      case 'edit':
        return {
          deliveries: (await this.#people.edit({ ...place(), text: text(input, 'text') })).map((delivery) =>
            shown(delivery),
          ),
        }
      case 'delete':
        return { deliveries: (await this.#people.delete(place())).map((delivery) => shown(delivery)) }
      case 'react':
        return {
          deliveries: (
            await this.#people.react({ ...place(), name: text(input, 'name'), remove: this.#hasReacted(user, input) })
          ).map((delivery) => shown(delivery)),
        }
      case 'openHome':
        return shown(await this.#people.openHome({ user, tab: input.tab === 'messages' ? 'messages' : 'home' }))
      case 'stop':
        return shown(
          await this.#people.stop({ user, channel: text(input, 'channel'), threadTs: text(input, 'threadTs') }),
        )
      default:
        return undefined
    }
  }

  async #interact(action: string, user: string, input: JsonObject): Promise<JsonObject> {
    const use = (): { user: string; actionId: string; blockId?: string; value?: Entered } => ({
      user,
      actionId: text(input, 'actionId'),
      ...(asText(input.blockId) === undefined ? {} : { blockId: text(input, 'blockId') }),
      ...(entered(input.value) === undefined ? {} : { value: entered(input.value) ?? '' }),
    })
    switch (action) {
      case 'command':
        return shown(
          await this.#interactions.command({
            user,
            channel: text(input, 'channel'),
            command: text(input, 'command'),
            text: asText(input.text) ?? '',
          }),
        )
      case 'click':
        return shown(
          await this.#interactions.click({
            ...use(),
            channel: text(input, 'channel'),
            messageTs: text(input, 'messageTs'),
          }),
        )
      case 'clickInView':
        return shown(
          await this.#interactions.clickInView({ ...use(), viewId: text(input, 'viewId'), ...valuesOf(input) }),
        )
      case 'submitView':
        return shown(await this.#interactions.submitView({ user, viewId: text(input, 'viewId'), ...valuesOf(input) }))
      case 'closeView': {
        const delivery = await this.#interactions.closeView({ user, viewId: text(input, 'viewId') })
        return delivery === undefined ? {} : shown(delivery)
      }
      case 'shortcut':
        return shown(
          await this.#interactions.shortcut({
            user,
            callbackId: text(input, 'callbackId'),
            channel: text(input, 'channel'),
            messageTs: text(input, 'messageTs'),
          }),
        )
      case 'globalShortcut':
        return shown(await this.#interactions.globalShortcut({ user, callbackId: text(input, 'callbackId') }))
      default:
        throw new Error(`Expected an action of the playground, got "${action}".`)
    }
  }

  #said(result: SayResult): JsonObject {
    return {
      message: pageMessage(this.#state, result.message),
      deliveries: result.deliveries.map((delivery) => shown(delivery)),
    }
  }

  #hasReacted(user: string, input: JsonObject): boolean {
    const message = this.#state.board.find(text(input, 'channel'), text(input, 'ts'))
    return message?.reactions.find((reaction) => reaction.name === input.name)?.users.includes(user) === true
  }

  #switchFaults(input: JsonObject): JsonObject {
    if (input.clear === true) this.#state.faults.clear()
    else this.#state.faults.add(readFault(asObject(input.fault)))
    return { faults: this.#state.faults.list() }
  }
}

/** A delivery for the page: failures in the words that Slack's client uses. */
function shown(delivery: Delivery): JsonObject {
  const isAnswered = delivery.error === undefined || delivery.kind === 'event'
  return {
    status: delivery.httpStatus,
    latencyMs: Math.round(delivery.latencyMs),
    timedOut: delivery.error === 'http_timeout',
    ...(delivery.body === undefined ? {} : { body: delivery.body }),
    ...(isAnswered ? {} : { error: delivery.error === 'http_timeout' ? 'operation_timeout' : 'dispatch_failed' }),
  }
}

function text(input: JsonObject, field: string): string {
  const value = asText(input[field])
  if (value === undefined || value === '') throw new Error(`Expected a text in "${field}".`)
  return value
}

const threadOf = (input: JsonObject): { threadTs?: string } =>
  asText(input.threadTs) ? { threadTs: text(input, 'threadTs') } : {}

function filesOf(input: JsonObject): { files?: { name: string; content: Uint8Array }[] } {
  const files = asObjects(input.files).map((file) => ({
    name: text(file, 'name'),
    content: Buffer.from(asText(file.contentBase64) ?? '', 'base64'),
  }))
  return files.length === 0 ? {} : { files }
}

const entered = (value: unknown): Entered | undefined => (Array.isArray(value) ? value.map(String) : asText(value))

function enteredValues(value: unknown): EnteredValues {
  return Object.fromEntries(Object.entries(asObject(value)).map(([actionId, item]) => [actionId, entered(item) ?? '']))
}

function valuesOf(input: JsonObject): { values: EnteredValues; state: EnteredState } {
  const state = Object.fromEntries(
    Object.entries(asObject(input.state)).map(([blockId, values]) => [blockId, enteredValues(values)]),
  )
  return { values: enteredValues(input.values), state }
}

/** @throws {Error} when it is no fault of this workspace */
function readFault(json: JsonObject): Fault {
  const kind = asText(json.kind) ?? ''
  if (!FAULT_KINDS.has(kind)) throw new Error(`Expected a kind of fault, got "${kind}".`)
  if (API_FAULT_KINDS.has(kind) && !asText(json.method))
    throw new Error('Expected a Web API method (or *) for this fault.')
  return json as unknown as Fault
}
