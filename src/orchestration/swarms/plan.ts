import { z } from 'zod'
import { mendGraph, subTaskSchema, type SubTask, type TaskGraph } from '../tasks/task-graph.ts'
import { joinParts, readParts, tallyParts, type Part } from './join-parts.ts'
import type { Answered, Member, PlanItem, Reading, StopReason, SwarmDesk, SwarmEvent, SwarmResult, Topology } from './topology.ts'
import { workThrough, type WorkOrder } from './work-through.ts'

const mostTasks = 40
const mostInARow = 5
const planTokensPerTask = 150
const partTokens = 2_000
const reviewTokens = 1_500
const maxReviewedChars = 60_000

const planSchema = z.strictObject({ tasks: z.array(subTaskSchema) })

const reviewSchema = z.strictObject({
  send_back: z
    .array(z.strictObject({ part: z.string().describe('Id of the part'), missing: z.string().describe('What has to be different, in one or two sentences') }))
    .describe('Parts that fall short of the objective or contradict another one; empty when the work can be handed over'),
  summary: z.string().describe('The answer to the objective, drawn from the parts, in at most 150 words of Markdown; empty when parts are sent back'),
  show: z.array(z.string()).describe('Ids of the parts that the reader needs in full after the summary, in reading order; working papers are left out'),
})
type Review = z.infer<typeof reviewSchema>

/** A lead splits the objective into a graph of tasks, members do them side by side, the lead reviews, sends back and joins. */
export const plan: Topology = {
  name: 'plan',
  purpose: 'A large objective of several parts that can be named beforehand: a lead splits it into tasks by the strengths of the members, reviews what they did and joins it.',
  defaultMembers: 3,
  defaultRounds: 2,
  lead: { specialtyId: 'planner', role: 'leads: splits the work, reviews the parts and joins them' },
  // Plan, parts, a review a round, and in the worst case all parts again after each review but the last.
  mostCalls: (members, rounds) => 1 + tasksFor(members) * rounds + rounds,
  run: carryOut,
}

const tasksFor = (members: number): number => Math.min(mostTasks, members + 3)

async function* carryOut(desk: SwarmDesk): AsyncGenerator<SwarmEvent, SwarmResult> {
  const stop = await desk.stopsBefore('plan', 1 + desk.members.length)
  if (stop) return { heading: 'Result', text: '', stoppedBy: stop, rounds: 0, dissent: [] }
  yield { kind: 'round', round: 1, of: desk.rounds, doing: 'splitting the work' }
  const lead = desk.judges[0]
  if (!lead) throw new RangeError('Expected a swarm to have somebody who leads, found nobody.')
  const planned = await askForPlan(desk, lead)
  const stated = planned.isThere ? mendGraph(planned.value.tasks, { maxTasks: tasksFor(desk.members.length), maxDepth: mostInARow, workers: desk.members.map(({ id }) => id) }) : undefined
  if (!planned.isThere) yield { kind: 'absent', key: 'plan', member: lead, reason: planned.reason }
  if (!planned.isThere && planned.reason === 'budget') return { heading: 'Result', text: '', stoppedBy: 'budget', rounds: 0, dissent: [] }
  if (!stated) yield { kind: 'note', key: 'plan', text: 'There is no usable plan of the lead, so each member does what falls to its role.' }
  else if (stated.length > 1) yield { kind: 'turn', key: 'plan', member: lead, text: describePlan(stated, desk.members) }
  const tasks = stated ?? oneTaskEach(desk.members)
  const order = { tasks, parts: new Map<string, Part>(), lost: new Set<string>(), board: boardOf(tasks, desk.members) }
  yield { kind: 'round', round: 1, of: desk.rounds, doing: 'working on the parts' }
  const stopped = yield* workThrough(desk, { ...order, stage: 'work', turnFor: (task) => partTurn(desk, order, task) })
  const isReviewed = planned.isThere && tasks.length > 1
  const outcome = stopped || !isReviewed ? { stoppedBy: stopped ?? ('done' as const), rounds: 1 } : yield* reviewRounds(desk, lead, order)
  return asResult(order, outcome)
}

