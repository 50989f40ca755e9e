/**
 * The tools a specialty may name. Kept apart from the tools, so that reading the catalogue loads none of them.
 * `create-tools.ts` makes exactly these.
 */
export const toolNames = ['read_thread', 'calculator', 'date_time', 'fetch_url', 'request_assistance', 'message_agent'] as const

export type ToolName = (typeof toolNames)[number]
