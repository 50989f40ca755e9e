/**
 * `plurality`: most first choices. `majority`: more than half of them, else nobody. `weighted`: first choices weighed by the
 * voter's record. `borda`: points by rank. `runoff`: the last in first choices drops out until one has more than half.
 */
export type BallotRule = 'plurality' | 'majority' | 'weighted' | 'borda' | 'runoff'

export interface Ballot {
  readonly voter: string
  /**
   * Candidates, the best first; those left out are held equal, below the others. Empty: an abstention. What is no candidate
   * is struck out, and a candidate named again counts where it stands first; a ballot that has nothing left is spoilt.
   */
  readonly ranking: readonly string[]
  /** Share of cases in which the voter was right, 0 to 1. Only the rule `weighted` reads it. Default: 0.5 */
  readonly record?: number
}

export interface Election {
  /** None twice. Their order is the last resort of the tie rule. */
  readonly candidates: readonly string[]
  /** Of two by one voter the first counts. */
  readonly ballots: readonly Ballot[]
  readonly rule: BallotRule
  /** Fewest voters that must be there; those who abstain are, a spoilt ballot is not. Default: 1 */
  readonly quorum?: number
}

export interface Standing {
  readonly candidate: string
  /** Votes, weight or points, as the rule says; in a run-off the votes in the last count it was in. */
  readonly score: number
  readonly firstChoices: number
}

export interface Count {
  /** Nobody without a quorum, without a vote, and where the rule asks for more than half and none has it. */
  readonly winner?: string
  /** All candidates, the best first. */
  readonly standings: readonly Standing[]
  /** More than half hold the winner best: of the votes, or of their weight. */
  readonly isMajority: boolean
  /** The winner has its place by the tie rule: higher Borda points, then who stands first among the candidates. */
  readonly isTied: boolean
  /** Who would win against each of the others alone, if there is one. */
  readonly condorcetWinner?: string
  readonly hasQuorum: boolean
  /** Ballots that were counted. */
  readonly votes: number
  readonly abstained: readonly string[]
  readonly spoilt: readonly string[]
  /** Voters whose first choice did not win; nobody where nobody won. */
  readonly dissenters: readonly string[]
}

interface Vote {
  readonly voter: string
  readonly ranking: readonly string[]
  readonly weight: number
}

interface Scored {
  readonly standings: readonly Standing[]
  readonly isTied: boolean
}

type Score = (candidate: string) => number

const lowestRecord = 0.55
const highestRecord = 0.95

/** Counts ballots. The order of the ballots never matters. */
export function countBallots({ candidates, ballots, rule, quorum = 1 }: Election): Count {
  const { votes, abstained, spoilt } = readBallots(candidates, ballots, rule)
  const { standings, isTied } = score(candidates, votes, rule)
  const [first] = standings
  const hasQuorum = votes.length + abstained.length >= quorum
  const isMajority = first !== undefined && hasMajority(first.candidate, votes)
  const wins = first !== undefined && hasQuorum && votes.length > 0 && (rule !== 'majority' || isMajority)
  const winner = wins ? first.candidate : undefined
  const condorcetWinner = candidates.find((one) => candidates.every((other) => other === one || preference(votes, one, other) > 0))
  return {
    ...(winner === undefined ? {} : { winner }),
    ...(condorcetWinner === undefined ? {} : { condorcetWinner }),
    standings,
    isMajority,
    isTied: isTied && winner !== undefined,
    hasQuorum,
    votes: votes.length,
    abstained,
    spoilt,
    dissenters: winner === undefined ? [] : votes.filter(({ ranking }) => ranking[0] !== winner).map(({ voter }) => voter),
  }
}

/**
 * How much a vote weighs by the record of the voter: the log-odds of being right, which for independent voters who are right
 * with these probabilities makes the decision that is right most often (Nitzan & Paroush 1982, International Economic Review 23,
 * 289-297; Shapley & Grofman 1984, Public Choice 43, 329-343). That is exact for two candidates, and for more where those who
 * err agree on what is wrong, as models often do. Were their errors spread evenly over m - 1 candidates, ln(m - 1) would be
 * added to each weight; where errors meet on one candidate that gave 0.846 right decisions in place of 0.903 (docs/swarms.md).
 * A record is an estimate, so it counts as 0.55 to 0.95: no vote counts against its choice, and none decides alone for ever.
 * @param record 0 to 1
 */
export function voteWeight(record: number): number {
  const right = Math.min(highestRecord, Math.max(lowestRecord, record))
  return Math.log(right / (1 - right))
}

