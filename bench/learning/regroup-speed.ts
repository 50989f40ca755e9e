import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { PatternBook } from '../../src/learning/patterns/pattern-book.ts'
import { titleOf } from '../../src/learning/patterns/pattern-title.ts'
import { Regrouper } from '../../src/learning/regrouping/regrouper.ts'
import { shuffled } from '../../src/learning/router/seeded-random.ts'
import { TeacherThread } from '../../src/learning/router/teacher-thread.ts'
import { WorkflowLibrary } from '../../src/learning/workflows/workflow-library.ts'
import { openDatabase, type Database } from '../../src/storage/database.ts'
import { createEventLog } from '../../src/storage/event-log.ts'
import { newEntryId, newRunId, newTaskId } from '../../src/storage/ids.ts'
import { createPatternStore } from '../../src/storage/pattern-store.ts'
import type { PatternRecord, Request, WorkspaceId } from '../../src/storage/records.ts'
import { createRegroupingStore } from '../../src/storage/regrouping-store.ts'
import { createRunStore } from '../../src/storage/run-store.ts'
import { createTrialStore } from '../../src/storage/trial-store.ts'
import { createWorkflowStore } from '../../src/storage/workflow-store.ts'
import { watchLoop } from '../measure/loop-watch.ts'
import type { Figure, MeasureOptions } from './figure.ts'
import { isOutside, readDataSet, type LabelledRequest } from './requests.ts'

const quickRuns = 1_000
const runsAtOnce = 500
const everyMs = 20
const mebibyte = 2 ** 20
const workspaceId = 'T1' as WorkspaceId
const goalId = 'C1'

/** In a process of its own: what other protocols left behind would be counted as its memory. */
export async function measureRegrouping({ data, quick }: MeasureOptions): Promise<readonly Figure[]> {
  const { stdout } = await promisify(execFile)(process.execPath, [import.meta.filename, data, quick ? 'quick' : 'full'])
  return JSON.parse(stdout) as Figure[]
}

/** G8b: a goal with 15,000 runs that were all put apart, the worst there is, in the built-in store and with the real thread. */
async function measureHere({ data, quick }: Pick<MeasureOptions, 'data' | 'quick'>): Promise<readonly Figure[]> {
  const set = readDataSet(data, 'clinc150')
  if (!set) return []
  const requests = shuffled(set.learn.filter((request) => !isOutside(request)), 1).slice(0, quick ? quickRuns : undefined)
  const dataDir = mkdtempSync(join(tmpdir(), 'murmur-regroup-'))
  const database = await openDatabase({ dataDir })
  const teacher = new TeacherThread()
  try {
    await putApart(database, requests)
    const store = { database, patterns: createPatternStore(database), workflows: createWorkflowStore(database), runs: createRunStore(database.db), events: createEventLog(database), nowMs: Date.now, onEvent: () => {} }
    const book = new PatternBook(store)
    const library = new WorkflowLibrary({ ...store, trials: createTrialStore(database.db), book })
    const fail = (error: unknown): never => {
      throw error
    }
    const regrouper = new Regrouper({ ...store, regroupings: createRegroupingStore(database), library, book, owner: 'bench', group: (units) => teacher.group(units), onError: fail })
    const before = await countPatterns(database)
    const size = process.memoryUsage().rss
    let most = size
    const sampling = setInterval(() => (most = Math.max(most, process.memoryUsage().rss)), everyMs)
    const watch = watchLoop()
    const [startedMs, cpu] = [performance.now(), process.cpuUsage()]
    regrouper.wake()
    await regrouper.settled()
    const [tookMs, { user, system }] = [performance.now() - startedMs, process.cpuUsage(cpu)]
    const stall = watch.stop()
    clearInterval(sampling)
    const { automations } = await database.db.selectFrom('workflows').select(({ fn }) => fn.countAll<number>().as('automations')).executeTakeFirstOrThrow()
    process.stderr.write(`${requests.length} runs: ${before} patterns became ${await countPatterns(database)}, ${automations} of them automations.\n`)
    const atMost = { atLeast: false } as const
    return [
      { goal: 'G8b', name: 'from due to done', value: tookMs, unit: 'ms', ...atMost, aim: 10_000, floor: 60_000 },
      { goal: 'G8b', name: 'work of all threads', value: (user + system) / 1_000, unit: 'ms', ...atMost, aim: 5_000, floor: 15_000 },
      { goal: 'G8b', name: 'memory meanwhile', value: (most - size) / mebibyte, unit: 'MiB', ...atMost, aim: 150, floor: 300 },
      { goal: 'G8b', name: 'longest piece of work on the event loop', value: stall.workMs, unit: 'ms', ...atMost, aim: 20, floor: 60 },
    ]
  } finally {
    await teacher.close()
    await database.close()
    rmSync(dataDir, { recursive: true })
  }
}

const countPatterns = async ({ db }: Database): Promise<number> => (await db.selectFrom('patterns').select(({ fn }) => fn.countAll<number>().as('count')).executeTakeFirstOrThrow()).count

/** Each request a run that went well, in a pattern of its own. */
async function putApart(database: Database, requests: readonly LabelledRequest[]): Promise<void> {
  const [patterns, runs, regroupings] = [createPatternStore(database), createRunStore(database.db), createRegroupingStore(database)]
  for (let from = 0; from < requests.length; from += runsAtOnce) {
    await database.db.transaction().execute(async (trx) => {
      for (const [at, { text, domain }] of requests.slice(from, from + runsAtOnce).entries()) {
        const runId = newRunId()
        const request: Request = { workspaceId, surface: 'mention', channelId: goalId, userId: 'U1', threadId: '1.1', text, files: [], mentionable: [], isReply: false }
        const pattern: PatternRecord = { patternId: newEntryId(), workspaceId, goalId, title: titleOf(text), state: 'learning', examples: [{ runId, text }], outcomes: [{ runId, isSuccess: true, specialtyId: domain }], workflowId: undefined, runs: 1, createdAtMs: from + at, lastSeenAtMs: from + at }
        await patterns.insert(trx, pattern)
        await runs.insertOnce(trx, { runId, taskId: newTaskId(), request, priority: 'medium', lane: runId, maxAttempts: 1, nowMs: from + at }, [])
        await runs.setPattern(trx, runId, pattern.patternId)
        await regroupings.count(trx, { workspaceId, goalId }, 1, Date.now())
      }
    })
  }
}

if (process.argv[1] === import.meta.filename) {
  const [data = '', extent] = process.argv.slice(2)
  process.stdout.write(JSON.stringify(await measureHere({ data, quick: extent === 'quick' })))
}
