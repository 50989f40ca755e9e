import { describe, expect, test } from '@jest/globals'
import { changeList } from '../../../src/orchestration/swarms/change-list.ts'
import { addTask, assignTop, changeTask, maxListedTasks, type NewTask, type TaskList } from '../../../src/orchestration/swarms/task-list.ts'
import { aMember } from '../../fakes/scripted-desk.ts'
import { pickNumber, seededRandom } from '../../fakes/seeded-random.ts'

const wish = (title: string, over: Partial<NewTask> = {}): NewTask => ({ title, what: `Do ${title}.`, needs: [], by: 'm1', isFromPerson: false, ...over })
const listOf = (...titles: readonly string[]): TaskList => titles.reduce<TaskList>((list, title) => addTask(list, wish(title)).list, [])
const members = ['m1', 'm2', 'm3'].map((id) => aMember(id))
const numbersOf = (list: TaskList): number[] => list.map(({ number }) => number)

describe('adding', () => {
  test('a task with the same words as one on the list changes nothing, whatever became of that', () => {
    const list = changeTask(listOf('Compare the prices'), 1, { state: 'done' })
    expect(addTask(list, wish('the PRICES: compare!'))).toMatchObject({ outcome: 'again', list, task: { number: 1 } })
  })

  test('a list that is full takes none more', () => {
    const list = listOf(...Array.from({ length: 50 }, (_, at) => `Task ${at}`))
    expect(list).toHaveLength(maxListedTasks)
    expect(addTask(list, wish('Another')).outcome).toBe('full')
  })

  test('a task needs earlier ones only', () => {
    expect(addTask(listOf('a', 'b'), wish('c', { needs: [1, 1, 3, 9, 2] })).list.at(-1)?.needs).toEqual([1, 2])
  })

  test('a title without words is none', () => {
    expect(addTask([], wish(' ** ')).outcome).toBe('empty')
  })
})

describe('the tasks at the top', () => {
  test('are those whose needs are over, each for a member of its own', () => {
    const list = addTask(listOf('a', 'b'), wish('c', { needs: [1] })).list
    expect(assignTop(list, members).map(({ task, member }) => [task.number, member.id])).toEqual([[1, 'm1'], [2, 'm2']])
    expect(assignTop(changeTask(list, 1, { state: 'failed' }), members).map(({ task }) => task.number)).toEqual([2, 3])
  })

  test('never go to who failed at them', () => {
    const list = changeTask(listOf('a'), 1, { failedBy: ['m1', 'm2'] })
    expect(assignTop(list, members).map(({ member }) => member.id)).toEqual(['m3'])
    expect(assignTop(list, members.slice(0, 2))).toEqual([])
  })
})

describe('a change', () => {
  test('drops, adds, then puts in order, and tells each', () => {
    const { list, told } = changeList(listOf('a', 'b', 'c'), { drop: [2], add: [wish('d')], first: [4, 3] })
    expect(list.filter(({ state }) => state === 'open').map(({ number }) => number)).toEqual([4, 3, 1])
    expect(told).toEqual(['Dropped 2. b', 'Added 4. d', 'First now: 4, 3'])
  })

  test('that cannot be made is told to people only', () => {
    const wished = { drop: [9], add: [wish('A!')], first: [8] }
    expect(changeList(listOf('a'), wished).told).toEqual([])
    expect(changeList(listOf('a'), { ...wished, tellsAll: true }).told).toEqual(['There is no open task 9 to drop.', 'Already on the list: 1. a (open)', 'There is no open task 8 to put first.'])
  })

  test('finds what a new task needs also where another one was folded', () => {
    const { list } = changeList(listOf('a'), { drop: [], add: [wish('A'), wish('b'), wish('c', { needs: [2, 3] })], first: [] })
    expect(list.find(({ title }) => title === 'c')?.needs).toEqual([1, 2])
  })
})

test('whatever is wished, numbers stay as they are, needs point back, and the list stays bounded', () => {
  const random = seededRandom(11)
  const number = (): number => pickNumber(random, 40) - 2
  for (let round = 0; round < 200; round++) {
    let list: TaskList = []
    for (let step = 0; step < 10; step++) {
      const numbers = () => Array.from({ length: pickNumber(random, 4) }, number)
      const add = Array.from({ length: pickNumber(random, 5) }, () => wish(`Word${pickNumber(random, 60)}`, { needs: numbers() }))
      list = changeList(list, { drop: numbers(), add, first: numbers() }).list
      for (const { task, member } of assignTop(list, members)) list = changeTask(list, task.number, pickNumber(random, 3) === 0 ? { failedBy: [member.id] } : { state: 'done', result: 'r' })
    }
    expect(numbersOf(list).toSorted((a, b) => a - b)).toEqual(Array.from({ length: list.length }, (_, at) => at + 1))
    expect(list.length).toBeLessThanOrEqual(maxListedTasks)
    expect(list.every((task) => task.needs.every((need) => need < task.number))).toBe(true)
  }
})
