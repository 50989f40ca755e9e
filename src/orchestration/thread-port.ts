import type { Request, RequestFile, WorkspaceId } from '../storage/records.ts'
import type { StepJournal } from '../storage/step-journal.ts'

/** Whom to reach where there is no thread to speak in. */
export interface Addressee {
  readonly workspaceId: WorkspaceId
  readonly request: Pick<Request, 'userId' | 'channelId' | 'replyUrl'>
}

/** One line of the conversation that a run may see. */
export interface ThreadLine {
  readonly author: string
  readonly text: string
  readonly sentAtMs: number
  /** True for what this app itself said. */
  readonly isOwn: boolean
}

/** What stands under an answer: who spoke, how it came to be, and the run that feedback is tied to. */
export interface AnswerFooter {
  readonly runId: string
  readonly agentName: string
  readonly agentIcon: string
  /** 1 full, 2 reduced, 3 stored knowledge, 4 static message. */
  readonly tier: number
  /** One short line, for example model, cost and tools used; shown small. */
  readonly note: string
  /** False for notices that are no answer (empty request, stopped, failed): no feedback is asked for them. */
  readonly asksFeedback: boolean
  /** True for an answer that was given before; a new one can be asked for. */
  readonly isGivenAgain?: boolean
  /** Whose answer came second and can be looked at; unset where there is none. */
  readonly runnerUp?: string
}

/** What can be done about a notice; who handles the click is told the value. */
export interface NoteButton {
  readonly text: string
  readonly actionId: string
  /** At most 2,000 characters. */
  readonly value: string
  readonly style?: 'primary' | 'danger'
  /** What a person is asked before it acts: what will happen, as at most 300 characters. */
  readonly confirm?: string
}

/** A text with what can be done about it. */
export interface ThreadNote {
  readonly note: string
  readonly buttons: readonly NoteButton[]
}

export interface PostReceipt {
  /** The channel's id of the message; the first message when the text needed several. */
  readonly messageId: string
}

/**
 * One answer on its way into the thread. Text arrives in pieces; the thread shows it as it comes.
 * Appending never waits and never fails: trouble on the way shows up in {@link finish}.
 */
export interface AnswerStream {
  append(delta: string): void
  /** Drops what was shown so far, because another attempt begins; the same message is used again. */
  restart(): void
  /**
   * Makes `text` the whole answer, once, however often it is called over restarts.
   * @throws {MurmurError} MUR_SLACK_BUSY or MUR_SLACK_REJECTED when it could not be shown
   */
  finish(text: string, footer: AnswerFooter): Promise<PostReceipt>
}

/** A file to show in the thread. */
export interface ThreadFile {
  /** With its ending, for example `plan.md`. */
  readonly name: string
  readonly title: string
  readonly mimeType: string
  readonly bytes: Uint8Array
  /** Said with it, may be empty. */
  readonly comment: string
}

/** Who says something under a name of its own. */
export interface Speaker {
  readonly name: string
  /** An emoji code, such as `:bar_chart:`. */
  readonly icon: string
}

export interface BoardItem {
  readonly id: string
  readonly title: string
  readonly status: 'pending' | 'in_progress' | 'complete' | 'error'
  /** One short line, for example who does it and how far it is; may be empty. */
  readonly detail: string
}

/** Work of several agents at a glance. */
export interface BoardState {
  readonly title: string
  readonly items: readonly BoardItem[]
  /** One short line: round, spend, time. */
  readonly line: string
}

/** The message that shows how far the work of several agents is. It always shows the newest state, not every one. */
export interface Board {
  /** Never waits and never fails; states that come faster than the channel takes them are passed over. */
  show(state: BoardState): void
  /** The last state, without a way to stop what is over. Never fails a run. */
  close(state: BoardState): Promise<void>
  /** Lets go of it as it is, because a later attempt shows the next state; waits for a call under way. Never fails a run. */
  leave(): Promise<void>
}

/** The place a run speaks in. Orchestration knows nothing of Slack beyond this. */
export interface ThreadPort {
  /** A sign of life ("is thinking ..."); a decoration that never fails a run. Empty text clears it. */
  showStatus(text: string): Promise<void>
  /** What was said before the request, oldest first, bounded; an empty list when it can't be read. */
  readHistory(signal: AbortSignal): Promise<readonly ThreadLine[]>
  /** What people have said in the thread after the request and after a moment, oldest first, bounded; an empty list when it can't be read. */
  readNews(afterMs: number, signal: AbortSignal): Promise<readonly ThreadLine[]>
  openAnswer(): AnswerStream
  /** A short notice, posted once per `stepKey` over restarts, with buttons where the channel has them. */
  post(stepKey: string, text: string, buttons?: readonly NoteButton[]): Promise<PostReceipt>
  /**
   * Shows a file, once per `stepKey` over restarts. A decoration: where it can't be shown, a notice says so and the run goes on.
   * @throws {MurmurError} MUR_RUN_CANCELLED, MUR_STORE_DOWN
   */
  postFile(stepKey: string, file: ThreadFile): Promise<void>
  /**
   * Says something as somebody else than the app, once per `stepKey` over restarts; where a channel knows no names but its
   * own, the name stands before the text.
   */
  speak(stepKey: string, speaker: Speaker, text: string): Promise<PostReceipt>
  /** The board of this run, one message, made when it is first shown and found again after a restart. */
  openBoard(): Board
  /**
   * The bytes of a file that came with the request.
   * @throws {MurmurError} MUR_SLACK_BUSY, MUR_SLACK_REJECTED (`too_large` above `mostBytes`), MUR_RUN_CANCELLED
   */
  fetchFile(file: RequestFile, mostBytes: number, signal: AbortSignal): Promise<Uint8Array>
  /**
   * Ends the answer with a notice (stopped, failed), once over restarts: what this attempt has shown stays and the notice
   * follows it; else the notice alone, in the answer's message if one was opened, else in a new one.
   * @param mentionable ids of people that the notice may name
   */
  fail(notice: string, mentionable: readonly string[]): Promise<PostReceipt>
  /**
   * Asks who may decide whether this run goes on, with buttons; once per `stepKey` over restarts. The session shows as waiting.
   * @param goOn what the button says that lets it go on; the other one stops the request
   */
  askApproval(stepKey: string, question: string, goOn: string): Promise<PostReceipt>
  /** Ends the visible session of this run: status cleared, session set active again. Never fails a run; safe to repeat. */
  close(): Promise<void>
}

/** The journal of a run as a channel sees it; {@link StepJournal} is the real one. */
export type RunSteps = Pick<StepJournal, 'once' | 'has'>
