import { z } from 'zod'
import { firstSentence } from './first-sentence.ts'
import { hearRound, lossOf } from './hear-round.ts'
import { shuffled } from './judge.ts'
import { quorumOf, type Answered, type Member, type Reading, type StopReason, type SwarmDesk, type SwarmEvent, type SwarmResult, type Tally, type Topology } from './topology.ts'
import { whomToRead } from './whom-to-read.ts'

const speechTokens = 700
const verdictTokens = 900
const maxQuotedChars = 300
const mostShownCitations = 3
/** Speeches of the earlier rounds that each one reads again; the newest say what is still in dispute. */
const readRounds = 2
/** Beyond, a judge reads only the newest speech of each. */
const mostReadByJudge = 40

const speechSchema = z.strictObject({
  position: z.string().describe('What you hold now, in one sentence'),
  argument: z.string().describe('Your case in at most 150 words of Markdown; from the second round on, answer what was said against it'),
  citations: z.array(z.strictObject({ speech: z.string().describe('Id of the speech, such as m2.1'), quote: z.string().describe('The words of it that you answer') })),
  holds_with: z.string().describe('Id of the member whose position you hold now: your own, or that of the one who convinced you'),
  confidence: z.number().min(0).max(1),
})
type Speech = z.infer<typeof speechSchema>

const verdictSchema = z.strictObject({
  verdict: z.string().describe('The answer to the question of the debate, in at most 150 words of Markdown'),
  follows: z.string().describe('Id of the member whose position it follows most, or none'),
  confidence: z.number().min(0).max(1).optional(),
  reasons: z.array(z.string()).describe('What decided it, one sentence each'),
  would_change: z.string().describe('What would change this verdict, in one sentence'),
})
type Verdict = z.infer<typeof verdictSchema>

/** A speech with its place in the debate. */
interface Spoken extends Speech {
  /** `m2.1`: member and round. */
  readonly id: string
  readonly member: Member
  readonly round: number
  /** Id of the member whose position it holds. */
  readonly holder: string
}

/** Positions, rounds of argument and rebuttal with citations, an early end when all hold the same, and a judge's verdict. */
export const debate: Topology = {
  name: 'debate',
  purpose: 'A question with good reasons on several sides, on which the better argument can convince: members argue for positions over rounds, a judge decides.',
  defaultMembers: 3,
  defaultRounds: 2,
  mostCalls: (members, rounds) => members * rounds + 1,
  run: holdDebate,
}

/** How it went until the judge is asked. */
interface Held {
  readonly speeches: readonly Spoken[]
  readonly stoppedBy: StopReason
  readonly rounds: number
}

async function* holdDebate(desk: SwarmDesk): AsyncGenerator<SwarmEvent, SwarmResult> {
  const held = yield* argue(desk)
  const { speeches, stoppedBy, rounds } = held
  if (speeches.length === 0) return { heading: 'Verdict', text: '', stoppedBy, rounds, dissent: [] }
  const [judged] = yield* hearRound([await askForVerdict(desk, speeches)])
  return judged?.isThere ? decided(judged.value, held) : undecided(held, lossOf(judged ? [judged] : []))
}

async function* argue(desk: SwarmDesk): AsyncGenerator<SwarmEvent, Held> {
  const speeches: Spoken[] = []
  let rounds = 0
  for (let next = 1; next <= desk.rounds; next++) {
    const present = next === 1 ? desk.members : speakersOf(speeches, rounds)
    const stop = await desk.stopsBefore(`round${next}`, present.length + 1)
    if (stop) return { speeches, stoppedBy: stop, rounds }
    yield { kind: 'round', round: next, of: desk.rounds, doing: next === 1 ? 'taking positions' : 'arguing' }
    const heard = next === 1 ? [] : await desk.hear(`hear${next}`)
    const answers = yield* hearRound(present.map((member) => askForSpeech(desk, member, next, speeches, heard)))
    const spoken = answers.flatMap((answered) => asSpoken(answered, next, desk.members))
    speeches.push(...spoken)
    rounds = next
    if (spoken.length < quorumOf(desk.members.length)) return { speeches, stoppedBy: lossOf(answers), rounds }
    if (hasConverged(spoken)) return { speeches, stoppedBy: 'converged', rounds }
  }
  return { speeches, stoppedBy: 'rounds', rounds }
}

