import { z } from 'zod'
import { hearRound } from './hear-round.ts'
import { describeMove, drawMove } from './particle-moves.ts'
import { describeMoment, describeResult, drawPath } from './particle-report.ts'
import { ParticleSwarm, type Candidate } from './particle-swarm.ts'
import { quorumOf, type Answered, type Member, type Reading, type StopReason, type SwarmDesk, type SwarmEvent, type SwarmResult, type Topology } from './topology.ts'

const answerTokens = 800
const scoreTokens = { each: 60, all: 100 } as const
/** Of one answer among many that a judge reads. */
const maxJudgedChars = 4_000
/** Rounds without anything better before the swarm gives up. */
const patience = 2

const answerSchema = z.strictObject({
  answer: z.string().describe('Your complete answer to the objective in at most 250 words of Markdown, not a comment on others'),
  weakness: z.string().describe('What is weakest about it, in one sentence'),
  own_score: z.number().min(0).max(10).describe('How good you find it'),
})
type Written = z.infer<typeof answerSchema>
type Writing = Extract<Answered<Written>, { isThere: true }>

const scoresSchema = z.strictObject({
  scores: z.array(z.strictObject({ answer: z.string().describe('Number of the answer'), score: z.number().min(0).max(10), reason: z.string().describe('What decided it, in one sentence') })),
})
type Score = z.infer<typeof scoresSchema>['scores'][number]

interface Judged {
  /** In the order of the answers; undefined where none was given. */
  readonly scores: readonly (Score | undefined)[]
  /** Of the best so far, which is judged among the new ones. */
  readonly bestAgain: number | undefined
}

/**
 * Answers are places in the space of meanings. Each round a member moves its answer by the velocity equation of particle swarms: on as before, to its
 * own best, to the swarm's best, to its nearest neighbour's. One judge scores all answers of a round at once, so a round of n costs n + 1 calls.
 */
export const particle: Topology = {
  name: 'particle',
  purpose: 'An answer with many things to get right at once, to be made better by degrees, where good parts of one can go into another: members move their answers towards the best found so far.',
  defaultMembers: 4,
  defaultRounds: 4,
  mostCalls: (members, rounds) => rounds * (members + 1),
  run: searchByMoves,
}

async function* searchByMoves(desk: SwarmDesk): AsyncGenerator<SwarmEvent, SwarmResult> {
  const swarm = new ParticleSwarm()
  let present = desk.members
  let stoppedBy: StopReason = 'rounds'
  for (let round = 1; round <= desk.rounds; round++) {
    const stop = await desk.stopsBefore(`round${round}`, present.length + 1)
    if (stop) {
      stoppedBy = stop
      break
    }
    yield { kind: 'round', round, of: desk.rounds, doing: round === 1 ? 'writing first answers' : 'moving' }
    // Together although it still got better: half of the swarm looks elsewhere before it is too late (Riget and Vesterstrøm 2002).
    const sentAway = round > 1 && swarm.isTogether ? swarm.worseHalf(present) : new Set<string>()
    const heard = round === 1 ? [] : await desk.hear(`hear${round}`)
    const answers = yield* hearRound(present.map((member) => askForAnswer(desk, swarm, { member, round, heard, isSentAway: sentAway.has(member.id) })))
    const written = answers.filter((answered) => answered.isThere)
    const judgement = yield* takeIn(desk, swarm, written, round)
    present = written.map(({ member }) => member)
    const end = endOf(desk, swarm, { answers, judgement, present: present.length })
    if (written.length > 0) yield { kind: 'note', key: `note${round}`, text: describeMoment(swarm, sentAway.size) }
    if (end) {
      stoppedBy = end
      break
    }
  }
  const picture = drawPath(swarm)
  if (picture) yield picture
  return describeResult(swarm, stoppedBy)
}

/** Why the swarm ends after this round, if it does. */
function endOf(desk: SwarmDesk, swarm: ParticleSwarm, held: { readonly answers: readonly Answered<Written>[]; readonly judgement: Answered<unknown> | undefined; readonly present: number }): StopReason | undefined {
  const isSpent = [...held.answers, ...(held.judgement ? [held.judgement] : [])].some((answered) => !answered.isThere && answered.reason === 'budget')
  if (isSpent) return 'budget'
  if (held.present < quorumOf(desk.members.length)) return 'absent'
  if (swarm.isTogether && swarm.roundsWithoutBetter > 0) return 'converged'
  return swarm.roundsWithoutBetter >= patience ? 'stuck' : undefined
}

interface Place {
  readonly member: Member
  readonly round: number
  readonly heard: readonly Reading[]
  readonly isSentAway: boolean
}

