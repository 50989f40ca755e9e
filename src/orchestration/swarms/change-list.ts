import { addTask, changeTask, maxListedTasks, putFirst, type NewTask, type TaskList } from './task-list.ts'

export interface WishedChange {
  readonly add: readonly NewTask[]
  readonly drop: readonly number[]
  readonly first: readonly number[]
  /** True: what could not be done is told, too. */
  readonly tellsAll?: boolean
}

export interface ListChange {
  readonly list: TaskList
  /** A line for each thing that changed. */
  readonly told: readonly string[]
}

/** Changes the list as somebody wishes: what is dropped first, then what is new, then the order. */
export function changeList(list: TaskList, { add, drop, first, tellsAll = false }: WishedChange): ListChange {
  const told: string[] = []
  const refuse = (line: string): void => {
    if (tellsAll) told.push(line)
  }
  let changed = list
  const openTask = (number: number) => changed.find((task) => task.number === number && task.state === 'open')
  for (const number of new Set(drop)) {
    const task = openTask(number)
    if (task) {
      changed = changeTask(changed, number, { state: 'dropped' })
      told.push(`Dropped ${number}. ${task.title}`)
    } else refuse(`There is no open task ${number} to drop.`)
  }
  // Who states several tasks numbers them on in its own order; one that is folded into another shifts those after it.
  const numberOf = new Map<number, number>()
  for (const [at, wished] of add.entries()) {
    const addition = addTask(changed, { ...wished, needs: wished.needs.map((need) => numberOf.get(need) ?? need) })
    changed = addition.list
    if ('task' in addition) numberOf.set(list.length + 1 + at, addition.task.number)
    if (addition.outcome === 'added') told.push(`Added ${addition.task.number}. ${addition.task.title}`)
    else if (addition.outcome === 'again') refuse(`Already on the list: ${addition.task.number}. ${addition.task.title} (${addition.task.state})`)
    else if (addition.outcome === 'full') refuse(`The list is full: it takes ${maxListedTasks} tasks.`)
  }
  const moved = [...new Set(first)].filter((number) => openTask(number))
  for (const number of new Set(first)) if (!moved.includes(number)) refuse(`There is no open task ${number} to put first.`)
  const ordered = putFirst(changed, moved)
  if (moved.length > 0 && (tellsAll || ordered.some((task, at) => task !== changed[at]))) told.push(`First now: ${moved.join(', ')}`)
  return { list: ordered, told }
}
