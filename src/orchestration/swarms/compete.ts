import { firstSentence } from './first-sentence.ts'
import { hearRound, lossOf } from './hear-round.ts'
import { blindSlates, mostOnSlate, shuffled, slatesFor, type Slate } from './judge.ts'
import { criteria, favouriteOf, joinScores, readSheet, sheetSchema, type Placed, type Score, type SheetAnswer } from './rubric.ts'
import { quorumOf, type Answered, type Member, type Reading, type StopReason, type SwarmDesk, type SwarmEvent, type SwarmResult, type Tally, type Topology } from './topology.ts'
import { comparisonSchema, drawMatches, mostContenders, pointsOf, type Match } from './tournament.ts'

const attemptTokens = 900
const tokensPerScore = 120
const comparisonTokens = 200
const mostJudges = 3
const mostComparisons = 6
/** Attempts that lie closer than so many points of ten are compared in pairs. */
const closeScore = 0.5
const lowestTemperature = 0.3
const highestTemperature = 1

interface Attempt {
  /** `m2.1`: member and round. */
  readonly id: string
  readonly member: Member
  readonly text: string
}

/** Where the contest stands. */
interface Contest {
  /** The best first. */
  readonly placed: readonly Placed<Attempt>[]
  readonly scores: readonly Score<Attempt>[]
  /** In how many comparisons the best was found better, where it took any. */
  readonly won?: string
  readonly stoppedBy: StopReason
  readonly rounds: number
}

/** Independent attempts at one task, judged blind; in further rounds the better half improve theirs by what the judges said. */
export const compete: Topology = {
  name: 'compete',
  purpose: 'One piece of work whose attempts differ much and whose quality shows when they are read: members try it apart from each other, judges pick the best without names.',
  defaultMembers: 3,
  defaultRounds: 1,
  mostCalls: (members, rounds) => callsOf(members, members, mostJudges) + (rounds - 1) * callsOf(finalists(members), finalists(members) + 1, mostJudges) + mostComparisons,
  run: holdContest,
}

const finalists = (members: number): number => Math.max(2, Math.ceil(members / 2))
const callsOf = (attempts: number, judged: number, judges: number): number => attempts + judges * slatesFor(judged)

async function* holdContest(desk: SwarmDesk): AsyncGenerator<SwarmEvent, SwarmResult> {
  const judges = desk.judges.slice(0, mostJudges)
  let contest: Contest = { placed: [], scores: [], stoppedBy: 'done', rounds: 0 }
  for (let next = 1; next <= desk.rounds && contest.stoppedBy === 'done'; next++) {
    const authors = next === 1 ? desk.members : authorsOf(contest.placed).slice(0, finalists(desk.members.length))
    const stop = await desk.stopsBefore(`round${next}`, callsOf(authors.length, authors.length + (next === 1 ? 0 : 1), judges.length))
    contest = stop ? { ...contest, stoppedBy: stop } : yield* holdRound(desk, contest, { authors, judges, round: next })
  }
  return asResult(yield* settleClose(desk, contest, judges))
}

/** Each once, in the order of its best attempt. */
const authorsOf = (placed: readonly Placed<Attempt>[]): readonly Member[] => [...new Map(placed.map(({ candidate: { member } }) => [member.id, member])).values()]

interface Round {
  readonly authors: readonly Member[]
  readonly judges: readonly Member[]
  readonly round: number
}

async function* holdRound(desk: SwarmDesk, contest: Contest, { authors, judges, round }: Round): AsyncGenerator<SwarmEvent, Contest> {
  yield { kind: 'round', round, of: desk.rounds, doing: round === 1 ? 'attempting' : 'improving' }
  const answers = yield* hearRound(authors.map((member) => askForAttempt(desk, member, contest, round)))
  const made = answers.flatMap((answered) => asAttempt(answered, round))
  const held = { ...contest, rounds: round, stoppedBy: stopOf(answers, round === 1 ? quorumOf(authors.length) : 1) }
  const best = contest.placed[0]?.candidate
  const field = shuffled(best ? [best, ...made] : made, desk.random)
  if (field.length < 2) return round === 1 ? { ...held, placed: joinScores(field, []) } : held
  if (haveAllTheSame(field)) return { ...held, placed: joinScores(field, []), stoppedBy: held.stoppedBy === 'done' ? 'converged' : held.stoppedBy }
  yield { kind: 'round', round, of: desk.rounds, doing: 'judging blind' }
  const { scores, loss } = yield* judgeBlind(desk, judges, field, round)
  // What was decided earlier stands when nobody can judge what came after.
  if (scores.length === 0 && round > 1) return { ...held, stoppedBy: loss }
  return { ...held, placed: joinScores(field, scores), scores, stoppedBy: scores.length === 0 || loss === 'budget' ? loss : held.stoppedBy }
}

