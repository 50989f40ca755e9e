import { pino } from 'pino'
import { composeCore, type Core } from '../../src/app/compose.ts'
import { newRunId } from '../../src/storage/ids.ts'
import type { WorkspaceId } from '../../src/storage/records.ts'

/** A Murmur process that is asked, one thing after the other, to do something with agents and to say what it weighs. */

const workspaceId = 'TBENCH' as WorkspaceId
const agentsPerGoal = 10
const never = new AbortController().signal

/** What the process weighs, after a full collection. */
export interface Weight {
  readonly rssMb: number
  readonly heapMb: number
  readonly live: number
}

async function open(dataDir: string): Promise<Core> {
  return composeCore({
    dataDir,
    databaseUrl: undefined,
    chromaUrl: undefined,
    openAiApiKey: 'bench',
    openAiBaseUrl: 'http://127.0.0.1:9/v1',
    secretOf: () => undefined,
    configDir: undefined,
    concurrency: 64,
    timeZone: 'UTC',
    logger: pino({ level: 'silent' }),
    nowMs: Date.now,
    openThread: async () => Promise.reject(new Error('no run is made here')),
    tellAside: async () => {},
  })
}

const goalOf = (index: number): string => `C${Math.floor(index / agentsPerGoal)}`
const specialtyOf = ({ settings }: Core, index: number) => {
  const list = settings.base.catalogue.list()
  const specialty = list[index % agentsPerGoal]
  if (!specialty) throw new RangeError(`Expected at least ${agentsPerGoal} specialties, found ${list.length}.`)
  return specialty
}

/** Spawns agents as a run would, ten for each goal. */
async function spawn(core: Core, count: number): Promise<void> {
  for (let index = 0; index < count; index++) {
    await core.agentDesk.spawn(specialtyOf(core, index), { workspaceId, goalId: goalOf(index), focus: `matter ${index}` })
  }
}

/** Gives work to each of the first `count` agents, and keeps up to `held` of them at work. @returns times in ms */
async function use(core: Core, count: number, held: number): Promise<readonly number[]> {
  const { assigner, opener } = core.agentDesk.staff
  const parts = { tools: [], specialties: core.settings.base.catalogue.list() }
  const releases: (() => void)[] = []
  const times: number[] = []
  for (let index = 0; index < count; index++) {
    const specialty = specialtyOf(core, index)
    const startedAt = performance.now()
    const assigned = await assigner.assign({ workspaceId, goalId: goalOf(index), specialty, runId: newRunId(), signal: never })
    const lease = await opener.open(assigned.agent, { ...parts, specialty }, never)
    times.push(performance.now() - startedAt)
    releases.push(() => {
      lease.release()
      assigned.release()
    })
    if (releases.length > held) releases.shift()?.()
  }
  for (const release of releases) release()
  return times
}

function weigh(core: Core): Weight {
  for (let round = 0; round < 3; round++) globalThis.gc?.()
  const { rss, heapUsed } = process.memoryUsage()
  return { rssMb: rss / 2 ** 20, heapMb: heapUsed / 2 ** 20, live: core.agentDesk.pool.size }
}

type Question = { readonly do: 'weigh' } | { readonly do: 'spawn'; readonly count: number } | { readonly do: 'use'; readonly count: number; readonly held: number }

const core = await open(process.argv[2] ?? '')
process.on('message', (question: Question) => {
  void (async () => {
    if (question.do === 'weigh') process.send?.(weigh(core))
    else if (question.do === 'spawn') process.send?.({ done: await spawn(core, question.count) })
    else process.send?.(await use(core, question.count, question.held))
  })()
})
process.on('disconnect', () => void core.close(0).then(() => process.exit(0)))
process.send?.({ isReady: true })
