import type { Reading } from './topology.ts'

/** Most candidates that one reads side by side: more would be skimmed, and their number must not make a prompt grow. */
export const mostOnSlate = 8

export interface Candidate {
  /** The same text has the same id, and no other has it. */
  readonly id: string
  readonly text: string
}

/** Candidates as somebody sees them who must not know whose they are: by letters. */
export interface Slate<T> {
  /** Names who stands where: a kept answer in letters is worth nothing for another slate, so this belongs into the key of the question. */
  readonly key: string
  readonly reads: readonly Reading[]
  /** Whom a letter stands for, also where it is written as `Candidate b`. */
  readonly find: (label: string) => T | undefined
}

/** Puts candidates up in this order, without their names. */
export function slateOf<T extends Candidate>(candidates: readonly T[]): Slate<T> {
  const byLetter = new Map(candidates.map((candidate, at) => [String.fromCodePoint(65 + at), candidate]))
  return {
    key: candidates.map(({ id }) => id).join(','),
    reads: [...byLetter].map(([letter, { text }]) => ({ title: `Candidate ${letter}`, text })),
    find: (label) => byLetter.get(/^\W*(?:CANDIDATE\b)?\W*([A-Z])\W*$/.exec(label.toUpperCase())?.[1] ?? ''),
  }
}

/**
 * Puts candidates up for one judge, in an order of its own: judges favour places in a list
 * (Zheng et al. 2023, arxiv.org/abs/2306.05685, section 3.3; Wang et al. 2023, arxiv.org/abs/2305.17926) and what they take
 * for their own (Panickssery et al. 2024, arxiv.org/abs/2404.13076).
 * @returns slates of nearly equal size, none longer than {@link mostOnSlate}
 */
export function blindSlates<T extends Candidate>(candidates: readonly T[], random: () => number): readonly Slate<T>[] {
  const order = shuffled(candidates, random)
  const slates = slatesFor(candidates.length)
  return Array.from({ length: slates }, (_, at) => slateOf(order.filter((__, index) => index % slates === at)))
}

/** How many slates so many candidates need. */
export const slatesFor = (candidates: number): number => Math.ceil(candidates / mostOnSlate)

/** Each item goes to a place drawn among those before it, so that each order is as likely. */
export function shuffled<T>(items: readonly T[], random: () => number): readonly T[] {
  const drawn: T[] = []
  for (const item of items) drawn.splice(Math.floor(random() * (drawn.length + 1)), 0, item)
  return drawn
}
