import { ApiError } from './api-error.ts'
import type { ChangeFeed } from './change-feed.ts'
import type { IdSequence } from './id-sequence.ts'
import { asObjects, asText } from './json-object.ts'
import type { JsonObject } from './json-object.ts'
import { nameBlocks } from './shown-blocks.ts'

/** A modal or home tab on somebody's screen. `content` is what the app sent, with block ids filled in. */
export interface StoredView {
  readonly id: string
  readonly user: string
  readonly hash: string
  readonly content: JsonObject
  readonly rootViewId: string
  readonly previousViewId?: string
  /** Refused fields of the last submission: block id -> message. */
  readonly errors?: JsonObject
}

/** A modal and the two pushed on top of it. */
const MAX_STACK = 3
const MAX_VIEW_BYTES = 250_000

/** Modals (a stack per person) and home tabs. */
export class ViewBook {
  readonly #stacks = new Map<string, StoredView[]>()
  readonly #homes = new Map<string, StoredView>()
  readonly #ids: IdSequence
  readonly #changes: ChangeFeed
  #hashes = 0

  constructor(ids: IdSequence, changes: ChangeFeed) {
    this.#ids = ids
    this.#changes = changes
  }

  /** The modals of a person, the lowest first. */
  stack(user: string): readonly StoredView[] {
    return this.#stacks.get(user) ?? []
  }

  home(user: string): StoredView | undefined {
    return this.#homes.get(user)
  }

  find(viewId: string): StoredView | undefined {
    return this.#all().find((view) => view.id === viewId)
  }

  findExternal(externalId: string): StoredView | undefined {
    return this.#all().find((view) => view.content.external_id === externalId)
  }

  /** Opens a modal in place of whatever the person had open. */
  open(user: string, content: JsonObject): StoredView {
    this.#refuseKnownExternalId(content)
    return this.#show(user, [], content)
  }

  /** @throws {ApiError} push_limit_reached on the third view already, not_found without an open one */
  push(user: string, content: JsonObject): StoredView {
    const stack = this.stack(user)
    if (stack.length === 0) throw new ApiError('not_found')
    if (stack.length >= MAX_STACK) throw new ApiError('push_limit_reached')
    this.#refuseKnownExternalId(content)
    return this.#show(user, stack, content)
  }

  /** @throws {ApiError} hash_conflict when the view changed since the caller saw it */
  update(view: StoredView, content: JsonObject, expectedHash?: string): StoredView {
    if (expectedHash !== undefined && expectedHash !== view.hash) throw new ApiError('hash_conflict')
    const { errors: _errors, ...rest } = view
    return this.#replace(view, { ...rest, content: prepared(content), hash: this.#nextHash() })
  }

  refuse(view: StoredView, errors: JsonObject): void {
    this.#replace(view, { ...view, errors })
  }

  publish(user: string, content: JsonObject, expectedHash?: string): StoredView {
    const known = this.#homes.get(user)
    if (known !== undefined && expectedHash !== undefined && expectedHash !== known.hash)
      throw new ApiError('hash_conflict')
    const id = known?.id ?? this.#ids.next('V')
    const view: StoredView = { id, user, content: prepared(content), hash: this.#nextHash(), rootViewId: id }
    this.#homes.set(user, view)
    this.#changes.publish({ type: 'home', user, view })
    return view
  }

  /** Closes one modal, or all of the person's. */
  close(view: StoredView, isWholeStack = false): void {
    const rest = isWholeStack ? [] : this.stack(view.user).filter((other) => other.id !== view.id)
    this.#stacks.set(view.user, rest)
    this.#tell(view.user)
  }

  #show(user: string, below: readonly StoredView[], content: JsonObject): StoredView {
    const id = this.#ids.next('V')
    const previous = below.at(-1)
    const view: StoredView = {
      id,
      user,
      content: prepared(content),
      hash: this.#nextHash(),
      rootViewId: below[0]?.id ?? id,
      ...(previous === undefined ? {} : { previousViewId: previous.id }),
    }
    this.#stacks.set(user, [...below, view])
    this.#tell(user)
    return view
  }

  #replace(old: StoredView, view: StoredView): StoredView {
    if (this.#homes.get(old.user)?.id === old.id) {
      this.#homes.set(old.user, view)
      this.#changes.publish({ type: 'home', user: view.user, view })
    } else {
      this.#stacks.set(
        old.user,
        this.stack(old.user).map((other) => (other.id === old.id ? view : other)),
      )
      this.#tell(old.user)
    }
    return view
  }

  #all(): StoredView[] {
    return [...[...this.#stacks.values()].flat(), ...this.#homes.values()]
  }

  #refuseKnownExternalId(content: JsonObject): void {
    const externalId = asText(content.external_id)
    if (externalId !== undefined && externalId !== '' && this.findExternal(externalId) !== undefined)
      throw new ApiError('duplicate_external_id')
  }

  #tell(user: string): void {
    this.#changes.publish({ type: 'view', user, views: this.stack(user) })
  }

  #nextHash(): string {
    this.#hashes += 1
    return `${this.#hashes}.playground`
  }
}

/** Gives every block the id Slack would give it, so that answers and errors can name it. */
function prepared(content: JsonObject): JsonObject {
  if (JSON.stringify(content).length > MAX_VIEW_BYTES) throw new ApiError('view_too_large')
  return { ...content, blocks: nameBlocks(asObjects(content.blocks)) }
}