function readBallots(candidates: readonly string[], ballots: readonly Ballot[], rule: BallotRule) {
  const known = new Set(candidates)
  const own = ballots.filter(({ voter }, at) => ballots.findIndex((other) => other.voter === voter) === at)
  const read = own.map(({ voter, ranking, record = 0.5 }) => ({
    voter,
    ranking: [...new Set(ranking)].filter((candidate) => known.has(candidate)),
    weight: rule === 'weighted' ? voteWeight(record) : 1,
    isEmpty: ranking.length === 0,
  }))
  return {
    votes: read.filter(({ ranking }) => ranking.length > 0),
    abstained: read.filter(({ isEmpty }) => isEmpty).map(({ voter }) => voter),
    spoilt: read.filter(({ ranking, isEmpty }) => ranking.length === 0 && !isEmpty).map(({ voter }) => voter),
  }
}

function score(candidates: readonly string[], votes: readonly Vote[], rule: BallotRule): Scored {
  const borda = memo(candidates, (candidate) => sum(votes.map(({ ranking }) => bordaPoints(ranking, candidate, candidates.length))))
  if (rule === 'runoff') return runOff(candidates, votes, borda)
  return place(candidates, rule === 'borda' ? borda : firstWeight(candidates, votes), firstCount(candidates, votes), borda)
}

/** Who is out of the race stands below those who are still in it. */
function runOff(left: readonly string[], votes: readonly Vote[], borda: Score): Scored {
  const counted = firstCount(left, votes)
  const placed = place(left, counted, counted, borda)
  const { standings } = placed
  const [first] = standings
  const last = standings.at(-1)
  if (!first || !last || first === last || first.score * 2 > sum(left.map(counted))) return placed
  const rest = runOff(
    left.filter((candidate) => candidate !== last.candidate),
    votes,
    borda,
  )
  const isTiedOut = standings.filter((standing) => standing.score === last.score).length > 1
  return { standings: [...rest.standings, last], isTied: rest.isTied || (isTiedOut && last.score > 0) }
}

/** Sorting is stable, so the order of the candidates is the last resort. */
function place(candidates: readonly string[], scoreOf: Score, firstChoicesOf: Score, borda: Score): Scored {
  const order = candidates.toSorted((a, b) => scoreOf(b) - scoreOf(a) || borda(b) - borda(a))
  const standings = order.map((candidate) => ({ candidate, score: scoreOf(candidate), firstChoices: firstChoicesOf(candidate) }))
  return { standings, isTied: standings.length > 1 && standings[0]?.score === standings[1]?.score }
}

/** The best of m candidates gets m - 1 points, the worst none; those left out share what is left. */
function bordaPoints(ranking: readonly string[], candidate: string, candidates: number): number {
  const at = ranking.indexOf(candidate)
  return at === -1 ? (candidates - ranking.length - 1) / 2 : candidates - 1 - at
}

const firstOf = (ranking: readonly string[], left: ReadonlySet<string>): string | undefined => ranking.find((candidate) => left.has(candidate))

function firstWeight(left: readonly string[], votes: readonly Vote[]): Score {
  const known = new Set(left)
  return memo(left, (candidate) => sum(votes.filter(({ ranking }) => firstOf(ranking, known) === candidate).map(({ weight }) => weight)))
}

const firstCount = (left: readonly string[], votes: readonly Vote[]): Score =>
  firstWeight(
    left,
    votes.map((vote) => ({ ...vote, weight: 1 })),
  )

const hasMajority = (candidate: string, votes: readonly Vote[]): boolean =>
  sum(votes.filter(({ ranking }) => ranking[0] === candidate).map(({ weight }) => weight)) * 2 > sum(votes.map(({ weight }) => weight))

/** By how many more voters hold one above the other than the other way round. */
function preference(votes: readonly Vote[], one: string, other: string): number {
  const rank = (ranking: readonly string[], candidate: string): number => (ranking.includes(candidate) ? ranking.indexOf(candidate) : ranking.length)
  return sum(votes.map(({ ranking }) => Math.sign(rank(ranking, other) - rank(ranking, one))))
}

function memo(candidates: readonly string[], scoreOf: Score): Score {
  const scores = new Map(candidates.map((candidate) => [candidate, scoreOf(candidate)]))
  return (candidate) => scores.get(candidate) ?? 0
}

/** Added up in order of size, because rounding must not make the order of the ballots count. */
const sum = (numbers: readonly number[]): number => numbers.toSorted((a, b) => a - b).reduce((total, number) => total + number, 0)
