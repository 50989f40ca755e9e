/** Durations are counted in buckets, each this much wider than the one before; so a median read from them is at most 5 % off. */
const width = 1.1

/** @returns the number of the bucket as text, the subject of a count */
export const bucketOf = (ms: number): string => String(Math.ceil(Math.log(Math.max(1, ms)) / Math.log(width)))

/** The middle of the bucket in which the median lies, in ms; undefined where nothing was counted. */
export function medianOf(buckets: ReadonlyMap<string, number>): number | undefined {
  const counted = [...buckets].map(([bucket, count]) => ({ bucket: Number(bucket), count })).toSorted((left, right) => left.bucket - right.bucket)
  const all = counted.reduce((sum, { count }) => sum + count, 0)
  let passed = 0
  for (const { bucket, count } of counted) {
    passed += count
    if (count > 0 && passed * 2 >= all) return Math.round(width ** (bucket - 0.5))
  }
  return undefined
}
