import { serialize } from 'node:v8'
import { parentPort } from 'node:worker_threads'
import { groupRuns, type RunUnit } from '../regrouping/group-runs.ts'
import { teach, type RatedText } from './teach.ts'
import type { GroupingPart, LessonPart } from './teacher-thread.ts'

interface Gathered {
  readonly head: Extract<LessonPart, { kind: 'begin' }>['head']
  readonly rated: RatedText[]
  readonly unrated: string[]
}

const lessons = new Map<number, Gathered>()
const groupings = new Map<number, RunUnit[]>()

/** Does one piece of heavy learning after the other, beside the event loop. */
parentPort?.on('message', (part: { readonly id: number } & (LessonPart | GroupingPart)) => {
  const { id } = part
  switch (part.kind) {
    case 'begin':
      return void lessons.set(id, { head: part.head, rated: [], unrated: [] })
    case 'texts':
      lessons.get(id)?.rated.push(...part.rated)
      return void lessons.get(id)?.unrated.push(...part.unrated)
    case 'whole':
      return teachWhole(id)
    case 'units':
      return void groupings.set(id, [...(groupings.get(id) ?? []), ...part.units])
    case 'group':
      return groupWhole(id, part.limitMs)
  }
})

function teachWhole(id: number): void {
  const gathered = lessons.get(id)
  if (!gathered) return
  lessons.delete(id)
  const model = teach({ ...gathered.head, rated: gathered.rated, unrated: gathered.unrated })
  const bytes = new Uint8Array(serialize(model))
  const { space, linear, net, vectors } = model
  const arrays = [space.hashes, space.seenIn, linear.weights, linear.seen, net?.inner, net?.innerSeen, vectors?.vectors, bytes]
  const buffers = arrays.flatMap((array) => (array ? [array.buffer as ArrayBuffer] : []))
  // Large arrays are handed over, not copied.
  parentPort?.postMessage({ id, result: { model, bytes } }, [...new Set(buffers)])
}

function groupWhole(id: number, limitMs: number): void {
  const untilMs = performance.now() + limitMs
  const groups = groupRuns(groupings.get(id) ?? [], { isLate: () => performance.now() > untilMs })
  groupings.delete(id)
  parentPort?.postMessage({ id, result: groups })
}
