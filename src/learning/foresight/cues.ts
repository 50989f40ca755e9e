/** The names of what something may be foreseen by. */

const hourMs = 3_600_000

export const afterSpecialty = (specialtyId: string): string => `after:${specialtyId}`
export const afterWorkflow = (workflowId: string): string => `recipe:${workflowId}`
/** A weekday by UTC, 0 Sunday. */
export const onWeekday = (atMs: number): string => `day:${new Date(atMs).getUTCDay()}`
/** An hour of a weekday by UTC: where clocks change, a habit moves by an hour and is learnt anew. */
export const atHour = (atMs: number): string => `hour:${new Date(atMs).getUTCDay()}-${new Date(atMs).getUTCHours()}`
export const hourOf = (atMs: number): number => Math.floor(atMs / hourMs) * hourMs
