/** A weighted product of opinions: who is sure of what is wrong is outvoted, who has no opinion does not count. */
export function poolOf(opinions: readonly (readonly [Float32Array, number])[]): Float32Array {
  const pooled = new Float32Array(opinions[0]?.[0].length ?? 0)
  let sum = 0
  for (let one = 0; one < pooled.length; one++) {
    let log = 0
    for (const [shares, weight] of opinions) log += weight * Math.log((shares[one] as number) + 0.001)
    const share = Math.exp(log)
    pooled[one] = share
    sum += share
  }
  for (let one = 0; one < pooled.length; one++) pooled[one] = (pooled[one] as number) / sum
  return pooled
}

export function highest(shares: Float32Array): number {
  let best = 0
  for (let one = 1; one < shares.length; one++) if ((shares[one] as number) > (shares[best] as number)) best = one
  return best
}
