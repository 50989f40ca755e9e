import { distance, spreadOf } from './particle-search.ts'
import type { Member } from './topology.ts'

/** An answer as a point: its text, where it lies, and how good it is. */
export interface Candidate {
  readonly member: Member
  readonly round: number
  readonly text: string
  /** What its writer finds weakest about it. */
  readonly weakness: string
  /** Of length 1. */
  readonly position: Float64Array
  /** 0 to 10, by its writer. */
  readonly ownScore: number
  /** 0 to 10 each, by judges: one of its own round, and one of each round in which it was the swarm's best. */
  readonly scores: readonly number[]
  /** The first judge's. */
  readonly reason: string
}

/** Where one member stands, and what draws it. */
export interface Standing {
  /** Its answers, the newest last; at least one. */
  readonly path: readonly Candidate[]
  readonly best: Candidate
  readonly swarmBest: Candidate
  /** Best answer of the nearest other member; undefined where that is the swarm's best already. */
  readonly neighbourBest: Candidate | undefined
  /** True: this round it leaves the crowd instead of joining it. */
  readonly isSentAway: boolean
}

/** The swarm after one round. */
export interface Moment {
  readonly round: number
  readonly best: Candidate
  readonly meanScore: number
  readonly spread: number
  readonly hasNewBest: boolean
}

/** Share of its widest spread at which a swarm is together, and the spread of texts that say the same in other words. */
const together = { share: 0.25, spread: 0.15 } as const

/** What a swarm has found: the way of each member, and the best after each round. */
export class ParticleSwarm {
  readonly #paths = new Map<string, Candidate[]>()
  readonly #moments: Moment[] = []

  /** Answers of each member, the newest last, in the order of their first answers. */
  get paths(): readonly (readonly Candidate[])[] {
    return [...this.#paths.values()]
  }

  get moments(): readonly Moment[] {
    return this.#moments
  }

  get best(): Candidate | undefined {
    return this.#ranked()[0]
  }

  /** The best that is not by the one who wrote the best. */
  get runnerUp(): Candidate | undefined {
    const [best, ...others] = this.#ranked()
    return others.find(({ member }) => member.id !== best?.member.id)
  }

  /**
   * Takes in what a round has found.
   * @param bestAgain what a judge gives the best so far this time. A single judgement flatters the one that comes out on top; the mean of several does not.
   */
  add(round: number, found: readonly Candidate[], bestAgain?: number): void {
    const { best } = this
    if (best && bestAgain !== undefined) this.#replace(best, { ...best, scores: [...best.scores, bestAgain] })
    for (const candidate of found) this.#paths.set(candidate.member.id, [...(this.#paths.get(candidate.member.id) ?? []), candidate])
    const now = this.best
    if (!now) return
    const meanScore = found.reduce((sum, candidate) => sum + scoreOf(candidate), 0) / Math.max(1, found.length)
    this.#moments.push({ round, best: now, meanScore, spread: spreadOf(found.map(({ position }) => position)), hasNewBest: now.round === round })
  }

  /** Rounds since the best was found or replaced by a new answer. */
  get roundsWithoutBetter(): number {
    return this.#moments.length - 1 - this.#moments.findLastIndex(({ hasNewBest }) => hasNewBest)
  }

  /** Rounds in which no judge gave a score. */
  get unjudgedRounds(): number {
    const all = this.paths.flat()
    return this.#moments.filter(({ round }) => all.every((candidate) => candidate.round !== round || candidate.scores.length === 0)).length
  }

  /** Longest move: twice the spread of the first answers, about the width of the field that they cover. */
  get maxStride(): number {
    return 2 * (this.#moments[0]?.spread ?? 0)
  }

  /** All answers of the last round say nearly the same, measured by how far apart they have been. */
  get isTogether(): boolean {
    const spread = this.#moments.at(-1)?.spread ?? Infinity
    return spread <= Math.max(together.spread, together.share * Math.max(...this.#moments.map((moment) => moment.spread)))
  }

  /** The half of these members whose best answers are worst. */
  worseHalf(members: readonly Member[]): ReadonlySet<string> {
    const ranked = this.#ranked().map(({ member }) => member.id)
    const worst = members.map(({ id }) => id).toSorted((a, b) => ranked.indexOf(b) - ranked.indexOf(a))
    return new Set(worst.slice(0, Math.floor(members.length / 2)))
  }

  /** Where a member stands; undefined before its first answer. */
  standingOf(member: Member, isSentAway: boolean): Standing | undefined {
    const path = this.#paths.get(member.id) ?? []
    const here = path.at(-1)
    const swarmBest = this.best
    if (!here || !swarmBest) return undefined
    const near = (candidate: Candidate): number => distance((this.#paths.get(candidate.member.id)?.at(-1) ?? candidate).position, here.position)
    const ranked = this.#ranked()
    const others = [...new Map(ranked.toReversed().map((candidate) => [candidate.member.id, candidate])).values()].filter(({ member: other }) => other.id !== member.id)
    const [neighbourBest] = others.toSorted((a, b) => near(a) - near(b))
    return { path, best: ranked.find((candidate) => candidate.member.id === member.id) ?? here, swarmBest, neighbourBest: neighbourBest === swarmBest ? undefined : neighbourBest, isSentAway }
  }

  /** The best first: what was judged before what was not, then by score, then the older one. */
  #ranked(): Candidate[] {
    const all = this.paths.flat()
    return all.toSorted((a, b) => Number(b.scores.length > 0) - Number(a.scores.length > 0) || scoreOf(b) - scoreOf(a) || a.round - b.round)
  }

  #replace(old: Candidate, next: Candidate): void {
    const path = this.#paths.get(old.member.id) ?? []
    this.#paths.set(old.member.id, path.map((candidate) => (candidate === old ? next : candidate)))
  }
}

export const scoreOf = ({ scores, ownScore }: Candidate): number => (scores.length === 0 ? ownScore : scores.reduce((sum, score) => sum + score, 0) / scores.length)
