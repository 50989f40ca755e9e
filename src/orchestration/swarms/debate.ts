import { z } from 'zod'
import { hearRound } from './hear-round.ts'
import { quorumOf, type Answered, type Member, type Reading, type StopReason, type SwarmDesk, type SwarmEvent, type SwarmResult, type Topology, type Turn } from './topology.ts'

const speechTokens = 700
const verdictTokens = 900
const maxQuotedChars = 300
/** Speeches of the earlier rounds that each one reads again; the newest say what is still in dispute. */
const readRounds = 2

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
}

/** Positions, rounds of argument and rebuttal with citations, an early end when all hold the same, and a judge's verdict. */
export const debate: Topology = {
  name: 'debate',
  purpose: 'A question with good reasons on several sides: members argue for positions over rounds, a judge decides.',
  defaultMembers: 3,
  defaultRounds: 2,
  mostCalls: (members, rounds) => members * rounds + 1,
  run: holdDebate,
}

async function* holdDebate(desk: SwarmDesk): AsyncGenerator<SwarmEvent, SwarmResult> {
  const speeches: Spoken[] = []
  let stoppedBy: StopReason = 'rounds'
  let round = 0
  for (let next = 1; next <= desk.rounds; next++) {
    const present = next === 1 ? desk.members : speakersOf(speeches, round)
    const stop = await desk.stopsBefore(`round${next}`, present.length + 1)
    if (stop) {
      stoppedBy = stop
      break
    }
    yield { kind: 'round', round: next, of: desk.rounds, doing: next === 1 ? 'taking positions' : 'arguing' }
    const heard = next === 1 ? [] : await desk.hear(`hear${next}`)
    const answers = yield* hearRound(present.map((member) => askForSpeech(desk, member, next, speeches, heard)))
    const spoken = answers.flatMap((answered) => asSpoken(answered, next))
    speeches.push(...spoken)
    round = next
    if (spoken.length < quorumOf(desk.members.length)) {
      stoppedBy = answers.some((answered) => !answered.isThere && answered.reason === 'budget') ? 'budget' : 'absent'
      break
    }
    if (hasConverged(spoken)) {
      stoppedBy = 'converged'
      break
    }
  }
  if (speeches.length === 0) return { heading: 'Verdict', text: '', stoppedBy, rounds: round, dissent: [] }
  const judged = await desk.ask(judgement(desk, speeches))
  return asResult(judged, speeches, { stoppedBy, rounds: round })
}

function askForSpeech(desk: SwarmDesk, member: Member, round: number, speeches: readonly Spoken[], heard: readonly Reading[]) {
  const key = `round${round}:${member.id}`
  const task =
    round === 1
      ? `A debate begins. You are ${member.id}. Take the position that you find best founded from the view of your field and argue for it. Others argue beside you; do not guess what they say.`
      : `Round ${round} of the debate. You are ${member.id}. Answer the strongest points against your position, citing the speeches you answer by id and words. Change your position if you were convinced, and say by whom.`
  const answer = desk.ask({
    key,
    member,
    task,
    reads: [...desk.material, ...speeches.filter((speech) => speech.round >= round - readRounds).map(asReading), ...heard],
    name: 'speech',
    schema: speechSchema,
    prose: { asksAgain: false, read: (text) => ({ position: firstSentence(text), argument: text, citations: [], holds_with: member.id, confidence: 0.5 }) },
    maxOutputTokens: speechTokens,
  })
  return { key, answer, say: (speech: Speech) => describeSpeech(speech, member, speeches) }
}

const asSpoken = (answered: Answered<Speech>, round: number): Spoken[] =>
  answered.isThere ? [{ ...answered.value, id: `${answered.member.id}.${round}`, member: answered.member, round }] : []

/** Who spoke in the last round goes on; who was left out stays out. */
const speakersOf = (speeches: readonly Spoken[], round: number): readonly Member[] => speeches.filter((speech) => speech.round === round).map(({ member }) => member)

