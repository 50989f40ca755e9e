import { z } from 'zod'
import { countBallots, type BallotRule, type Count } from './ballots.ts'
import { hearRound, lossOf } from './hear-round.ts'
import { blindSlates, mostOnSlate, shuffled, type Slate } from './judge.ts'
import { quorumOf, type Member, type Reading, type StopReason, type SwarmDesk, type SwarmEvent, type SwarmResult } from './topology.ts'

const ballotTokens = 300
/** Records that lie closer say nothing that a vote should hang on. */
const tellingSpread = 0.1

const ballotSchema = z.strictObject({
  ranking: z.array(z.string()).describe('Letters of the candidates, the best first; those you leave out are held equal; empty if you abstain'),
  reason: z.string().describe('What decided it, in one sentence'),
})
type BallotAnswer = z.infer<typeof ballotSchema>

/** The newest that a member has brought in. */
export interface Contribution {
  /** `m2.1`: member and round. */
  readonly id: string
  readonly member: Member
  readonly position: string
  readonly text: string
  /** Ids of those whose work went into it, its own aside. */
  readonly takesFrom: readonly string[]
  /** Id of the member whose contribution it would sign; undefined for a draft, which nobody has compared yet. */
  readonly backs?: string
}

/** Where the swarm stands when no more is written. */
export interface Work {
  readonly newest: ReadonlyMap<string, Contribution>
  /** What each did first, by id. */
  readonly parts: ReadonlyMap<string, string>
  readonly present: readonly Member[]
  readonly stoppedBy: StopReason
  readonly rounds: number
}

interface Vote extends BallotAnswer {
  readonly member: Member
  /** Ids in place of letters; what is no letter stays as it is. */
  readonly ids: readonly string[]
}

/**
 * What the swarm agrees on: what all back already, else what a vote of those present finds best.
 * @param rule how ballots are counted. Default: weighted by record where the records differ, else by Borda's points, which favour what all can live with
 */
export async function* reachConsensus(desk: SwarmDesk, work: Work, rule: BallotRule = ruleFor(desk.members)): AsyncGenerator<SwarmEvent, SwarmResult> {
  const { newest, stoppedBy, rounds, present } = work
  if (newest.size === 0) return { heading: 'Consensus', text: '', stoppedBy, rounds, dissent: [] }
  const agreed = stoppedBy === 'converged' ? newest.get(newest.get(present[0]?.id ?? '')?.backs ?? '') : undefined
  if (agreed) return { ...asResult(work, agreed), tally: backing(work), dissent: [] }
  if (present.length < quorumOf(desk.members.length)) return undecided(work, 'Too few members are left for a vote, so these positions stand undecided:')
  return yield* decide(desk, work, rule)
}

async function* decide(desk: SwarmDesk, work: Work, rule: BallotRule): AsyncGenerator<SwarmEvent, SwarmResult> {
  yield { kind: 'round', round: work.rounds, of: desk.rounds, doing: 'voting' }
  const candidates = shortlist([...work.newest.values()], desk.random)
  const heard = await desk.hear(`hear:ballots${work.rounds}`)
  const asked = work.present.map((member) => ({ member, slate: blindSlates(candidates, desk.random)[0] })).flatMap(({ member, slate }) => (slate ? [{ slate, ...askForBallot(desk, member, slate, heard) }] : []))
  const answers = yield* hearRound(asked)
  const votes = answers.flatMap((answered, at) => (answered.isThere ? [asVote(answered.member, answered.value, asked[at]?.slate)] : []))
  const loss = answers.every(({ isThere }) => isThere) ? work.stoppedBy : lossOf(answers)
  const stoppedBy = votes.length < quorumOf(desk.members.length) || loss === 'budget' ? loss : work.stoppedBy
  const count = countBallots({
    candidates: candidates.map(({ member }) => member.id),
    ballots: votes.map(({ member, ids }) => ({ voter: member.id, ranking: ids, record: member.record })),
    rule,
    quorum: quorumOf(desk.members.length),
  })
  return announce({ ...work, stoppedBy }, { count, votes, rule, of: desk.members.length })
}

function askForBallot(desk: SwarmDesk, member: Member, slate: Slate<Contribution>, heard: readonly Reading[]) {
  const key = `ballot:${member.id}:${slate.key}`
  const answer = desk.ask({
    key,
    member,
    task: 'Vote: rank these candidates by how well each would serve as the answer of the whole swarm. You are not told whose they are; length and place in the list are no merits.',
    reads: [...desk.material, ...slate.reads, ...heard],
    name: 'ballot',
    schema: ballotSchema,
    maxOutputTokens: ballotTokens,
    temperature: 0,
  })
  return { key, answer, say: (ballot: BallotAnswer) => describeVote(asVote(member, ballot, slate), slate) }
}

