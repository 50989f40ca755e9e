const pairs = (count: number): number => (count * (count - 1)) / 2

/** Adjusted Rand index of two ways to group the same things (Hubert and Arabie 1985), in percent: 0 by chance, 100 when equal. */
export function adjustedRand(a: readonly string[], b: readonly string[]): number {
  const sums = (keys: readonly string[]): number => Object.values(Object.groupBy(keys, (key) => key)).reduce((sum, group) => sum + pairs(group?.length ?? 0), 0)
  const both = sums(a.map((key, at) => JSON.stringify([key, b[at]])))
  const [inA, inB] = [sums(a), sums(b)]
  const expected = (inA * inB) / pairs(a.length)
  const most = (inA + inB) / 2
  return most === expected ? 100 : (100 * (both - expected)) / (most - expected)
}
