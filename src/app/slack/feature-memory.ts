/** Remembers for a while what a workspace turned out not to have, so that it is not asked for each time. */
export interface FeatureMemory {
  isMissing(workspaceId: string, feature: string): boolean
  setMissing(workspaceId: string, feature: string): void
}

export interface FeatureMemoryOptions {
  readonly now: () => number
  /** Default ten minutes: an admin who adds a scope sees it work without a restart. */
  readonly keepMs?: number
  readonly maxEntries?: number
}

export function createFeatureMemory({
  now,
  keepMs = 600_000,
  maxEntries = 2_000,
}: FeatureMemoryOptions): FeatureMemory {
  const untilMs = new Map<string, number>()
  const keyOf = (workspaceId: string, feature: string): string => `${workspaceId} ${feature}`
  return {
    isMissing(workspaceId, feature) {
      const key = keyOf(workspaceId, feature)
      const endMs = untilMs.get(key)
      if (endMs === undefined) return false
      if (endMs > now()) return true
      untilMs.delete(key)
      return false
    },
    setMissing(workspaceId, feature) {
      const key = keyOf(workspaceId, feature)
      // Deleting first keeps the map in order of age, so the first key is the one to drop.
      untilMs.delete(key)
      const oldest = untilMs.keys().next()
      if (untilMs.size >= maxEntries && !oldest.done) untilMs.delete(oldest.value)
      untilMs.set(key, now() + keepMs)
    },
  }
}