function askForSpeech(desk: SwarmDesk, member: Member, round: number, speeches: readonly Spoken[], heard: readonly Reading[]) {
  const key = `round${round}:${member.id}`
  const task =
    round === 1
      ? `A debate begins. You are ${member.id}. Take the position that you find best founded from the view of your field and argue for it. Others argue beside you; do not guess what they say.`
      : `Round ${round} of the debate. You are ${member.id}. Answer the strongest points against your position, citing the speeches you answer by id and words. Change your position if you were convinced, and say by whom. Write so that it can be judged without your earlier speeches.`
  const answer = desk.ask({
    key,
    member,
    task,
    reads: [...desk.material, ...readBy(member, speeches, round).map(asReading), ...heard],
    name: 'speech',
    schema: speechSchema,
    prose: { asksAgain: false, read: (text) => ({ position: firstSentence(text), argument: text, citations: [], holds_with: member.id, confidence: 0.5 }) },
    maxOutputTokens: speechTokens,
  })
  return { key, answer, say: (speech: Speech) => describeSpeech(speech, member, speeches) }
}

/** In a large debate: those who answered it, those whom most hold with, and its neighbours. */
function readBy(member: Member, speeches: readonly Spoken[], round: number): readonly Spoken[] {
  const last = speeches.filter((speech) => speech.round === round - 1)
  const answering = last.filter(({ citations }) => citations.some(({ speech }) => speech === `${member.id}.${round - 2}`))
  const camps = [...countBy(last.map(({ holder }) => holder))].toSorted(([, a], [, b]) => b - a).map(([id]) => id)
  const ids = whomToRead(
    last.map((speech) => speech.member.id),
    member.id,
    [...answering.slice(0, 2).map((speech) => speech.member.id), ...camps],
  )
  return speeches.filter((speech) => speech.round >= round - readRounds && ids.has(speech.member.id))
}

function asSpoken(answered: Answered<Speech>, round: number, members: readonly Member[]): readonly Spoken[] {
  if (!answered.isThere) return []
  const { member, value } = answered
  return [{ ...value, id: `${member.id}.${round}`, member, round, holder: memberIn(value.holds_with, members)?.id ?? member.id }]
}

/** Whom an id stands for, also where that of a speech is given. */
const memberIn = (id: string, members: readonly Member[]): Member | undefined => members.find((member) => member.id === id.trim().toLowerCase().split('.', 1)[0])

/** Who spoke in the last round goes on; who was left out stays out. */
const speakersOf = (speeches: readonly Spoken[], round: number): readonly Member[] => speeches.filter((speech) => speech.round === round).map(({ member }) => member)

/**
 * All hold the same position, or of ten and more all but one in ten. In the first round nobody has heard the others, so
 * agreement then is none that was argued for.
 */
function hasConverged(spoken: readonly Spoken[]): boolean {
  const largest = Math.max(0, ...countBy(spoken.map(({ holder }) => holder)).values())
  return (spoken[0]?.round ?? 0) > 1 && largest >= spoken.length - Math.floor(spoken.length / 10)
}

function countBy(ids: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const id of ids) counts.set(id, (counts.get(id) ?? 0) + 1)
  return counts
}

const asReading = ({ id, member, position, argument }: Spoken): Reading => ({ title: `Speech ${id} of the ${member.name}`, text: `${position}\n\n${argument}` })

/** Only citations of what was really said are shown. */
function describeSpeech({ position, argument, citations, holds_with: holds }: Speech, member: Member, speeches: readonly Spoken[]): string {
  const cited = citations.flatMap(({ speech, quote }) => {
    const found = speeches.find(({ id }) => id === speech)
    return found && found.member.id !== member.id && wasSaid(quote, found) ? [`> ${found.member.name}: ${quote.replaceAll(/\s+/g, ' ').trim().slice(0, maxQuotedChars)}`] : []
  })
  const other = memberIn(
    holds,
    speeches.map((speech) => speech.member),
  )
  const convinced = other && other.id !== member.id ? `_Now holds with the ${other.name}._` : ''
  const case_ = argument.trim() === position.trim() ? argument : `**${position.trim()}**\n\n${argument}`
  return [...(cited.length > 0 ? [cited.slice(0, mostShownCitations).join('\n')] : []), case_, convinced].filter((part) => part !== '').join('\n\n')
}

