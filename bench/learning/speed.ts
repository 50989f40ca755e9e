import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { deserialize, setFlagsFromString } from 'node:v8'
import { promisify } from 'node:util'
import { runInNewContext } from 'node:vm'
import { lessonsATurn, type FormerModel, type LearnedRouter } from '../../src/learning/router/learned-router.ts'
import { RouteModel, type StoredModel } from '../../src/learning/router/route-model.ts'
import { seededRandom, shuffled } from '../../src/learning/router/seeded-random.ts'
import { TeacherThread } from '../../src/learning/router/teacher-thread.ts'
import { openDatabase } from '../../src/storage/database.ts'
import type { WorkspaceId } from '../../src/storage/records.ts'
import { createRouteLessonStore } from '../../src/storage/route-lesson-store.ts'
import { type Stall, watchLoop } from '../measure/loop-watch.ts'
import { quantile } from '../measure/statistics.ts'
import type { Figure, MeasureOptions } from './figure.ts'
import { readDomainRequests } from './course.ts'
import { openRouter } from './open-router.ts'
import type { LabelledRequest } from './requests.ts'
import { domainsOf, type Specialists } from './specialists.ts'
import { raterId } from './stream.ts'

const quickRuns = 1_000
const timed = 2_000
/** Of a route the quickest of so many counts: on a busy machine the others measure other programs. Of a feedback the quicker of the two times that it is learnt, before and after a restart. */
const repetitions = 5
const mebibyte = 2 ** 20
const workspaceId = 'TBENCH' as WorkspaceId

/** In a process of its own: what other protocols left behind would be counted as the router's. */
export async function measureSpeed({ data, quick }: MeasureOptions): Promise<readonly Figure[]> {
  const { stdout } = await promisify(execFile)(process.execPath, [import.meta.filename, data, quick ? 'quick' : 'full'])
  return JSON.parse(stdout) as Figure[]
}

/** Floors leave room for a busy machine. G8: what a router with 15,000 rated runs costs, its models taught by the real thread beside the event loop. */
async function measureHere({ data, quick }: Pick<MeasureOptions, 'data' | 'quick'>): Promise<readonly Figure[]> {
  const requests = readDomainRequests(data)
  const specialists = domainsOf(data, 1)
  if (!requests || !specialists) return []
  const learn = shuffled(requests.learn, 1).slice(0, quick ? quickRuns : undefined)
  const teacher = new TeacherThread()
  try {
    const freeMemory = heldBytes()
    let kept: { readonly bytes: Uint8Array; readonly upTo: number } | undefined
    const watch = watchLoop()
    const router = await openRouter(specialists, { teacher, onTaught: (bytes, upTo) => (kept = { bytes, upTo }) })
    const feedbacks = await tellAll(router, specialists, learn)
    await router.settled()
    const stall = watch.stop()
    const random = seededRandom(8)
    const asked = Array.from({ length: timed }, () => learn[Math.floor(random() * learn.length)]?.text as string)
    const routes = asked.map((text) => Math.min(...Array.from({ length: repetitions }, () => timeOf(() => router.route(text)))))
    const memory = heldBytes() - freeMemory - (kept?.bytes.byteLength ?? 0)
    const before = process.threadCpuUsage()
    const former: FormerModel = { model: kept && (deserialize(kept.bytes) as StoredModel), upTo: kept?.upTo ?? 0 }
    const again = await openRouter(specialists, { teacher }, former)
    const repeated = await tellAll(again, specialists, learn)
    const { user, system } = process.threadCpuUsage(before)
    const restartMs = (user + system) / 1_000
    await again.settled()
    const stored = kept && (await keepAndRead(kept.bytes))
    const atMost = { atLeast: false } as const
    return [
      { goal: 'G8', name: 'a route, p99', value: quantile(routes, 0.99), unit: 'ms', ...atMost, aim: 0.5, floor: 1.5, best: 0.14 },
      { goal: 'G8', name: 'a feedback, p99', value: quantile(feedbacks.map((ms, at) => Math.min(ms, repeated[at] as number)).slice(-Math.max(1, learn.length - Math.ceil(former.upTo / 2))), 0.99), unit: 'ms', ...atMost, aim: 2, floor: 15, best: 1.6 },
      { goal: 'G8', name: 'memory', value: memory / mebibyte, unit: 'MiB', ...atMost, aim: 40, floor: 45, best: 38 },
      { goal: 'G8', name: 'restart', value: restartMs, unit: 'ms', ...atMost, aim: 1_000, floor: 1_500 },
      { goal: 'G8', name: 'longest piece of work on the event loop', value: stall.workMs, unit: 'ms', ...atMost, aim: 20, floor: 60 },
      ...(stored ? [{ goal: 'G8', name: 'longest piece in keeping a model in the store, reading and building it', value: stored.workMs, unit: 'ms', ...atMost, aim: 20, floor: 40 } as const] : []),
    ]
  } finally {
    await teacher.close()
  }
}

/** As a process does it that has taught a model, and one that begins. */
async function keepAndRead(bytes: Uint8Array): Promise<Stall> {
  const dataDir = mkdtempSync(join(tmpdir(), 'murmur-speed-'))
  const database = await openDatabase({ dataDir })
  try {
    const lessons = createRouteLessonStore(database)
    const watch = watchLoop()
    await lessons.keepModel(workspaceId, 'v1', { basis: '', upTo: 1, bytes })
    const read = await lessons.readModel(workspaceId)
    await nextTurn()
    const model = deserialize(read?.bytes ?? bytes) as StoredModel
    await nextTurn()
    new RouteModel(model)
    return watch.stop()
  } finally {
    await database.close()
    rmSync(dataDir, { recursive: true, force: true })
  }
}

/** @returns how long each feedback took, in ms */
async function tellAll(router: LearnedRouter, specialists: Specialists, requests: readonly LabelledRequest[]): Promise<number[]> {
  const times: number[] = []
  for (const [at, request] of requests.entries()) {
    const rightId = specialists.idOf(request)
    router.noteRun({ runId: `run-${at}`, text: request.text, specialtyId: rightId }, 2 * at + 1)
    times.push(timeOf(() => router.feedback(`run-${at}`, { shouldHaveBeen: rightId }, raterId, 2 * at + 2)))
    if (at % lessonsATurn === lessonsATurn - 1) await nextTurn()
  }
  return times
}

function timeOf(work: () => unknown): number {
  const startedMs = performance.now()
  work()
  return performance.now() - startedMs
}

/** What this thread's objects and arrays hold after garbage was collected. */
function heldBytes(): number {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  collect()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

if (process.argv[1] === import.meta.filename) {
  const [data = '', extent] = process.argv.slice(2)
  process.stdout.write(JSON.stringify(await measureHere({ data, quick: extent === 'quick' })))
}
