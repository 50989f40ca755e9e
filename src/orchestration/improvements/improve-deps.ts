import type { RecordFeedback } from '../../learning/feedback.ts'
import type { WorkflowLibrary } from '../../learning/workflows/workflow-library.ts'
import type { Database, Trx } from '../../storage/database.ts'
import type { ProposalRecord, ProposalStore } from '../../storage/proposal-store.ts'
import type { WorkspaceId } from '../../storage/records.ts'
import type { LimitBook } from '../paid-calls/budget-limits.ts'
import type { ThreadNote } from '../thread-port.ts'
import type { KnownNames, NamedField } from './read-change.ts'

/** What a person wants better in one answer. */
export interface Remark {
  readonly userId: string
  readonly text: string
}

export interface ImproveDeps {
  readonly recordFeedback: RecordFeedback
  readonly library: Pick<WorkflowLibrary, 'improve' | 'find'>
  readonly limits: Pick<LimitBook, 'goalOf'>
  readonly approval: ApprovalDesk
  /** What a recipe can name in a workspace. */
  readonly knownOf: (workspaceId: WorkspaceId) => Promise<KnownNames>
  /** A remark is read by models and by everybody of the goal from now on. */
  readonly redact: (text: string) => string
  readonly nowMs: () => number
}

/** `gone`: an admin agreed, and the answer that it was about is no longer stored. */
export type Decision = 'approved' | 'rejected' | 'gone'

/** Where the admins were asked: a message that changes notifies nobody, so the author is told there. */
export interface DecisionPlace {
  readonly channelId: string
  /** Undefined: a thread is opened for it. */
  readonly threadId: string | undefined
}

export type TellDecision = (trx: Trx, proposal: ProposalRecord, decision: Decision, place: DecisionPlace) => Promise<void>

/** Where a workspace wants an admin's word before an improvement counts. */
export interface ApprovalDesk {
  readonly database: Pick<Database, 'db'>
  readonly proposals: ProposalStore
  /** Asked anew each time. */
  readonly isAdmin: (workspaceId: WorkspaceId, userId: string) => Promise<boolean>
  readonly tellDecision: TellDecision
  /** After a transaction that may have stored what is to be told. */
  readonly onTold: () => void
}

/** What is said of a change that was made, or that waits. */
export interface ChangeNote extends ThreadNote {
  /** Set while an admin has to approve it. */
  readonly proposalId?: string
}

export interface Improved extends ChangeNote {
  /** What the remark speaks of and no rule could read; a model may be asked. Empty while the change waits. */
  readonly open: readonly NamedField[]
}

/** Writes that belong to a change, made in its transaction. */
export type Alongside<T> = (trx: Trx, made: T) => Promise<unknown>
