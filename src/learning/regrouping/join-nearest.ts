/** How alike each two things are, row by row, and of how many members each is made. */
export interface Likenesses {
  readonly size: number
  readonly alike: Float32Array
  readonly members: Float64Array
}

/** The thing with the larger number became part of the one with the smaller. */
export interface Join {
  readonly kept: number
  readonly joined: number
}

/**
 * Average linkage by chains of nearest neighbours (Murtagh 1983), in place. Two things that are minus infinity alike never come together,
 * nor what they have joined.
 * @returns the joins of groups that are at least so alike, in an order in which they can be made; undefined when it was late
 */
export function joinNearest({ size, alike, members }: Likenesses, minSimilarity: number, isLate: () => boolean = () => false): Join[] | undefined {
  const isLeft = new Uint8Array(size).fill(1)
  const joins: Join[] = []
  const chain: number[] = []
  for (let first = 0; first < size; ) {
    if (isLate()) return undefined
    if (!isLeft[first]) {
      first++
      continue
    }
    const at = chain.at(-1) ?? (chain.push(first), first)
    const before = chain.at(-2) ?? -1
    const nearest = nearestOf(alike, size, isLeft, at, before)
    if (nearest < 0 || (alike[at * size + nearest] as number) < minSimilarity) {
      // Nothing is near enough to the last, and by average linkage never will be.
      isLeft[at] = 0
      chain.pop()
    } else if (nearest === before) {
      chain.length -= 2
      const [kept, joined] = at < before ? [at, before] : [before, at]
      joinRows(alike, size, members, kept, joined)
      isLeft[joined] = 0
      joins.push({ kept, joined })
    } else {
      chain.push(nearest)
    }
  }
  return joins
}

function nearestOf(alike: Float32Array, size: number, isLeft: Uint8Array, at: number, before: number): number {
  let nearest = before
  let best = before < 0 ? Number.NEGATIVE_INFINITY : (alike[at * size + before] as number)
  for (let other = 0; other < size; other++) {
    if (!isLeft[other] || other === at || (alike[at * size + other] as number) <= best) continue
    best = alike[at * size + other] as number
    nearest = other
  }
  return nearest
}

function joinRows(alike: Float32Array, size: number, members: Float64Array, kept: number, joined: number): void {
  const [a, b] = [members[kept] as number, members[joined] as number]
  for (let other = 0; other < size; other++) {
    const mean = (a * (alike[kept * size + other] as number) + b * (alike[joined * size + other] as number)) / (a + b)
    alike[kept * size + other] = alike[other * size + kept] = mean
  }
  members[kept] = a + b
}
