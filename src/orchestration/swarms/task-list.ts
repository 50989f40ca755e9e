import type { Member } from './topology.ts'

/** One thing to do on the list of an `auto` swarm. */
export interface ListedTask {
  /** From 1, in the order of creation; never given twice. */
  readonly number: number
  readonly title: string
  readonly what: string
  /** Numbers of earlier tasks whose results it reads; a circle is therefore impossible. */
  readonly needs: readonly number[]
  /** Id of the member that it was meant for; anybody does where that one can't. */
  readonly by: string
  readonly isFromPerson: boolean
  readonly state: 'open' | 'done' | 'failed' | 'dropped'
  /** Who did it, or tried last. */
  readonly member?: Member
  readonly result?: string
  /** Ids of members that failed at it. */
  readonly failedBy: readonly string[]
}

/** Open tasks stand in the order in which they shall be done; ended ones keep their place. */
export type TaskList = readonly ListedTask[]

export interface NewTask {
  readonly title: string
  readonly what: string
  readonly needs: readonly number[]
  readonly by: string
  readonly isFromPerson: boolean
}

export type Addition =
  | { readonly outcome: 'added'; readonly list: TaskList; readonly task: ListedTask }
  /** The list has it already, whatever became of it. */
  | { readonly outcome: 'again'; readonly list: TaskList; readonly task: ListedTask }
  | { readonly outcome: 'full' | 'empty'; readonly list: TaskList }

/** Tasks that a list may ever have, dropped ones included. */
export const maxListedTasks = 30
const maxTitleChars = 120
const maxWhatChars = 2_000

/** Puts a task at the end. Two tasks are the same when their titles have the same words, in whatever order, case and punctuation. */
export function addTask(list: TaskList, { title, what, needs, by, isFromPerson }: NewTask): Addition {
  const plain = title.replaceAll(/[*_`~]/g, ' ').replaceAll(/\s+/g, ' ').trim().slice(0, maxTitleChars).toWellFormed()
  if (plain === '') return { outcome: 'empty', list }
  const twin = list.find((task) => wordsOf(task.title) === wordsOf(plain))
  if (twin) return { outcome: 'again', list, task: twin }
  if (list.length >= maxListedTasks) return { outcome: 'full', list }
  const number = list.length + 1
  const task: ListedTask = {
    number,
    title: plain,
    what: (what.trim() || plain).slice(0, maxWhatChars).toWellFormed(),
    needs: [...new Set(needs)].filter((need) => list.some((earlier) => earlier.number === need)),
    by,
    isFromPerson,
    state: 'open',
    failedBy: [],
  }
  return { outcome: 'added', list: [...list, task], task }
}

/** Replaces what is known of one task. */
export const changeTask = (list: TaskList, number: number, change: Partial<Omit<ListedTask, 'number'>>): TaskList =>
  list.map((task) => (task.number === number ? { ...task, ...change } : task))

/** The open tasks of these numbers come before all other open ones, in this order. */
export function putFirst(list: TaskList, numbers: readonly number[]): TaskList {
  const first = [...new Set(numbers)].flatMap((number) => list.filter((task) => task.number === number && task.state === 'open'))
  const open = [...first, ...list.filter((task) => task.state === 'open' && !first.includes(task))]
  let next = 0
  return list.map((task) => (task.state === 'open' ? (open[next++] ?? task) : task))
}

/** A task and who does it now. */
export interface Assigned {
  readonly task: ListedTask
  readonly member: Member
}

/**
 * The tasks at the top that can be done side by side: what they need is over, and each has a member of its own, the one that
 * it is meant for where that one is free and has not failed at it.
 */
export function assignTop(list: TaskList, members: readonly Member[]): readonly Assigned[] {
  const isOver = (number: number): boolean => list.some((task) => task.number === number && task.state !== 'open')
  let free = members
  return list
    .filter(({ state, needs }) => state === 'open' && needs.every(isOver))
    .flatMap((task): Assigned[] => {
      const able = free.filter(({ id }) => !task.failedBy.includes(id))
      const member = able.find(({ id }) => id === task.by) ?? able[0]
      if (!member) return []
      free = free.filter(({ id }) => id !== member.id)
      return [{ task, member }]
    })
}

const wordsOf = (title: string): string => [...new Set(title.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [title])].toSorted().join(' ')