/** In the first round nobody has heard the others, so agreement then is none that was argued for. */
const hasConverged = (spoken: readonly Spoken[]): boolean => (spoken[0]?.round ?? 0) > 1 && new Set(spoken.map(({ holds_with: holds }) => holds)).size === 1

const asReading = ({ id, member, position, argument }: Spoken): Reading => ({ title: `Speech ${id} of the ${member.name}`, text: `${position}\n\n${argument}` })

/** Only citations of what was really said are shown. */
function describeSpeech({ position, argument, citations, holds_with: holds }: Speech, member: Member, speeches: readonly Spoken[]): string {
  const cited = citations.flatMap(({ speech, quote }) => {
    const found = speeches.find(({ id }) => id === speech)
    return found && found.member.id !== member.id && quote.trim() !== '' ? [`> ${found.member.name}: ${quote.replaceAll(/\s+/g, ' ').trim().slice(0, maxQuotedChars)}`] : []
  })
  const other = holds === member.id ? undefined : speeches.find((speech) => speech.member.id === holds)?.member
  const convinced = other ? `_Now holds with the ${other.name}._` : ''
  const case_ = argument.trim() === position.trim() ? argument : `**${position.trim()}**\n\n${argument}`
  return [...(cited.length > 0 ? [cited.join('\n')] : []), case_, convinced].filter((part) => part !== '').join('\n\n')
}

function judgement(desk: SwarmDesk, speeches: readonly Spoken[]): Turn<Verdict> {
  const [member] = desk.judges
  if (!member) throw new RangeError('Expected a swarm to have a judge, found none.')
  return {
    key: 'verdict',
    member,
    task: 'You judge this debate and took no part in it. Decide the question by the arguments that were made, not by how many made them, and say what would change your verdict.',
    reads: [...desk.material, ...speeches.map(asReading)],
    name: 'verdict',
    schema: verdictSchema,
    prose: { asksAgain: true, read: (text: string) => ({ verdict: text, follows: 'none', reasons: [], would_change: '' }) },
    maxOutputTokens: verdictTokens,
    temperature: 0,
  }
}

function asResult(judged: Answered<Verdict>, speeches: readonly Spoken[], held: { readonly stoppedBy: StopReason; readonly rounds: number }): SwarmResult {
  const last = lastOfEach(speeches)
  const tally = {
    caption: 'Where the debate ended',
    columns: ['Member', 'Position', 'Confidence'],
    rows: last.map(({ member, position, confidence }) => [member.name, position, percent(confidence)]),
  }
  if (!judged.isThere) {
    const stoppedBy = judged.reason === 'budget' ? 'budget' : 'absent'
    const text = ['No judge could be heard, so these positions stand undecided:', ...last.map(({ member, position }) => `- ${member.name}: ${position}`)].join('\n')
    return { heading: 'Verdict', ...held, stoppedBy, text, tally, dissent: [] }
  }
  const { verdict, follows, confidence, reasons, would_change: change } = judged.value
  const holder = last.find(({ member }) => member.id === follows)
  const text = [verdict, ...(reasons.length > 0 ? [reasons.map((reason) => `- ${reason}`).join('\n')] : []), ...(change.trim() === '' ? [] : [`**What would change it:** ${change}`])].join('\n\n')
  const dissent = holder ? last.filter(({ member, holds_with: holds }) => member.id !== holder.member.id && holds !== holder.member.id) : []
  return { heading: 'Verdict', ...held, text, ...(confidence === undefined ? {} : { confidence }), tally, dissent: dissent.map(({ member, position }) => ({ who: member.name, text: position })) }
}

function lastOfEach(speeches: readonly Spoken[]): readonly Spoken[] {
  return [...new Map(speeches.map((speech) => [speech.member.id, speech])).values()]
}

const percent = (share: number): string => `${Math.round(share * 100)} %`

function firstSentence(text: string): string {
  const [line = ''] = text.trim().split('\n', 1)
  return (/^.{10,200}?[.!?](?=\s|$)/.exec(line)?.[0] ?? line.slice(0, 200)).trim()
}
