const leastRuns = 25
const leastShare = 0.1

/**
 * So many new runs make patterns be grouped anew: 25, and among many a tenth, so that each run costs about the same however many there are.
 * @param grouped runs that were grouped the last time
 */
export const runsUntilDue = (grouped: number): number => Math.max(leastRuns, Math.ceil(leastShare * grouped))
