import { z } from 'zod'
import type { BallotRule } from './ballots.ts'
import { reachConsensus, type Contribution, type Work } from './consensus.ts'
import { firstSentence } from './first-sentence.ts'
import { hearRound, lossOf } from './hear-round.ts'
import { quorumOf, type Answered, type Member, type Reading, type StopReason, type SwarmDesk, type SwarmEvent, type SwarmResult, type Topology } from './topology.ts'
import { whomToRead } from './whom-to-read.ts'

const draftTokens = 700
const proposalTokens = 1_200

const proposalSchema = z.strictObject({
  position: z.string().describe('What the swarm should answer, in one sentence'),
  text: z.string().describe('The whole answer to the objective in Markdown, joined from your own part and what is good in the others, in at most 350 words'),
  takes_from: z.array(z.string()).describe('Ids of the members whose work went into it, such as m2'),
  backs: z.string().describe('Id of the member whose contribution, as you have read it, could best stand as the answer of all; your own id if none does'),
})
type Proposal = z.infer<typeof proposalSchema>

/** Members take the parts that their fields cover, join them with what the others wrote, and vote on the joined answers. */
export const collaborate: Topology = createCollaborate()

/** @param rule how ballots are counted; its default is that of {@link reachConsensus} */
export function createCollaborate({ rule }: { readonly rule?: BallotRule } = {}): Topology {
  return {
    name: 'collaborate',
    purpose: 'A task with several aspects, or a question whose answer cannot be checked by reading it: members work side by side, join their work into whole answers and vote on these.',
    defaultMembers: 3,
    defaultRounds: 2,
    mostCalls: (members, rounds) => members * (rounds + 1),
    run: (desk) => holdCollaboration(desk, rule),
  }
}

async function* holdCollaboration(desk: SwarmDesk, rule?: BallotRule): AsyncGenerator<SwarmEvent, SwarmResult> {
  return yield* reachConsensus(desk, yield* write(desk), rule)
}

/**
 * Drafts first, and in each further round whole answers. Who takes which part follows from fields and roles, which each member
 * has in its prompt anyway: a planner would cost a call and a wait more, and would decide by these same names.
 */
async function* write(desk: SwarmDesk): AsyncGenerator<SwarmEvent, Work> {
  const newest = new Map<string, Contribution>()
  const parts = new Map<string, string>()
  let present = desk.members
  let rounds = 0
  const ended = (stoppedBy: StopReason): Work => ({ newest, parts, present, stoppedBy, rounds })
  for (let next = 1; next <= desk.rounds; next++) {
    const stop = await desk.stopsBefore(`round${next}`, present.length * 2)
    if (stop) return ended(stop)
    yield { kind: 'round', round: next, of: desk.rounds, doing: next === 1 ? 'drafting' : 'joining' }
    const answers = next === 1 ? yield* draft(desk) : yield* join(desk, present, newest, next)
    for (const contribution of answers.flatMap(valueOf)) newest.set(contribution.member.id, contribution)
    if (next === 1) for (const { member, position } of newest.values()) parts.set(member.id, position)
    present = answers.flatMap(({ isThere, member }) => (isThere ? [member] : []))
    rounds = next
    if (present.length < quorumOf(desk.members.length)) return ended(lossOf(answers))
    if (next > 1 && new Set(present.map(({ id }) => newest.get(id)?.backs)).size === 1) return ended('converged')
  }
  return ended('rounds')
}

async function* draft(desk: SwarmDesk): AsyncGenerator<SwarmEvent, readonly Answered<Contribution>[]> {
  const { members, material, rounds } = desk
  const asked = members.map((member) => {
    const key = `round1:${member.id}`
    const task = rounds === 1 ? wholeTask : partTask(member, members)
    return { key, answer: desk.work({ key, member, task, reads: material, maxOutputTokens: draftTokens }), say: (text: string) => text }
  })
  const answers = yield* hearRound(asked)
  return answers.map((answered) => mapAnswer(answered, (text, member) => ({ id: `${member.id}.1`, member, position: firstSentence(text), text, takesFrom: [] })))
}

async function* join(desk: SwarmDesk, present: readonly Member[], newest: ReadonlyMap<string, Contribution>, round: number): AsyncGenerator<SwarmEvent, readonly Answered<Contribution>[]> {
  const heard = await desk.hear(`hear${round}`)
  const answers = yield* hearRound(present.map((member) => askForProposal(desk, member, { newest, heard, round })))
  return answers.map((answered) =>
    mapAnswer(answered, ({ position, text, takes_from: takes, backs }, member) => ({
      id: `${member.id}.${round}`,
      member,
      position,
      text,
      takesFrom: [...new Set(takes.map(idIn))].filter((id) => newest.has(id) && id !== member.id),
      backs: newest.has(idIn(backs)) ? idIn(backs) : member.id,
    })),
  )
}

function askForProposal(desk: SwarmDesk, member: Member, { newest, heard, round }: { newest: ReadonlyMap<string, Contribution>; heard: readonly Reading[]; round: number }) {
  const key = `round${round}:${member.id}`
  const ids = whomToRead([...newest.keys()], member.id, byBacking([...newest.values()]))
  const read = [...newest.values()].filter((one) => ids.has(one.member.id))
  const answer = desk.ask({
    key,
    member,
    task: `You are ${member.id}. You read what the others have brought in, and your own. Revise your part where they are right, then write the whole answer as you would sign it: joined, without repetition, and with what speaks against it. Say whose work you took and whose contribution you back.`,
    reads: [...desk.material, ...read.map(asReading), ...heard],
    name: 'proposal',
    schema: proposalSchema,
    prose: { asksAgain: false, read: (text) => ({ position: firstSentence(text), text, takes_from: [], backs: member.id }) },
    maxOutputTokens: proposalTokens,
  })
  return { key, answer, say: ({ position, text }: Proposal) => (text.trim() === position.trim() ? text : `**${position.trim()}**\n\n${text}`) }
}

/** Ids of those whom somebody backs, the best backed first. */
function byBacking(contributions: readonly Contribution[]): readonly string[] {
  const backers = (id: string): number => contributions.filter(({ backs }) => backs === id).length
  return [...new Set(contributions.flatMap(({ backs }) => backs ?? []))].toSorted((a, b) => backers(b) - backers(a))
}

const wholeTask =
  'You and others answer the objective side by side, each from the view of its field; then all vote. Begin with one sentence that says what you propose, then give your answer in at most 250 words of Markdown.'

function partTask({ id }: Member, members: readonly Member[]): string {
  const seats = whomToRead(
    members.map((member) => member.id),
    id,
    [],
  )
  const others = members.filter((member) => member.id !== id && seats.has(member.id)).map(({ name, role }) => (role === '' ? name : `${name} (${role})`))
  return `You work with others on the objective, side by side; afterwards all read what was written and join it. Beside you: ${others.join(', ')}. Take the part that your field and role cover better than theirs. Begin with one sentence that names this part and what you hold, then give your work on it in at most 200 words of Markdown.`
}

const asReading = ({ member, text }: Contribution): Reading => ({ title: `Contribution of ${member.id}, the ${member.name}`, text })

const idIn = (text: string): string => text.trim().toLowerCase()

const valueOf = <T>(answered: Answered<T>): readonly T[] => (answered.isThere ? [answered.value] : [])

const mapAnswer = <T, U>(answered: Answered<T>, change: (value: T, member: Member) => U): Answered<U> =>
  answered.isThere ? { ...answered, value: change(answered.value, answered.member) } : answered
