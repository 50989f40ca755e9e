import { newAgentId, newEntryId, newRunId, newTaskId } from '../src/storage/ids.ts'
import type { NewRun } from '../src/storage/insert-runs.ts'
import type { AgentRecord, PatternRecord, Request, WorkspaceId } from '../src/storage/records.ts'

export const aRequest = (over: Partial<Request> = {}): Request => ({
  workspaceId: 'T1' as WorkspaceId,
  surface: 'mention',
  channelId: 'C1',
  userId: 'U1',
  messageId: '1.1',
  threadId: '1.1',
  text: 'sum up the week',
  files: [],
  mentionable: [],
  isReply: false,
  ...over,
})

export const aNewRun = (over: Partial<NewRun> = {}): NewRun => ({
  runId: newRunId(),
  taskId: newTaskId(),
  request: aRequest(),
  priority: 'medium',
  lane: `lane:${newRunId()}`,
  maxAttempts: 3,
  nowMs: 1_000,
  ...over,
})

export const anAgent = (over: Partial<AgentRecord> = {}): AgentRecord => ({
  agentId: newAgentId(),
  workspaceId: 'T1' as WorkspaceId,
  goalId: 'C1',
  specialtyId: 'planner',
  name: 'Planner',
  config: { prompt: 'You plan.', temperature: 0.3, tools: ['calculator'], context: {}, basis: '' },
  parentAgentId: undefined,
  status: 'active',
  runsEnded: 0,
  judgedAtRun: 0,
  createdAtMs: 1_000,
  lastUsedAtMs: 1_000,
  ...over,
})

export const aPattern = (over: Partial<PatternRecord> = {}): PatternRecord => ({
  patternId: newEntryId(),
  workspaceId: 'T1' as WorkspaceId,
  goalId: 'C1',
  title: 'Sum up the {date}',
  state: 'learning',
  examples: [],
  outcomes: [],
  workflowId: undefined,
  runs: 1,
  createdAtMs: 1_000,
  lastSeenAtMs: 1_000,
  ...over,
})
