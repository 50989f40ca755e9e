import { withSession, withStatus } from './activity.ts'
import type { ConversationStore } from './conversation-store.ts'
import { applyEvent } from './page-events.ts'
import { readList, readObject, readText, type Json } from './read-json.ts'
import { readMessage } from './wire.ts'
import type { WorkspaceClient } from './workspace-client.ts'

const shownThreads = 25

/**
 * Asks the workspace for whole states while events go on coming in.
 * An answer describes a moment before the events that came while it was under way, so these are applied once more on
 * top of it.
 */
export class Reader {
  readonly #store: ConversationStore
  readonly #onChange: (isReachable: boolean) => void
  readonly #latest = new Map<string, number>()
  readonly #underWay = new Set<Json[]>()
  #client: WorkspaceClient

  /** @param onChange called after each answer, with whether the workspace could be reached */
  constructor(client: WorkspaceClient, store: ConversationStore, onChange: (isReachable: boolean) => void) {
    this.#client = client
    this.#store = store
    this.#onChange = onChange
  }

  /** Reads for another person from now on. */
  use(client: WorkspaceClient): void {
    this.#client = client
  }

  /** Remembers an event for the answers that are still under way. */
  note(event: Json): void {
    for (const missed of this.#underWay) missed.push(event)
  }

  /** Asks for something. Of several answers to the same question only the last asked for is taken. */
  async read(what: string, parameters: Readonly<Record<string, string>>, take: (answer: Json) => void): Promise<void> {
    const client = this.#client
    const question = JSON.stringify([client.user, what, parameters])
    const turn = (this.#latest.get(question) ?? 0) + 1
    this.#latest.set(question, turn)
    const missed: Json[] = []
    this.#underWay.add(missed)
    try {
      const answer = await client.look(what, parameters)
      if (client === this.#client && this.#latest.get(question) === turn) {
        take(answer)
        for (const event of missed) applyEvent(event, this.#store)
      }
      this.#onChange(true)
    } catch {
      this.#onChange(false)
    } finally {
      this.#underWay.delete(missed)
    }
  }

  /** Reads a channel with its newest threads, so that their reply bars count and name right from the start. */
  readChannel(channel: string): Promise<void> {
    return this.read('messages', { channel }, (answer) => {
      const messages = readList(answer['messages']).map((json) => readMessage({ channel, ...json }))
      this.#store.replaceChannel(channel, messages)
      const prompts = readObject(answer['prompts'])
      this.#store.setPrompts(channel, '', { title: readText(prompts['title']), prompts: readList(prompts['prompts']) })
      for (const one of readList(answer['statuses'])) {
        this.#store.changeActivity(channel, readText(one['threadTs']), (known) => withStatus(known, one))
      }
      for (const one of readList(answer['sessions'])) {
        this.#store.changeActivity(channel, readText(one['threadTs']), (known) => withSession(known, one))
      }
      for (const { ts } of messages.filter((one) => one.replyCount > 0).slice(-shownThreads))
        void this.readThread(channel, ts)
    })
  }

  /** Reads a thread with what the app is doing in it. */
  readThread(channel: string, ts: string): Promise<void> {
    return this.read('thread', { channel, ts }, (answer) => {
      this.#store.replaceThread(
        channel,
        ts,
        readList(answer['messages']).map((json) => readMessage({ channel, ...json })),
      )
      this.#store.changeActivity(channel, ts, (known) =>
        withStatus(withSession(known, readObject(answer['session'])), readObject(answer['status'])),
      )
    })
  }
}