const asVote = (member: Member, ballot: BallotAnswer, slate?: Slate<Contribution>): Vote => ({ ...ballot, member, ids: ballot.ranking.map((label) => slate?.find(label)?.member.id ?? label) })

function describeVote({ ranking, reason }: Vote, slate: Slate<Contribution>): string {
  const names = [...new Set(ranking.flatMap((label) => slate.find(label)?.member.name ?? []))]
  return `${names.length === 0 ? 'Abstains.' : `Votes: ${names.map((name, at) => `${at + 1}. ${name}`).join(', ')}.`} ${reason}`.trim()
}

interface Voted {
  readonly count: Count
  readonly votes: readonly Vote[]
  readonly rule: BallotRule
  readonly of: number
}

function announce(work: Work, voted: Voted): SwarmResult {
  const { count, votes, rule, of } = voted
  const winner = work.newest.get(count.winner ?? '')
  const tally = { caption: captionOf(voted), columns: ['Candidate', 'Position', scoreNames[rule], 'First choices'], rows: rowsOf(work, count) }
  if (!winner) {
    const why = count.hasQuorum ? 'No candidate has the votes that it needs' : `Only ${count.votes + count.abstained.length} of ${of} members voted`
    return { ...undecided(work, `${why}, so these positions stand undecided:`), tally }
  }
  const dissent = votes
    .filter(({ member }) => count.dissenters.includes(member.id))
    .map(({ member, ids, reason }) => ({ who: member.name, text: `For ${work.newest.get(ids.find((id) => work.newest.has(id)) ?? '')?.member.name ?? 'another'}: ${reason}` }))
  return { ...asResult(work, winner), tally, dissent }
}

const scoreNames: Readonly<Record<BallotRule, string>> = { plurality: 'Votes', majority: 'Votes', weighted: 'Weight', borda: 'Points', runoff: 'Votes' }
const ruleNames: Readonly<Record<BallotRule, string>> = {
  plurality: 'Most first choices',
  majority: 'More than half of the first choices',
  weighted: 'First choices weighted by record',
  borda: 'Ranked by points (Borda)',
  runoff: 'Instant run-off',
}

function captionOf({ count, rule, of }: Voted): string {
  const parts = [`${ruleNames[rule]}; ${count.votes} of ${of} voted`]
  if (count.abstained.length > 0) parts.push(`${count.abstained.length} abstained`)
  if (count.spoilt.length > 0) parts.push(`${count.spoilt.length} spoilt`)
  if (count.isTied) parts.push('a tie, decided by points, then by backing')
  return parts.join(', ')
}

const rowsOf = ({ newest }: Work, { standings }: Count): readonly (readonly string[])[] =>
  standings.map(({ candidate, score, firstChoices }) => [newest.get(candidate)?.member.name ?? candidate, newest.get(candidate)?.position ?? '', String(Math.round(score * 100) / 100), String(firstChoices)])

const backing = ({ newest, present }: Work) => ({
  caption: 'All back the same contribution, so no vote was needed',
  columns: ['Member', 'Backs'],
  rows: present.map(({ id, name }) => [name, newest.get(newest.get(id)?.backs ?? '')?.member.name ?? '']),
})

function asResult({ newest, parts, stoppedBy, rounds }: Work, { member, text, takesFrom }: Contribution) {
  const lines = [member.id, ...takesFrom].flatMap((id) => {
    const name = newest.get(id)?.member.name
    return name === undefined ? [] : [`- ${name}${id === member.id ? ' (joined it)' : ''}: ${parts.get(id) ?? ''}`]
  })
  return { heading: 'Consensus', text: [text, `**Who contributed what**\n${lines.join('\n')}`].join('\n\n'), stoppedBy, rounds } as const
}

function undecided({ newest, stoppedBy, rounds }: Work, why: string): SwarmResult {
  const text = [why, ...[...newest.values()].map(({ member, position }) => `- ${member.name}: ${position}`)].join('\n')
  return { heading: 'Consensus', text, stoppedBy, rounds, dissent: [] }
}

/** Best backed first, then by record, then by lot; as many as one voter can compare. The order also decides ties. */
function shortlist(contributions: readonly Contribution[], random: () => number): readonly Contribution[] {
  const backers = (id: string): number => contributions.filter(({ backs }) => backs === id).length
  return shuffled(contributions, random)
    .toSorted((a, b) => backers(b.member.id) - backers(a.member.id) || b.member.record - a.member.record)
    .slice(0, mostOnSlate)
}

function ruleFor(members: readonly Member[]): BallotRule {
  const records = members.map(({ record }) => record)
  return Math.max(...records) - Math.min(...records) >= tellingSpread ? 'weighted' : 'borda'
}
