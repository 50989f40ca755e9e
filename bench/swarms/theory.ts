/**
 * What the theory says of a vote: all ways in which members can be right or wrong, each with its probability (Condorcet 1785; with equal accuracies
 * this is the binomial sum). A tie goes either way.
 * @param weights of the members' votes, in the order of the accuracies
 */
export function chanceThatVoteIsRight(accuracies: readonly number[], weights: readonly number[]): number {
  let chance = 0
  for (let pattern = 0; pattern < 2 ** accuracies.length; pattern++) {
    const isRight = (at: number): boolean => Math.floor(pattern / 2 ** at) % 2 === 1
    const probability = accuracies.reduce((product, accuracy, at) => product * (isRight(at) ? accuracy : 1 - accuracy), 1)
    const margin = weights.reduce((sum, weight, at) => sum + (isRight(at) ? weight : -weight), 0)
    chance += probability * (Math.abs(margin) < 1e-9 ? 0.5 : Number(margin > 0))
  }
  return chance
}

export interface Persuasion {
  readonly members: number
  /** Probability to be right at first. */
  readonly accuracy: number
  /** In each round after the first, where the other view was heard. */
  readonly toRight: number
  readonly toWrong: number
  readonly rounds: number
}

/** Share of members that is right after a debate: the Markov chain over how many are, exactly. */
export function shareAfterDebate({ members, accuracy, toRight, toWrong, rounds }: Persuasion): number {
  const counts = Array.from({ length: members + 1 }, (_, right) => right)
  let chances = counts.map((right) => binomial(members, right, accuracy))
  for (let round = 2; round <= rounds; round++) {
    const next = counts.map(() => 0)
    for (const [right, chance] of chances.entries()) {
      const [gain, loss] = right === 0 || right === members ? [0, 0] : [toRight, toWrong]
      for (let gained = 0; gained <= members - right; gained++) {
        for (let lost = 0; lost <= right; lost++) next[right + gained - lost] = (next[right + gained - lost] ?? 0) + chance * binomial(members - right, gained, gain) * binomial(right, lost, loss)
      }
    }
    chances = next
  }
  return chances.reduce((sum, chance, right) => sum + (chance * right) / members, 0)
}

function binomial(of: number, hits: number, probability: number): number {
  let ways = 1
  for (let at = 1; at <= hits; at++) ways = (ways * (of - hits + at)) / at
  return ways * probability ** hits * (1 - probability) ** (of - hits)
}