const askForPlan = (desk: SwarmDesk, lead: Member): Promise<Answered<z.infer<typeof planSchema>>> =>
  desk.ask({
    key: 'plan',
    member: lead,
    task: [
      'You lead this work; the members below do it. Split the objective into tasks for them by their strengths, so that together they are all of it and no two overlap.',
      `At most ${tasksFor(desk.members.length)} tasks, at most ${mostInARow} in a row; let one wait for another only where it has to read its result. Do not plan a task that only collects or checks the others: you will do that. When one member can do all of it in one go, state a single task.`,
    ].join(' '),
    reads: [...desk.material, { title: 'Members', text: desk.members.map(describeMember).join('\n') }],
    name: 'plan',
    schema: planSchema,
    maxOutputTokens: 300 + planTokensPerTask * tasksFor(desk.members.length),
    temperature: 0.2,
  })

/** What the lead would say when it says nothing. */
const oneTaskEach = (members: readonly Member[]): TaskGraph =>
  members.map(({ id, name, role }, at) => ({ id: `t${at + 1}`, title: `Part of the ${name}`, what: `Do the part of the objective that falls to you as ${name}${role === '' ? '' : `: ${role}`}.`, needs: [], by: id }))

interface Progress extends Omit<WorkOrder, 'stage' | 'turnFor'> {}

interface Outcome {
  readonly stoppedBy: StopReason
  readonly rounds: number
  readonly review?: Review
}

/** The lead looks at all parts, sends back what falls short, and looks again. */
async function* reviewRounds(desk: SwarmDesk, lead: Member, order: Progress): AsyncGenerator<SwarmEvent, Outcome> {
  for (let round = 1; ; round++) {
    const stop = await desk.stopsBefore(`review${round}`, 1)
    if (stop) return { stoppedBy: stop, rounds: round }
    yield { kind: 'round', round, of: desk.rounds, doing: 'reviewing the parts' }
    const heard = await desk.hear(`hear${round}`)
    const reviewed = await askForReview(desk, lead, order, { round, heard })
    if (!reviewed.isThere) {
      yield { kind: 'absent', key: `review${round}`, member: lead, reason: reviewed.reason }
      return { stoppedBy: reviewed.reason === 'budget' ? 'budget' : 'done', rounds: round }
    }
    const back = sentBack(reviewed.value, order)
    if (back.size === 0 || round >= desk.rounds) return { stoppedBy: back.size === 0 ? 'done' : 'rounds', rounds: round, review: reviewed.value }
    yield { kind: 'turn', key: `review${round}`, member: lead, text: describeReview(back, order) }
    yield { kind: 'round', round: round + 1, of: desk.rounds, doing: 'doing again what fell short' }
    const stage = `redo${round + 1}`
    const tasks = order.tasks.filter(({ id }) => back.has(id)).map((task) => ({ ...task, by: order.parts.get(task.id)?.member?.id ?? task.by }))
    for (const { id } of tasks) order.board.set(id, { ...itemOf(order, id), status: 'pending' })
    const stopped = yield* workThrough(desk, { ...order, tasks, stage, turnFor: (task) => redoTurn(desk, order, task, { missing: back.get(task.id) ?? '', heard }) })
    if (stopped) return { stoppedBy: stopped, rounds: round + 1 }
  }
}

function askForReview(desk: SwarmDesk, lead: Member, { tasks, parts }: Progress, { round, heard }: { readonly round: number; readonly heard: readonly Reading[] }): Promise<Answered<Review>> {
  const isLast = round >= desk.rounds
  const next = isLast
    ? 'This was the last round: whatever you send back is named as open in the result, so write the summary in any case.'
    : 'Send back only what a reader would miss or be misled by; the member gets your words and does its part again.'
  return desk.ask({
    key: `review${round}`,
    member: lead,
    task: `You lead this work. Here are the parts that the members did. Check them against the objective and against each other. ${next}`,
    reads: [...desk.material, ...readParts(inOrder(tasks, parts), maxReviewedChars), ...heard],
    name: 'review',
    schema: reviewSchema,
    prose: { asksAgain: true, read: (text) => ({ send_back: [], summary: text, show: [] }) },
    maxOutputTokens: reviewTokens,
    temperature: 0,
  })
}

