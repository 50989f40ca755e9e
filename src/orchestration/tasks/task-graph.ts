import { z } from 'zod'

/** A sub-task as a model states it. */
export const subTaskSchema = z.strictObject({
  id: z.string().describe('Short and once in the plan, such as t1'),
  title: z.string().describe('At most 8 words'),
  what: z.string().describe('What has to come out, so that somebody who knows nothing of the other tasks can do it'),
  needs: z.array(z.string()).describe('Ids of the tasks whose results it has to read first; empty when it can begin at once'),
  by: z.string().describe('Id of the member whose strengths fit it best'),
})
export type StatedTask = z.infer<typeof subTaskSchema>

/** A sub-task of a checked graph. */
export interface SubTask {
  /** `t1`, `t2`, in the order of the plan. */
  readonly id: string
  readonly title: string
  readonly what: string
  /** Ids of tasks of the graph, each once. */
  readonly needs: readonly string[]
  /** Id of the member who does it. */
  readonly by: string
}

/** Tasks without a cycle, in the order in which they were stated. */
export type TaskGraph = readonly SubTask[]

export interface GraphBounds {
  readonly maxTasks: number
  /** Most tasks in a row, 1 or more. */
  readonly maxDepth: number
  /** Ids of those who can do tasks, at least one. */
  readonly workers: readonly string[]
}

const maxTitleChars = 80
const maxWhatChars = 2_000

/**
 * Makes a graph that can be worked off out of what a model stated. Rules, in this order:
 * a task without words is dropped; one that says the same as an earlier one is folded into it; an id that is taken gives way
 * to the earlier task, needs mean that one; tasks beyond the bound are dropped, the last ones first; needs that name nothing or the task
 * itself are dropped; a need that would close a circle, or make a row longer than the bound, is dropped; a worker that
 * nobody is becomes the one with the fewest tasks.
 * @returns undefined when no task is left
 */
export function mendGraph(stated: readonly StatedTask[], { maxTasks, maxDepth, workers }: GraphBounds): TaskGraph | undefined {
  const { kept, idOf } = foldTasks(stated, maxTasks)
  const needs = new Map<string, readonly string[]>(kept.map(({ id }) => [id, []]))
  const needed = kept.flatMap(({ id, task }) => task.needs.map((need) => ({ id, need: idOf.get(need.trim()) })))
  for (const { id, need } of needed) {
    const own = needs.get(id) ?? []
    if (need === undefined || need === id || own.includes(need) || reaches(needs, need, id)) continue
    const widened = new Map(needs).set(id, [...own, need])
    if (depthOf(widened) <= maxDepth) needs.set(id, [...own, need])
  }
  const load = new Map(workers.map((worker) => [worker, 0]))
  const graph = kept.map(({ id, task }): SubTask => {
    const by = load.has(task.by) ? task.by : leastLoaded(load)
    load.set(by, (load.get(by) ?? 0) + 1)
    const title = plain(task.title) || plain(task.what) || id
    return { id, title: title.slice(0, maxTitleChars).toWellFormed(), what: (task.what.trim() || title).slice(0, maxWhatChars).toWellFormed(), needs: needs.get(id) ?? [], by }
  })
  return graph.length > 0 ? graph : undefined
}

/** Tasks that can begin: not begun yet, and all that they need is over. */
export const readyTasks = (graph: TaskGraph, begun: ReadonlySet<string>, over: ReadonlySet<string>): readonly SubTask[] =>
  graph.filter(({ id, needs }) => !begun.has(id) && needs.every((need) => over.has(need)))

/** The tasks by how many others stand before them: what is in one level can be done at the same time. */
export function levelsOf(graph: TaskGraph): readonly (readonly SubTask[])[] {
  const depths = depthsOf(new Map(graph.map(({ id, needs }) => [id, needs])))
  const levels: SubTask[][] = []
  for (const task of graph) (levels[(depths.get(task.id) ?? 1) - 1] ??= []).push(task)
  return levels
}

/** The longest row of tasks that wait for each other; of several the one that comes first in the plan. */
export function criticalPath(graph: TaskGraph): readonly SubTask[] {
  const depths = depthsOf(new Map(graph.map(({ id, needs }) => [id, needs])))
  const deepest = (among: readonly SubTask[]): SubTask | undefined =>
    among.reduce<SubTask | undefined>((best, task) => (best && (depths.get(best.id) ?? 0) >= (depths.get(task.id) ?? 0) ? best : task), undefined)
  const path: SubTask[] = []
  for (let task = deepest(graph); task; task = deepest(graph.filter(({ id }) => path[0]?.needs.includes(id)))) path.unshift(task)
  return path
}

interface KeptTask {
  readonly id: string
  readonly task: StatedTask
}

function foldTasks(stated: readonly StatedTask[], maxTasks: number): { readonly kept: readonly KeptTask[]; readonly idOf: ReadonlyMap<string, string> } {
  const kept: KeptTask[] = []
  const idOf = new Map<string, string>()
  const idBySaying = new Map<string, string>()
  for (const task of stated) {
    const saying = `${oneLine(task.title)}\n${oneLine(task.what)}`.toLowerCase()
    if (saying.trim() === '') continue
    let id = idBySaying.get(saying)
    if (id === undefined) {
      if (kept.length >= maxTasks) continue
      id = `t${kept.length + 1}`
      kept.push({ id, task })
      idBySaying.set(saying, id)
    }
    if (!idOf.has(task.id.trim())) idOf.set(task.id.trim(), id)
  }
  return { kept, idOf }
}

type Needs = ReadonlyMap<string, readonly string[]>

/** True when `from` needs `to`, directly or through others. */
function reaches(needs: Needs, from: string, to: string): boolean {
  return from === to || (needs.get(from) ?? []).some((need) => reaches(needs, need, to))
}

const depthOf = (needs: Needs): number => Math.max(0, ...depthsOf(needs).values())

/** How many tasks stand in the longest row that ends with each; there is no circle. */
function depthsOf(needs: Needs): ReadonlyMap<string, number> {
  const depths = new Map<string, number>()
  const measure = (id: string): number => {
    const known = depths.get(id)
    if (known !== undefined) return known
    const depth = 1 + Math.max(0, ...(needs.get(id) ?? []).map(measure))
    depths.set(id, depth)
    return depth
  }
  for (const id of needs.keys()) measure(id)
  return depths
}

const leastLoaded = (load: ReadonlyMap<string, number>): string => [...load].reduce((least, worker) => (worker[1] < least[1] ? worker : least))[0]

/** Titles stand between marks of Markdown. */
const plain = (text: string): string => oneLine(text.replaceAll(/[*_`~]/g, ' '))

const oneLine = (text: string): string => text.replaceAll(/\s+/g, ' ').trim()
