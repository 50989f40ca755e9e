import { v7 } from 'uuid'
import type { AgentId, RunId, TaskId, WorkflowId } from './records.ts'

/** UUIDv7 counts up within one millisecond too, so ids of one process sort in the order they were made. */
export const newRunId = (): RunId => v7() as RunId

export const newTaskId = (): TaskId => v7() as TaskId

export const newAgentId = (): AgentId => v7() as AgentId

export const newEntryId = (): string => v7()

export const newWorkflowId = (): WorkflowId => v7() as WorkflowId