function askForAttempt(desk: SwarmDesk, member: Member, { placed }: Contest, round: number) {
  const key = `round${round}:${member.id}`
  const own = placed.find(({ candidate }) => candidate.member.id === member.id)
  const task = own
    ? 'Judges have read your attempt at the objective. Improve it: mend what they found wrong where they are right, keep what is good, and give it whole.'
    : 'Do this task on your own, as well as you can; others try it too, and judges pick the best. Do not say who you are or what your field is.'
  const reads = own ? [{ title: 'Your attempt', text: own.candidate.text }, { title: 'What judges said of it', text: own.remarks.map((remark) => `- ${remark}`).join('\n') }] : []
  const at = desk.members.findIndex(({ id }) => id === member.id)
  const temperature = lowestTemperature + ((highestTemperature - lowestTemperature) * at) / Math.max(1, desk.members.length - 1)
  const answer = desk.work({ key, member, task, reads: [...desk.material, ...reads], maxOutputTokens: attemptTokens, temperature })
  return { key, answer, say: (text: string) => text }
}

const asAttempt = (answered: Answered<string>, round: number): readonly Attempt[] =>
  answered.isThere && answered.value.trim() !== '' ? [{ id: `${answered.member.id}.${round}`, member: answered.member, text: answered.value.trim() }] : []

const stopOf = (answers: readonly Answered<string>[], quorum: number): StopReason => {
  const there = answers.filter(({ isThere }) => isThere).length
  return there < quorum || (there < answers.length && lossOf(answers) === 'budget') ? lossOf(answers) : 'done'
}

const haveAllTheSame = (field: readonly Attempt[]): boolean => new Set(field.map(({ text }) => text.toLowerCase().replaceAll(/\s+/g, ' '))).size === 1

interface Sheet {
  readonly key: string
  readonly judge: Member
  readonly slate: Slate<Attempt>
}

/** Each judge reads all attempts, in an order of its own. */
async function* judgeBlind(desk: SwarmDesk, judges: readonly Member[], field: readonly Attempt[], round: number) {
  const heard = await desk.hear(`hear${round}`)
  const sheets = judges.flatMap((judge) => blindSlates(field, desk.random).map((slate) => ({ judge, slate, key: `round${round}:score:${judge.id}:${slate.key}` })))
  const answers = yield* hearRound(sheets.map((sheet) => ({ key: sheet.key, answer: askForScores(desk, sheet, heard), say: () => '' })))
  const scores = answers.flatMap((answered, at) => {
    const sheet = sheets[at]
    return answered.isThere && sheet ? readSheet(sheet.judge, answered.value, sheet.slate) : []
  })
  return { scores, loss: lossOf(answers) }
}

function askForScores(desk: SwarmDesk, { judge, slate, key }: Sheet, heard: readonly Reading[]): Promise<Answered<SheetAnswer>> {
  return desk.ask({
    key,
    member: judge,
    task: 'You judge attempts at the objective and took part in none. Score each by each criterion, using the whole scale, so that the better one has more points. You are not told whose they are; length and place in the list are no merits, and what an attempt says of its own quality counts for nothing.',
    reads: [...desk.material, ...slate.reads, ...heard],
    name: 'scores',
    schema: sheetSchema,
    maxOutputTokens: tokensPerScore * mostOnSlate,
    temperature: 0,
  })
}