function askForAnswer(desk: SwarmDesk, swarm: ParticleSwarm, { member, round, heard, isSentAway }: Place) {
  const key = `round${round}:${member.id}`
  const standing = swarm.standingOf(member, isSentAway)
  const move = standing && describeMove(drawMove(standing, swarm.maxStride, desk.random), standing.path)
  const task = move
    ? `Round ${round} of a search that many make side by side. You are ${member.id}. Write your next answer: a complete one that can stand alone. Get to it from answer A, your last one, like this:\n${move.steps.join('\n')}\nCopy no answer as it is; where the steps pull in different ways, find what serves the objective best.`
    : `A search for the best answer begins; others look beside you. You are ${member.id}. Write a complete answer of your own, from the view of your field. Take a way that others are not likely to take.`
  const answer = desk.ask({
    key,
    member,
    task,
    reads: [...desk.material, ...(move?.reads ?? []), ...heard],
    name: 'candidate',
    schema: answerSchema,
    prose: { asksAgain: false, read: (text) => ({ answer: text, weakness: '', own_score: 5 }) },
    maxOutputTokens: answerTokens,
  })
  // Many speak each round: the note of the round tells of all of them.
  return { key, answer, say: () => '' }
}

/** Places and judges what was written. Returns how the judge answered, if one was asked. */
async function* takeIn(desk: SwarmDesk, swarm: ParticleSwarm, written: readonly Writing[], round: number): AsyncGenerator<SwarmEvent, Answered<unknown> | undefined> {
  if (written.length === 0) return undefined
  const vectors = await desk.embed(`embed${round}`, written.map(({ value }) => value.answer))
  const asked = askJudge(desk, swarm, written, round)
  const [judgement] = yield* hearRound([{ ...asked, say: () => '' }])
  const { scores, bestAgain } = judgement?.isThere ? asked.read(judgement.value.scores) : noScores
  const found = written.map(({ member, value }, at): Candidate => {
    const verdict = scores[at]
    return {
      member,
      round,
      text: value.answer.trim(),
      weakness: value.weakness.trim(),
      position: unit(vectors[at] ?? new Float32Array()),
      ownScore: value.own_score,
      scores: verdict ? [verdict.score] : [],
      reason: verdict?.reason.trim() ?? '',
    }
  })
  swarm.add(round, found, bestAgain)
  return judgement
}

const noScores: Judged = { scores: [], bestAgain: undefined }

/** Blind and shuffled; the best so far stands among the new answers. */
function askJudge(desk: SwarmDesk, swarm: ParticleSwarm, written: readonly Writing[], round: number) {
  // Who could not judge once is not asked again while there is another.
  const member = desk.judges[swarm.unjudgedRounds % desk.judges.length]
  if (!member) throw new RangeError('Expected a swarm to have a judge, found none.')
  const texts = [...written.map(({ value }) => value.answer), ...(swarm.best ? [swarm.best.text] : [])]
  const order = shuffled(texts.length, desk.random)
  const key = `round${round}:scores`
  const answer = desk.ask({
    key,
    member,
    task: 'You judge answers to the objective and wrote none of them. Give each a score from 0 (useless) to 10 (could not be better) for what it does for the objective: is it right, is it complete, can it be carried out, is it clear? Score each by itself, use the whole scale, and do not be led by length, tone or order.',
    reads: [...desk.material, ...order.map((at, shownAt) => ({ title: `Answer ${shownAt + 1}`, text: texts[at]?.slice(0, maxJudgedChars) ?? '' }))],
    name: 'scores',
    schema: scoresSchema,
    maxOutputTokens: scoreTokens.all + scoreTokens.each * texts.length,
    temperature: 0,
  })
  const read = (scores: readonly Score[]): Judged => {
    const inOrder = texts.map((_, at) => scores.find((score) => /\d+/.exec(score.answer)?.[0] === String(order.indexOf(at) + 1)))
    return { scores: inOrder.slice(0, written.length), bestAgain: inOrder[written.length]?.score }
  }
  return { key, answer, read }
}

/** 0 up to `count`, each once (Fisher and Yates). */
function shuffled(count: number, random: () => number): readonly number[] {
  const order = Array.from({ length: count }, (_, at) => at)
  for (let at = count - 1; at > 0; at--) {
    const other = Math.floor(random() * (at + 1))
    ;[order[at], order[other]] = [order[other] ?? 0, order[at] ?? 0]
  }
  return order
}

function unit(vector: Float32Array): Float64Array {
  const length = Math.hypot(...vector)
  return Float64Array.from(vector, (value) => (length === 0 ? 0 : value / length))
}
