const leastRuns = 25
const leastShare = 0.1

/**
 * Runs are grouped anew after 25 more of them, and among many after a tenth more: each run then costs about the same, however many there are.
 * With 10 or 50 instead of 25 about as many requests are recognised (docs/learning.md).
 * @param since runs that came since the last time
 * @param grouped runs that were grouped then
 */
export const isRegroupingDue = (since: number, grouped: number): boolean => since >= Math.max(leastRuns, leastShare * grouped)
