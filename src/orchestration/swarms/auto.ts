import { z } from 'zod'
import { changeList, type ListChange } from './change-list.ts'
import { hearRound } from './hear-round.ts'
import { cutText, joinParts, readParts, type Part } from './join-parts.ts'
import { readListEdits } from './list-edits.ts'
import { addTask, assignTop, changeTask, type Assigned, type ListedTask, type TaskList } from './task-list.ts'
import { quorumOf, type Answered, type Member, type PlanItem, type Reading, type StopReason, type SwarmDesk, type SwarmEvent, type SwarmResult, type Topology } from './topology.ts'

const resultTokens = 1_500
const decisionTokens = 1_800
const maxResultsChars = 24_000
const outlineChars = 300
/** A task that so many members failed at is given up. */
const maxFailures = 2
/** So many steps without anything new, and it is stuck. */
const idleSteps = 2

const decisionSchema = z.strictObject({
  tasks: z
    .array(
      z.strictObject({
        title: z.string().describe('At most 10 words, unlike every other title on the list'),
        what: z.string().describe('What has to come out, so that somebody who knows nothing of the other tasks can do it'),
        by: z.string().describe('Id of the member whose strengths fit it best'),
        needs: z.array(z.int()).describe('Numbers of tasks whose results it has to read first; new tasks are numbered on from the list in your order'),
      }),
    )
    .describe('New tasks, only where the objective needs them; usually none or a few'),
  order: z.array(z.int()).describe('Numbers of the open tasks that come first now, most urgent first; empty to leave the order as it is'),
  drop: z.array(z.int()).describe('Numbers of open tasks that are no longer needed'),
  is_done: z.boolean().describe('True when the objective is reached'),
  answer: z.string().describe('When it is reached or this was the last step: the answer to the objective in at most 300 words of Markdown, drawn from the results; else empty'),
  show: z.array(z.int()).describe('Numbers of the tasks whose results the reader needs in full after the answer; usually none'),
})
type Decision = z.infer<typeof decisionSchema>

/** An objective becomes a list of tasks that are done, added, dropped and put in order until it is reached. */
export const auto: Topology = {
  name: 'auto',
  purpose: 'An open-ended objective whose steps show only on the way: a list of tasks is worked off, and changed after each step, until it is reached.',
  defaultMembers: 3,
  defaultRounds: 5,
  lead: { specialtyId: 'planner', role: 'keeps the list of tasks, and says when the objective is reached' },
  mostCalls: (members, rounds) => 1 + rounds * (members + 1),
  run: workOff,
}

/** All that changes from step to step. */
interface Progress {
  list: TaskList
  readonly lost: Set<string>
  guidance: readonly Reading[]
  /** What the lead said last. */
  decision: Decision | undefined
  idle: number
}

async function* workOff(desk: SwarmDesk): AsyncGenerator<SwarmEvent, SwarmResult> {
  const lead = desk.judges[0]
  if (!lead) throw new RangeError('Expected a swarm to have somebody who leads, found nobody.')
  const progress: Progress = { list: [], lost: new Set(), guidance: [], decision: undefined, idle: 0 }
  let stop = (await desk.stopsBefore('start', 1 + desk.members.length)) ?? (yield* begin(desk, lead, progress))
  let step = 0
  while (!stop && step < desk.rounds) {
    const batch = assignTop(progress.list, present(desk, progress))
    stop = step === 0 ? undefined : await desk.stopsBefore(`step${step + 1}`, batch.length + 1)
    if (stop) break
    step++
    stop = (yield* doTasks(desk, progress, { step, batch })) ?? (yield* decideNext(desk, lead, progress, { step, batch }))
  }
  return asResult(progress, { stoppedBy: stop ?? 'rounds', rounds: step })
}

const present = ({ members }: SwarmDesk, { lost }: Progress): readonly Member[] => members.filter(({ id }) => !lost.has(id))

/** The list as the lead sees it at first; without a lead each member does what falls to its role. */
async function* begin(desk: SwarmDesk, lead: Member, progress: Progress): AsyncGenerator<SwarmEvent, StopReason | undefined> {
  yield { kind: 'round', round: 1, of: desk.rounds, doing: 'making the list' }
  const decided = await askForDecision(desk, lead, progress, { step: 0, results: [] })
  if (!decided.isThere) {
    yield { kind: 'absent', key: 'decide0', member: lead, reason: decided.reason }
    if (decided.reason === 'budget') return 'budget'
  }
  const decision = decided.isThere ? decided.value : undefined
  applyDecision(progress, decision)
  if (decision?.is_done && decision.answer.trim() !== '' && progress.list.length === 0) return 'done'
  if (progress.list.length === 0) {
    yield { kind: 'note', key: 'list', text: 'There is no usable list of the lead, so each member does what falls to its role.' }
    for (const { id, name, role } of desk.members) {
      const what = `Do the part of the objective that falls to you as ${name}${role === '' ? '' : `: ${role}`}.`
      progress.list = addTask(progress.list, { title: `Part of the ${name}`, what, needs: [], by: id, isFromPerson: false }).list
    }
  }
  yield showList(progress, [])
  yield { kind: 'note', key: 'edits', text: 'The list can be changed here while we work, counted from the next step on: `add: what to do`, `drop 3`, `first: 2`, `stop`. Other words are read as advice.' }
  return undefined
}

