import { absenceWords } from './absence-words.ts'
import type { Board, BoardItem, ThreadPort } from '../thread-port.ts'
import { boundTurn, joinTurns, type Spoken } from './join-turns.ts'
import { Outbox } from './outbox.ts'
import type { AbsenceReason, Member, PlanItem, SwarmEvent } from './topology.ts'
import { Transcript } from './transcript.ts'

export interface StageParts {
  readonly thread: Pick<ThreadPort, 'speak' | 'post' | 'postFile' | 'openBoard'>
  /** `Debate`. */
  readonly title: string
  readonly objective: string
  readonly members: readonly Member[]
  /** What the line of figures says of money, for example `$0.0123 of $0.50`. */
  readonly describeSpend: () => string
  readonly nowMs: () => number
}

/** Swarms with more members than this speak in one message a round. */
const mostVoices = 6
/** Messages of one swarm before its result; what comes after is in the transcript only. */
const mostPosts = 80
/** Turns that are joined at most before they are shown. */
const mostJoined = 40

/** Shows what happens in a swarm: the board, each member under its own name, or many of them joined. */
export class SwarmStage {
  readonly transcript: Transcript
  /** Members that gave nothing when asked last, with the reason. */
  readonly absent = new Map<string, { readonly member: Member; readonly reason: AbsenceReason }>()
  readonly #parts: StageParts
  readonly #outbox = new Outbox()
  readonly #board: Board
  readonly #startedAtMs: number
  readonly #spoken = new Set<string>()
  readonly #joined: Spoken[] = []
  #list: readonly PlanItem[] | undefined
  #round = ''
  #posts = 0
  #batches = 0

  constructor(parts: StageParts) {
    this.#parts = parts
    this.#startedAtMs = parts.nowMs()
    this.#board = parts.thread.openBoard()
    this.transcript = new Transcript(parts)
    this.#showBoard()
  }

  get elapsedMs(): number {
    return this.#parts.nowMs() - this.#startedAtMs
  }

  async show(event: SwarmEvent): Promise<void> {
    this.transcript.add(event)
    switch (event.kind) {
      case 'round':
        await this.#endBatch()
        this.#spoken.clear()
        this.#round = event.doing === '' ? `round ${event.round} of ${event.of}` : `round ${event.round} of ${event.of}: ${event.doing}`
        break
      case 'list':
        this.#list = event.items
        break
      case 'turn':
        this.#spoken.add(event.member.id)
        this.absent.delete(event.member.id)
        await this.#showTurn(event)
        break
      case 'note':
        await this.#post(() => this.#parts.thread.post(`note:${event.key}`, event.text))
        break
      case 'absent':
        this.absent.set(event.member.id, event)
        break
      case 'picture':
        await this.#post(() => this.#parts.thread.postFile(`picture:${event.key}`, { name: `${fileName(event.key)}.png`, title: event.title, mimeType: 'image/png', bytes: event.png, comment: '' }))
        break
    }
    this.#showBoard()
  }

  /** All that was said stands in the thread when this resolves. @throws {MurmurError} MUR_SLACK_BUSY */
  async flush(): Promise<void> {
    await this.#endBatch()
    await this.#outbox.flush()
  }

  /** The last state of the board; `ending` takes the place of the round. */
  async end(ending: string): Promise<void> {
    this.#round = ending
    await this.#board.close(this.#boardState(true))
  }

  /** Another attempt may go on with it: nothing more is shown by this one. */
  leave(): Promise<void> {
    return this.#outbox.close()
  }

  async #showTurn({ key, member, text }: Spoken & { readonly key: string }): Promise<void> {
    if (this.#parts.members.length <= mostVoices) {
      await this.#post(() => this.#parts.thread.speak(`turn:${key}`, member, boundTurn(text)))
      return
    }
    this.#joined.push({ member, text })
    if (this.#joined.length >= mostJoined) await this.#endBatch()
  }

  async #endBatch(): Promise<void> {
    if (this.#joined.length === 0) return
    const text = joinTurns(this.#round, this.#joined.splice(0), this.#parts.members)
    const key = `turns:${this.#batches++}`
    await this.#post(() => this.#parts.thread.post(key, text))
  }

  async #post(showing: () => Promise<unknown>): Promise<void> {
    if (++this.#posts <= mostPosts) await this.#outbox.put(showing)
  }

  #showBoard(): void {
    this.#board.show(this.#boardState(false))
  }

  #boardState(isOver: boolean) {
    const { title, members, describeSpend } = this.#parts
    const items = this.#list ? this.#list.map(asBoardItem) : members.map((member) => this.#memberItem(member, isOver))
    const seconds = Math.round(this.elapsedMs / 1_000)
    return { title: this.#round === '' ? title : `${title} · ${this.#round}`, items, line: [describeSpend(), seconds > 0 ? `${seconds} s` : ''].filter((part) => part !== '').join(' · ') }
  }

  #memberItem({ id, name, role }: Member, isOver: boolean): BoardItem {
    const absence = this.absent.get(id)
    if (absence) return { id, title: name, status: 'error', detail: absenceWords[absence.reason] }
    const isDone = isOver || this.#spoken.has(id)
    return { id, title: name, status: isDone ? 'complete' : this.#round === '' ? 'pending' : 'in_progress', detail: role }
  }
}

const asBoardItem = ({ id, title, who, status }: PlanItem): BoardItem => ({ id, title, status, detail: who })
const fileName = (text: string): string => text.replaceAll(/[^A-Za-z0-9.-]+/g, '-')
