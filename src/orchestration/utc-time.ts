/** Such as `2026-11-28 09:41 UTC`. For what is escaped as a model's text is, where Slack's own dates cannot stand. */
export const utcTime = (atMs: number): string => `${new Date(atMs).toISOString().slice(0, 16).replace('T', ' ')} UTC`
