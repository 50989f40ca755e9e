import type { WorkflowRecord } from '../storage/records.ts'
import type { NoteChoice } from './command.ts'

/** A list that opens one of the workflows with its history; undefined where there is none. */
export function chooseWorkflow(workflows: readonly Pick<WorkflowRecord, 'workflowId' | 'name'>[]): NoteChoice | undefined {
  if (workflows.length === 0) return undefined
  return { placeholder: 'Open a workflow …', actionId: 'workflow_open', options: workflows.map(({ workflowId, name }) => ({ text: name, value: `open:${workflowId}` })) }
}
