/**
 * The tools a specialty may name. Kept apart from the tools, so that reading the catalogue loads none of them.
 * `create-tools.ts` makes exactly these.
 */
export const toolNames = ['read_thread', 'calculator', 'date_time', 'fetch_url', 'request_assistance', 'message_agent', 'remember', 'recall'] as const

/** What every agent may use, whatever its specialty names. */
export const commonToolNames: readonly ToolName[] = ['remember', 'recall']

export type ToolName = (typeof toolNames)[number]
