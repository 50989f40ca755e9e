import type { AgentStore } from '../storage/agent-store.ts'
import type { MailboxStore } from '../storage/mailbox-store.ts'
import type { AgentRegistry } from './agent-registry.ts'
import type { AgentAssigner } from './assign-agent.ts'
import type { AgentOpener } from './open-agent.ts'
import type { WorkRecorder } from './record-work.ts'
import type { SendMail } from './send-mail.ts'

/** Everything about agents that a run uses; made once per process. */
export interface AgentStaff {
  readonly agents: AgentStore
  readonly registry: AgentRegistry
  readonly assigner: AgentAssigner
  readonly opener: AgentOpener
  readonly mailbox: MailboxStore
  readonly sendMail: SendMail
  readonly recorder: WorkRecorder
}