/** Parts that the lead sends back, with what is missing; what nobody could do is not asked for again. */
const sentBack = ({ send_back: back }: Review, { parts }: Progress): ReadonlyMap<string, string> =>
  new Map(back.map(({ part, missing }) => [part.trim(), missing.trim()] as const).filter(([id, missing]) => missing !== '' && parts.get(id)?.text !== undefined))

function partTurn(desk: SwarmDesk, { tasks, parts }: Progress, task: SubTask) {
  const needed = inOrder(tasks.filter(({ id }) => task.needs.includes(id)), parts)
  return {
    task: `Several members work on this objective; the lead has given you the part "${task.title}": ${task.what} Do this part only, and hand over the result itself, without an introduction.`,
    reads: [...desk.material, { title: 'The whole plan', text: describePlan(tasks, desk.members) }, ...readParts(needed)],
    maxOutputTokens: partTokens,
  }
}

function redoTurn(desk: SwarmDesk, order: Progress, task: SubTask, { missing, heard }: { readonly missing: string; readonly heard: readonly Reading[] }) {
  const first = partTurn(desk, order, task)
  const own = inOrder([task], order.parts)
  return { ...first, task: `${first.task} The lead has read your result and sends it back. Hand over a whole new version that meets its remark.`, reads: [...first.reads, ...readParts(own), { title: 'Remark of the lead', text: missing }, ...heard] }
}

const inOrder = (tasks: TaskGraph, parts: ReadonlyMap<string, Part>): readonly Part[] => tasks.map(({ id, title }) => parts.get(id) ?? { id, title, member: undefined, text: undefined })

const boardOf = (tasks: TaskGraph, members: readonly Member[]): Map<string, PlanItem> =>
  new Map(tasks.map(({ id, title, by }) => [id, { id, title, who: nameOf(members, by), status: 'pending' }]))

const itemOf = ({ board }: Progress, id: string): PlanItem => board.get(id) ?? { id, title: id, who: '', status: 'pending' }

const nameOf = (members: readonly Member[], id: string): string => members.find((member) => member.id === id)?.name ?? ''

const describeMember = ({ id, name, role, record }: Member): string => `- ${id}: ${name}${role === '' ? '' : `, ${role}`} (${Math.round(record * 100)} % of its past work went well)`

const describePlan = (tasks: TaskGraph, members: readonly Member[]): string =>
  tasks.map(({ id, title, by, needs }) => `- ${id} **${title}**: ${nameOf(members, by)}${needs.length > 0 ? `, after ${needs.join(', ')}` : ''}`).join('\n')

const describeReview = (back: ReadonlyMap<string, string>, order: Progress): string =>
  ['Sent back:', ...[...back].map(([id, missing]) => `- **${itemOf(order, id).title}** (${itemOf(order, id).who}): ${missing}`)].join('\n')

function asResult(order: Progress, { stoppedBy, rounds, review }: Outcome): SwarmResult {
  const parts = inOrder(order.tasks, order.parts)
  const open = stoppedBy === 'rounds' && review ? sentBack(review, order) : new Map<string, string>()
  const shortfalls = [...open].map(([id, missing]) => `- ${itemOf(order, id).title}: ${missing}`)
  const joined = joinParts(review?.summary ?? '', parts, review?.show ?? [])
  const text = joined !== '' && shortfalls.length > 0 ? `${joined}\n\n**What still falls short**\n${shortfalls.join('\n')}` : joined
  const stateOf = ({ id, text: done }: Part): string => (done === undefined ? 'not done' : open.has(id) ? 'falls short' : 'done')
  return { heading: 'Result', text, stoppedBy, rounds, tally: tallyParts('Who did which part', parts, stateOf), dissent: [] }
}