interface Step {
  readonly step: number
  readonly batch: readonly Assigned[]
}

/** The tasks at the top, side by side. */
async function* doTasks(desk: SwarmDesk, progress: Progress, { step, batch }: Step): AsyncGenerator<SwarmEvent, StopReason | undefined> {
  yield { kind: 'round', round: step, of: desk.rounds, doing: batch.length === 1 ? (batch[0]?.task.title ?? '') : `doing ${batch.length} tasks` }
  yield showList(progress, batch)
  const answers = yield* hearRound(batch.map((assigned) => askForResult(desk, progress, step, assigned)))
  const known = new Set(progress.list.flatMap(({ result }) => (result === undefined ? [] : [squeeze(result)])))
  let hasNew = false
  for (const [at, answered] of answers.entries()) {
    const { task, member } = batch[at] ?? {}
    if (!task || !member) continue
    const result = answered.isThere ? answered.value.trim() : ''
    hasNew ||= result !== '' && !known.has(squeeze(result))
    if (!answered.isThere && answered.reason === 'budget') continue
    progress.list = changeTask(progress.list, task.number, result === '' ? failed(task, member) : { state: 'done', member, result })
    if (!answered.isThere) progress.lost.add(member.id)
  }
  progress.idle = hasNew ? 0 : progress.idle + 1
  progress.guidance = []
  yield showList(progress, [])
  if (answers.some((answered) => !answered.isThere && answered.reason === 'budget')) return 'budget'
  return present(desk, progress).length < quorumOf(desk.members.length) ? 'absent' : undefined
}

const failed = (task: ListedTask, member: Member): Partial<ListedTask> => {
  const failedBy = [...task.failedBy, member.id]
  return { failedBy, member, state: failedBy.length >= maxFailures ? 'failed' : 'open' }
}

/** What people said is done first; then the lead looks at what came out and says how it goes on. */
async function* decideNext(desk: SwarmDesk, lead: Member, progress: Progress, { step, batch }: Step): AsyncGenerator<SwarmEvent, StopReason | undefined> {
  const change = hearPeople(progress.list, await desk.hear(`hear${step}`))
  progress.list = change.list
  progress.guidance = change.guidance
  if (change.told.length > 0) yield { kind: 'note', key: `edits${step}`, text: change.told.join('\n') }
  if (change.told.length > 0) yield showList(progress, [])
  if (change.isStopped) return 'asked'
  const results = batch.map(({ task }) => asPart(progress.list.find(({ number }) => number === task.number) ?? task))
  const decided = await askForDecision(desk, lead, progress, { step, results })
  if (!decided.isThere) {
    yield { kind: 'absent', key: `decide${step}`, member: lead, reason: decided.reason }
    if (decided.reason === 'budget') return 'budget'
  }
  const told = applyDecision(progress, decided.isThere ? decided.value : undefined)
  if (told !== '') yield { kind: 'turn', key: `decide${step}`, member: lead, text: told }
  yield showList(progress, [])
  const open = progress.list.filter(({ state }) => state === 'open')
  // What people asked for is done before the end is declared.
  if (decided.isThere && decided.value.is_done && !open.some(({ isFromPerson }) => isFromPerson)) return 'done'
  if (open.length === 0) return decided.isThere ? 'stuck' : 'done'
  return progress.idle >= idleSteps ? 'stuck' : undefined
}

/** Takes over what the lead decided; the text tells what changed on the list. */
function applyDecision(progress: Progress, decision: Decision | undefined): string {
  if (!decision) return ''
  progress.decision = decision
  const change = changeList(progress.list, {
    add: decision.tasks.map((task) => ({ ...task, isFromPerson: false })),
    drop: decision.drop.filter((number) => !progress.list.some((task) => task.number === number && task.isFromPerson)),
    first: decision.order,
  })
  progress.list = change.list
  return change.told.join('\n')
}

/** What people said in the thread: commands on the list, and advice. */
function hearPeople(list: TaskList, heard: readonly Reading[]): ListChange & { readonly guidance: readonly Reading[]; readonly isStopped: boolean } {
  const read = heard.map(({ title, text }) => ({ title, ...readListEdits(text) }))
  const edits = read.flatMap((each) => each.edits)
  const change = changeList(list, {
    add: edits.flatMap((edit) => (edit.kind === 'add' ? [{ title: edit.title, what: edit.title, by: '', needs: [], isFromPerson: true }] : [])),
    drop: edits.flatMap((edit) => (edit.kind === 'drop' ? edit.numbers : [])),
    first: edits.flatMap((edit) => (edit.kind === 'first' ? edit.numbers : [])),
    tellsAll: true,
  })
  const isStopped = edits.some(({ kind }) => kind === 'stop')
  const told = isStopped ? [...change.told, 'Stopping here, as asked.'] : change.told
  return { list: change.list, told, isStopped, guidance: read.flatMap(({ title, guidance }) => (guidance === '' ? [] : [{ title, text: guidance }])) }
}

