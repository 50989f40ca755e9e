import type { Database, Trx } from './database.ts'
import { newEntryId } from './ids.ts'
import type { AgentId, RunId, WorkspaceId } from './records.ts'

/** What one agent wrote to another. */
export interface AgentMessage {
  readonly messageId: string
  readonly workspaceId: WorkspaceId
  readonly fromAgentId: AgentId
  readonly toAgentId: AgentId
  /** The run in which it was written. */
  readonly runId: RunId
  readonly text: string
  readonly atMs: number
}

/** Direct messages between agents, kept until the addressee has read them and afterwards. */
export function createMailboxStore({ db }: Database) {
  return {
    async send(trx: Trx, message: Omit<AgentMessage, 'messageId'>): Promise<void> {
      await trx
        .insertInto('agent_messages')
        .values({
          message_id: newEntryId(),
          workspace_id: message.workspaceId,
          from_agent_id: message.fromAgentId,
          to_agent_id: message.toAgentId,
          run_id: message.runId,
          text: message.text,
          at_ms: message.atMs,
          read_at_ms: null,
        })
        .execute()
    },

    /** What an agent has not read yet: the newest `limit`, oldest first. */
    async listUnread(agentId: AgentId, limit: number): Promise<AgentMessage[]> {
      const rows = await db
        .selectFrom('agent_messages')
        .selectAll()
        .where('to_agent_id', '=', agentId)
        .where('read_at_ms', 'is', null)
        .orderBy('message_id', 'desc')
        .limit(limit)
        .execute()
      return rows.toReversed().map((row) => ({
        messageId: row.message_id,
        workspaceId: row.workspace_id as WorkspaceId,
        fromAgentId: row.from_agent_id as AgentId,
        toAgentId: row.to_agent_id as AgentId,
        runId: row.run_id as RunId,
        text: row.text,
        atMs: row.at_ms,
      }))
    },

    /** Everything up to the last message shown is read; what was too much to show is so, too. */
    async markRead(trx: Trx, agentId: AgentId, upToMessageId: string, atMs: number): Promise<void> {
      await trx
        .updateTable('agent_messages')
        .set({ read_at_ms: atMs })
        .where('to_agent_id', '=', agentId)
        .where('read_at_ms', 'is', null)
        .where('message_id', '<=', upToMessageId)
        .execute()
    },
  }
}

export type MailboxStore = ReturnType<typeof createMailboxStore>
