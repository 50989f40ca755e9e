/** What one person's word, or the outcome, says of who should have answered a run. Classes are positions in the list of specialists. */
export interface Vote {
  /** `up`, `down`: of the one who answered. `named`: this one should have. `done`: it was answered and nobody complained, which says little. */
  readonly kind: 'up' | 'down' | 'named' | 'done'
  readonly about: number
  /** Undefined for an outcome. */
  readonly raterId?: string | undefined
}

/** Before anything is known of a rater: one thumb in ten is wrong. */
const usualFlips = 0.1
/** So many votes of a rater count as much as what is known of all, and so many of all as much as the usual. */
const ownWeight = 10
const allWeight = 20
/** A silent end is hardly better than chance. */
const doneFlips = 0.4
/** Who names another specialist has thought about it. */
const namedShare = 0.3
const minFlips = 0.01
const maxFlips = 0.45

/** How often each rater is mistaken or careless, as far as the others and the model can tell. */
export class RaterBook {
  readonly #flips: Map<string, number>
  readonly #all: number

  constructor(flips: Iterable<readonly [string, number]> = [], all = usualFlips) {
    this.#flips = new Map(flips)
    this.#all = all
  }

  flipsOf({ kind, raterId }: Vote): number {
    if (kind === 'done') return doneFlips
    const own = (raterId === undefined ? undefined : this.#flips.get(raterId)) ?? this.#all
    return Math.min(maxFlips, Math.max(minFlips, kind === 'named' ? own * namedShare : own))
  }

  /** How likely the votes are if each class were the right one; scaled so that the highest is 1. */
  likelihoodOf(votes: readonly Vote[], classes: number): Float32Array {
    const likelihood = new Float32Array(classes).fill(1)
    for (const vote of votes) {
      const flips = this.flipsOf(vote)
      const [here, elsewhere] = vote.kind === 'down' ? [flips, 1 - flips] : [1 - flips, vote.kind === 'named' ? flips / Math.max(1, classes - 1) : flips]
      for (let one = 0; one < classes; one++) likelihood[one] = (likelihood[one] as number) * (one === vote.about ? here : elsewhere)
    }
    return likelihood
  }

  store(): StoredRaters {
    return { flips: [...this.#flips], all: this.#all }
  }
}

export interface StoredRaters {
  readonly flips: readonly (readonly [string, number])[]
  readonly all: number
}

/** What the votes and an opinion formed without them say together, written into `into`. */
export function weighUp(likelihood: Float32Array, opinion: Float32Array, into: Float32Array): Float32Array {
  let sum = 0
  for (let one = 0; one < into.length; one++) {
    const both = (likelihood[one] as number) * ((opinion[one] as number) + 1e-4)
    into[one] = both
    sum += both
  }
  for (let one = 0; one < into.length; one++) into[one] = (into[one] as number) / sum
  return into
}

/**
 * Learns how reliable raters are: a vote counts as wrong as far as the opinion about that run, formed without it, contradicts it.
 * The estimate of each is drawn to that of all, so that a few votes make nobody a liar.
 */
export function judgeRaters(runs: readonly { readonly votes: readonly Vote[]; readonly opinion: Float32Array }[], before: RaterBook): RaterBook {
  const byRater = new Map<string, { wrong: number; count: number }>()
  const all = { wrong: allWeight * usualFlips, count: allWeight }
  for (const { votes, opinion } of runs) {
    for (const vote of votes) {
      if (vote.kind === 'done' || vote.raterId === undefined) continue
      const flips = before.flipsOf(vote)
      const right = opinion[vote.about] as number
      const agrees = vote.kind === 'down' ? 1 - right : right
      const wrong = (flips * (1 - agrees)) / (flips * (1 - agrees) + (1 - flips) * agrees)
      const own = byRater.get(vote.raterId) ?? { wrong: 0, count: 0 }
      byRater.set(vote.raterId, { wrong: own.wrong + wrong, count: own.count + 1 })
      all.wrong += wrong
      all.count++
    }
  }
  const usual = all.wrong / all.count
  const flips = [...byRater].map(([raterId, { wrong, count }]) => [raterId, (wrong + ownWeight * usual) / (count + ownWeight)] as const)
  return new RaterBook(flips, usual)
}