function askForResult(desk: SwarmDesk, progress: Progress, step: number, { task, member }: Assigned) {
  const needed = progress.list.filter(({ number }) => task.needs.includes(number)).map(asPart)
  const key = `step${step}:${task.number}:${member.id}`
  const answer = desk.work({
    key,
    member,
    task: `You work with others on this objective from a list of tasks. Yours is task ${task.number}, "${task.title}": ${task.what} Do this task only, and hand over the result itself. Say plainly what you could not find out.`,
    reads: [...desk.material, describeList(progress.list), ...(needed.length > 0 ? readParts(needed) : []), ...progress.guidance],
    maxOutputTokens: resultTokens,
  })
  return { key, answer, say: (text: string) => (text.trim() === '' ? '' : `**${task.number}. ${task.title}**\n\n${text}`) }
}

function askForDecision(desk: SwarmDesk, lead: Member, progress: Progress, { step, results }: { readonly step: number; readonly results: readonly Part[] }): Promise<Answered<Decision>> {
  const isLast = step >= desk.rounds
  const task =
    step === 0
      ? `You lead this work; the members below do it. Make the list of tasks with which it begins: few, the next steps only, more come later. The whole may take ${desk.rounds} steps, each of up to ${desk.members.length} tasks side by side.`
      : `You lead this work. Step ${step} of at most ${desk.rounds} is over. Look at its results and at what people said, and say how it goes on: new tasks, another order, what to drop, or that the objective is reached. Do not state a task again that is on the list.${isLast ? ' This was the last step: give the answer in any case.' : ''}`
  return desk.ask({
    key: `decide${step}`,
    member: lead,
    task,
    reads: [...desk.material, describeMembers(desk.members), ...(step === 0 ? [] : [describeList(progress.list), ...readParts(results, maxResultsChars), ...progress.guidance])],
    name: 'decision',
    schema: decisionSchema,
    maxOutputTokens: decisionTokens,
    temperature: 0.2,
  })
}

const describeMembers = (members: readonly Member[]): Reading => ({
  title: 'Members',
  text: members.map(({ id, name, role, record }) => `- ${id}: ${name}${role === '' ? '' : `, ${role}`} (${Math.round(record * 100)} % of its past work went well)`).join('\n'),
})

const describeList = (list: TaskList): Reading => ({
  title: 'The list of tasks',
  text: list.map(({ number, title, state, isFromPerson, result }) => `${number}. ${title} (${state}${isFromPerson ? ', asked for by a person' : ''})${result === undefined ? '' : `: ${cutText(squeeze(result), outlineChars)}`}`).join('\n') || '(empty)',
})

const squeeze = (text: string): string => text.replaceAll(/\s+/g, ' ').trim()

const asPart = ({ number, title, member, result }: ListedTask): Part => ({ id: String(number), title, member, text: result })

const statuses = { open: 'pending', done: 'complete', failed: 'error', dropped: 'error' } as const satisfies Record<ListedTask['state'], PlanItem['status']>

function showList({ list }: Progress, batch: readonly Assigned[]): SwarmEvent {
  const doer = new Map(batch.map(({ task, member }) => [task.number, member]))
  const items = list
    .filter(({ state }) => state !== 'dropped')
    .map(({ number, title, state, member }): PlanItem => {
      const at = doer.get(number)
      return { id: String(number), title: `${number}. ${title}`, who: (at ?? member)?.name ?? '', status: at ? 'in_progress' : statuses[state] }
    })
  return { kind: 'list', items }
}

/** Where the lead gave no answer, the results stand for themselves. */
function asResult({ list, decision }: Progress, { stoppedBy, rounds }: { readonly stoppedBy: StopReason; readonly rounds: number }): SwarmResult {
  const answer = decision?.answer.trim() ?? ''
  const done = list.filter(({ state }) => state === 'done')
  const shown = answer === '' ? done : done.filter(({ number }) => decision?.show.includes(number))
  const joined = joinParts(answer, shown.map(asPart), [])
  const open = list.filter(({ state }) => state === 'open' || state === 'failed')
  const text = joined !== '' && open.length > 0 ? `${joined}\n\nLeft undone: ${open.map(({ number, title }) => `${number}. ${title}`).join('; ')}.` : joined
  const rows = list.toSorted((a, b) => a.number - b.number).map(({ number, title, member, state }) => [String(number), title, member?.name ?? '–', state])
  return { heading: 'Result', text, stoppedBy, rounds, tally: { caption: 'The list at the end', columns: ['No.', 'Task', 'By', 'State'], rows }, dissent: [] }
}