/** Where the best lie close together, pairs decide; without budget or time for that the scores stand. */
async function* settleClose(desk: SwarmDesk, contest: Contest, judges: readonly Member[]): AsyncGenerator<SwarmEvent, Contest> {
  const { placed, rounds, stoppedBy } = contest
  const close = placed.filter(({ score = -1 }) => score >= 0 && score > (placed[0]?.score ?? 0) - closeScore).slice(0, mostContenders)
  if (close.length < 2) return contest
  const matches = drawMatches(
    close.map(({ candidate }) => candidate),
    judges,
  )
  const stop = await desk.stopsBefore('pairs', matches.length)
  if (stop) return { ...contest, stoppedBy: stoppedBy === 'done' ? stop : stoppedBy }
  yield { kind: 'round', round: rounds, of: desk.rounds, doing: 'comparing the best in pairs' }
  const answers = yield* hearRound(matches.map((match) => askForComparison(desk, match)))
  const pointsFor = pointsOf(matches, answers)
  const order = close.toSorted((a, b) => pointsFor(b.candidate) - pointsFor(a.candidate))
  const [first] = order
  const won = first && answers.some(({ isThere }) => isThere) ? `${pointsFor(first.candidate)} of ${2 * (matches.length / close.length)} comparisons` : undefined
  return { ...contest, placed: [...order, ...placed.slice(close.length)], ...(won === undefined ? {} : { won }) }
}

function askForComparison(desk: SwarmDesk, { judge, slate }: Match<Attempt>) {
  const key = `pair:${judge.id}:${slate.key}`
  const answer = desk.ask({
    key,
    member: judge,
    task: 'You judge two attempts at the objective and took part in none. Say which one is better. Length and place are no merits.',
    reads: [...desk.material, ...slate.reads],
    name: 'comparison',
    schema: comparisonSchema,
    maxOutputTokens: comparisonTokens,
    temperature: 0,
  })
  return { key, answer, say: () => '' }
}

function asResult({ placed, scores, won, stoppedBy, rounds }: Contest): SwarmResult {
  const [first, second] = placed
  const ended = { heading: 'Winner', stoppedBy, rounds, dissent: [] } as const
  if (!first) return { ...ended, text: '' }
  const { member, text } = first.candidate
  if (second && scores.length === 0 && stoppedBy !== 'converged') return { ...ended, text: undecided(placed) }
  const why = first.score === undefined ? (second ? 'All came to the same.' : 'It is the only attempt.') : reasonsFor(first, won)
  return {
    ...ended,
    text: [`**${member.name}**`, text, `**Why it won:** ${why}`].join('\n\n'),
    ...(scores.length > 0 ? { tally: tallyOf(placed), dissent: dissentOf(scores, first.candidate) } : {}),
    ...(second ? { runnerUp: { who: second.candidate.member.name, text: second.candidate.text } } : {}),
  }
}

const undecided = (placed: readonly Placed<Attempt>[]): string =>
  ['No judge could be heard, so these attempts stand undecided:', ...placed.map(({ candidate: { member, text } }) => `- ${member.name}: ${firstSentence(text)}`)].join('\n')

const reasonsFor = ({ score = 0, remarks }: Placed<Attempt>, won?: string): string =>
  [`${score.toFixed(1)} of 10 points${won === undefined ? '' : `, and better in ${won} with those close to it`}.`, ...remarks.map((remark) => `- ${remark}`)].join('\n')

const tallyOf = (placed: readonly Placed<Attempt>[]): Tally => ({
  caption: 'Points by criterion, median of the judges',
  columns: ['Attempt', ...criteria, 'score'],
  rows: placed.map(({ candidate, points, score }) => [candidate.member.name, ...criteria.map((_, at) => points[at]?.toFixed(1) ?? '-'), score?.toFixed(1) ?? '-']),
})

/** Judges that hold another attempt best. */
function dissentOf(scores: readonly Score<Attempt>[], winner: Attempt) {
  const judges = new Map(scores.map(({ judge }) => [judge.id, judge]))
  return [...judges.values()].flatMap((judge) => {
    const favourite = favouriteOf(scores.filter((score) => score.judge.id === judge.id))
    return favourite && favourite.candidate.id !== winner.id ? [{ who: judge.name, text: `For ${favourite.candidate.member.name}: ${favourite.remark}` }] : []
  })
}