/** Whether these are its words, but for case, punctuation and marks. */
function wasSaid(quote: string, { position, argument }: Spoken): boolean {
  const plain = (text: string): string => text.toLowerCase().replaceAll(/[^\p{L}\p{N}]+/gu, ' ').trim()
  return plain(quote) !== '' && `${plain(position)} ${plain(argument)}`.includes(plain(quote))
}

async function askForVerdict(desk: SwarmDesk, speeches: readonly Spoken[]) {
  const [member] = desk.judges
  if (!member) throw new RangeError('Expected a swarm to have a judge, found none.')
  // A debate that goes on when there is room again is judged anew: another question has another key.
  const key = `verdict:${speeches.length}`
  const heard = await desk.hear(`hear:${key}`)
  const answer = desk.ask({
    key,
    member,
    task: 'You judge this debate and took no part in it. Decide the question by the arguments that were made, not by how many made them, how long they are or where they stand, and say what would change your verdict.',
    reads: [...desk.material, ...readByJudge(speeches, desk.random), ...heard],
    name: 'verdict',
    schema: verdictSchema,
    prose: { asksAgain: true, read: (text: string): Verdict => ({ verdict: text, follows: 'none', reasons: [], would_change: '' }) },
    maxOutputTokens: verdictTokens,
    temperature: 0,
  })
  return { key, answer, say: () => '' }
}

/** Round after round, within a round in an order that is drawn, and without the names: neither seat nor field shall decide. */
function readByJudge(speeches: readonly Spoken[], random: () => number): readonly Reading[] {
  const read = speeches.length > mostReadByJudge ? lastOfEach(speeches).slice(-mostReadByJudge) : speeches
  return shuffled(read, random)
    .toSorted((a, b) => a.round - b.round)
    .map(({ id, position, argument }) => ({ title: `Speech ${id}`, text: `${position}\n\n${argument}` }))
}

function decided({ verdict, follows, confidence, reasons, would_change: change }: Verdict, { speeches, stoppedBy, rounds }: Held): SwarmResult {
  const last = lastOfEach(speeches)
  const holder = memberIn(
    follows,
    last.map(({ member }) => member),
  )?.id
  const dissent = holder === undefined ? [] : last.filter((speech) => speech.member.id !== holder && speech.holder !== holder)
  const parts = [verdict, reasons.map((reason) => `- ${reason}`).join('\n'), change.trim() === '' ? '' : `**What would change it:** ${change}`]
  return {
    heading: 'Verdict',
    text: parts.filter((part) => part !== '').join('\n\n'),
    stoppedBy,
    rounds,
    ...(confidence === undefined ? {} : { confidence }),
    tally: tallyOf(last),
    dissent: dissent.map(({ member, position }) => ({ who: member.name, text: position })),
  }
}

function undecided({ speeches, rounds }: Held, stoppedBy: StopReason): SwarmResult {
  const last = lastOfEach(speeches)
  const text = ['No judge could be heard, so these positions stand undecided:', ...last.map(({ member, position }) => `- ${member.name}: ${position}`)].join('\n')
  return { heading: 'Verdict', text, stoppedBy, rounds, tally: tallyOf(last), dissent: [] }
}

const tallyOf = (last: readonly Spoken[]): Tally => ({
  caption: 'Where the debate ended',
  columns: ['Member', 'Position', 'Confidence'],
  rows: last.map(({ member, position, confidence }) => [member.name, position, `${Math.round(confidence * 100)} %`]),
})

const lastOfEach = (speeches: readonly Spoken[]): readonly Spoken[] => [...new Map(speeches.map((speech) => [speech.member.id, speech])).values()]
