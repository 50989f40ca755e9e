import { describe, expect, test } from '@jest/globals'
import { criticalPath, levelsOf, mendGraph, readyTasks, type StatedTask, type TaskGraph } from '../../../src/orchestration/tasks/task-graph.ts'
import { pickNumber, seededRandom } from '../../fakes/seeded-random.ts'

const bounds = { maxTasks: 8, maxDepth: 4, workers: ['m1', 'm2', 'm3'] }
const task = (id: string, needs: readonly string[] = [], over: Partial<StatedTask> = {}): StatedTask => ({ id, title: `Title of ${id}`, what: `Do ${id}.`, needs: [...needs], by: 'm1', ...over })
const needsIn = (graph: TaskGraph | undefined) => Object.fromEntries((graph ?? []).map(({ id, needs }) => [id, needs]))

describe('a stated plan', () => {
  test('that is sound stays as it is', () => {
    const stated = [task('t1'), task('t2', [], { by: 'm2' }), task('t3', ['t1', 't2'], { by: 'm3' })]
    expect(mendGraph(stated, bounds)).toEqual(stated)
  })

  test('without a task that says something is none', () => {
    expect(mendGraph([], bounds)).toBeUndefined()
    expect(mendGraph([task('t1', [], { title: ' ', what: '\n' })], bounds)).toBeUndefined()
  })

  test('loses needs of itself and of what nobody stated, and keeps one of two equal ones', () => {
    expect(needsIn(mendGraph([task('a', ['a', 'z', '']), task('b', ['a', 'a'])], bounds))).toEqual({ t1: [], t2: ['t1'] })
  })

  test('loses the need that closes a circle', () => {
    expect(needsIn(mendGraph([task('a', ['c']), task('b', ['a']), task('c', ['b'])], bounds))).toEqual({ t1: ['t3'], t2: ['t1'], t3: [] })
  })

  test('has a task that is stated twice once, and who needs either needs that one', () => {
    const graph = mendGraph([task('a'), task('b', [], { title: 'title of  A', what: 'do a.' }), task('c', ['a', 'b'])], bounds)
    expect(needsIn(graph)).toEqual({ t1: [], t2: ['t1'] })
  })

  test('gives an id that is taken to the first, and the other task one of its own', () => {
    const graph = mendGraph([task('a'), task('a', [], { title: 'Another' }), task('b', ['a'])], bounds)
    expect(needsIn(graph)).toEqual({ t1: [], t2: [], t3: ['t1'] })
  })

  test('loses what is above the bound of tasks, and what makes a row too long', () => {
    const chain = Array.from({ length: 12 }, (_, at) => task(`x${at}`, at === 0 ? [] : [`x${at - 1}`]))
    const graph = mendGraph(chain, bounds) ?? []
    expect(graph).toHaveLength(8)
    expect(levelsOf(graph)).toHaveLength(4)
  })

  test('gives a task of nobody to the one with the fewest', () => {
    expect(mendGraph([task('a'), task('b', [], { by: 'boss' }), task('c', [], { by: '' })], bounds)?.map(({ by }) => by)).toEqual(['m1', 'm2', 'm3'])
  })

  test('is cut in title and text, never inside a character', () => {
    const [long] = mendGraph([task('a', [], { title: '🦉'.repeat(500), what: 'x'.repeat(9_000) })], bounds) ?? []
    expect([long?.title.length, long?.what.length, long?.title.isWellFormed()]).toEqual([80, 2_000, true])
  })
})

test('the critical path is the longest row, and levels are what can be done at the same time', () => {
  const graph = mendGraph([task('a'), task('b'), task('c', ['b']), task('d', ['c', 'a'])], bounds) ?? []
  expect(criticalPath(graph).map(({ id }) => id)).toEqual(['t2', 't3', 't4'])
  expect(levelsOf(graph).map((level) => level.map(({ id }) => id))).toEqual([['t1', 't2'], ['t3'], ['t4']])
  expect(criticalPath([])).toEqual([])
})

describe('whatever a model states', () => {
  const random = seededRandom(20261128)
  const ids = ['a', 'b', 'c', 'd', 'e', 'f', 't1', '', ' a ', '__proto__']
  const pick = (): string => ids[pickNumber(random, ids.length)] ?? ''
  const anyPlan = (): StatedTask[] =>
    Array.from({ length: pickNumber(random, 14) }, (_, at) => ({
      id: pick(),
      title: pickNumber(random, 8) === 0 ? '' : `Title ${pickNumber(random, 6)}`,
      what: pickNumber(random, 8) === 0 ? '' : `What ${at % 5}`,
      needs: Array.from({ length: pickNumber(random, 5) }, pick),
      by: ['m1', 'm2', 'm3', 'm9', ''][pickNumber(random, 5)] ?? '',
    }))

  test('the graph keeps its bounds, can be worked off to its end, and mending it again changes nothing', () => {
    for (let round = 0; round < 500; round++) {
      const stated = anyPlan()
      const graph = mendGraph(stated, bounds) ?? []
      expect(graph.length === 0).toBe(stated.every(({ title, what }) => `${title}${what}`.trim() === ''))
      const known = new Set(graph.map(({ id }) => id))
      expect(known.size).toBe(graph.length)
      expect(graph.length).toBeLessThanOrEqual(bounds.maxTasks)
      expect(graph.every(({ needs, by }) => bounds.workers.includes(by) && needs.every((need) => known.has(need)))).toBe(true)
      expect(graph.every(({ id, needs }) => !needs.includes(id) && new Set(needs).size === needs.length)).toBe(true)
      expect(criticalPath(graph)).toHaveLength(levelsOf(graph).length)
      expect(levelsOf(graph).length).toBeLessThanOrEqual(bounds.maxDepth)
      expect(levelsOf(graph).flat()).toHaveLength(graph.length)
      const over = new Set<string>()
      for (let wave = readyTasks(graph, over, over); wave.length > 0; wave = readyTasks(graph, over, over)) for (const { id } of wave) over.add(id)
      expect(over).toEqual(known)
      expect(mendGraph(graph.map((each) => ({ ...each, needs: [...each.needs] })), bounds) ?? []).toEqual(graph)
    }
  })
})
