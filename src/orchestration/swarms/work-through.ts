import { readyTasks, type SubTask, type TaskGraph } from '../tasks/task-graph.ts'
import type { Part } from './join-parts.ts'
import { quorumOf, type Answered, type Member, type PlanItem, type StopReason, type SwarmDesk, type SwarmEvent, type WorkTurn } from './topology.ts'

/** Tasks to be done now, and what is there already. */
export interface WorkOrder {
  readonly tasks: TaskGraph
  /** Names this piece of the work in the journal, for example `work` or `redo2`. */
  readonly stage: string
  /** What came of tasks; grows. */
  readonly parts: Map<string, Part>
  /** Ids of members that failed; grows. */
  readonly lost: Set<string>
  /** All tasks as the thread sees them; changes. */
  readonly board: Map<string, PlanItem>
  readonly turnFor: (task: SubTask, member: Member) => Omit<WorkTurn, 'key' | 'member'>
}

interface Ended {
  readonly task: SubTask
  readonly member: Member
  readonly isSecond: boolean
  readonly answered: Answered<string>
}

/**
 * Has the tasks of a graph done, each as soon as what it needs is over, side by side where they are independent. A task
 * whose member fails goes to another one once; when that fails, too, the tasks that need it go on without it.
 * @returns why no more tasks were begun; undefined when all are over
 * @throws what a question rejects with; the other questions go on to their end unheard
 */
export async function* workThrough(desk: SwarmDesk, order: WorkOrder): AsyncGenerator<SwarmEvent, StopReason | undefined> {
  const { tasks, parts, lost, board } = order
  const ids = new Set(tasks.map(({ id }) => id))
  const graph = tasks.map((task) => ({ ...task, needs: task.needs.filter((need) => ids.has(need)) }))
  const begun = new Set<string>()
  const over = new Set<string>()
  const open = new Map<string, Promise<Ended>>()
  let stop: StopReason | undefined

  const begin = (task: SubTask, member: Member, isSecond: boolean): void => {
    begun.add(task.id)
    const answer = desk.work({ ...order.turnFor(task, member), key: `${order.stage}:${task.id}:${member.id}`, member })
    const ended = answer.then((answered) => ({ task, member, isSecond, answered: asWork(answered) }))
    // Whoever is not listened to any more must not end the process.
    ended.catch(() => {})
    open.set(task.id, ended)
    mark(board, task.id, 'in_progress', member)
  }

  for (;;) {
    for (const task of stop ? [] : readyTasks(graph, begun, over)) {
      // What can begin at once was looked at before the whole work was.
      stop ??= over.size === 0 ? undefined : await desk.stopsBefore(`${order.stage}:before:${task.id}`, 1)
      if (stop) break
      begin(task, pickMember(desk.members, task.by, lost), false)
    }
    yield { kind: 'list', items: [...board.values()] }
    if (open.size === 0) return stop
    const { task, member, isSecond, answered } = await Promise.race(open.values())
    open.delete(task.id)
    if (answered.isThere) {
      over.add(task.id)
      parts.set(task.id, { id: task.id, title: task.title, member, text: answered.value })
      mark(board, task.id, 'complete', member)
      yield { kind: 'turn', key: `${order.stage}:${task.id}`, member, text: `**${task.title}**\n\n${answered.value}` }
      continue
    }
    yield { kind: 'absent', key: `${order.stage}:${task.id}:${member.id}`, member, reason: answered.reason }
    if (answered.reason === 'budget') stop ??= 'budget'
    else lost.add(member.id)
    if (desk.members.length - lost.size < quorumOf(desk.members.length)) stop ??= 'absent'
    if (!stop && !isSecond) begin(task, pickMember(desk.members, member.id, lost), true)
    else {
      over.add(task.id)
      if (!parts.has(task.id)) parts.set(task.id, { id: task.id, title: task.title, member, text: undefined })
      mark(board, task.id, parts.get(task.id)?.text === undefined ? 'error' : 'complete', member)
    }
  }
}

/** Who says nothing has not done it. */
const asWork = (answered: Answered<string>): Answered<string> =>
  answered.isThere && answered.value.trim() === '' ? { isThere: false, member: answered.member, reason: 'form' } : answered

/** The wished member, else the next one that has not failed. While there is a quorum, there is one. */
function pickMember(members: readonly Member[], wishedId: string, lost: ReadonlySet<string>): Member {
  const at = Math.max(0, members.findIndex(({ id }) => id === wishedId))
  const inTurn = [...members.slice(at), ...members.slice(0, at)]
  const member = inTurn.find(({ id }) => !lost.has(id)) ?? inTurn[0]
  if (!member) throw new RangeError('Expected a swarm to have members, found none.')
  return member
}

function mark(board: Map<string, PlanItem>, id: string, status: PlanItem['status'], member: Member): void {
  const item = board.get(id)
  if (item) board.set(id, { ...item, status, who: member.name })
}
