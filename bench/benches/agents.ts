import type { Bench, Report } from '../bench.ts'
import { estimate } from '../measure/statistics.ts'
import type { Weight } from '../programs/agent-process.ts'
import { startChild } from '../start-child.ts'

/** Registered agents may add this much to a process that has just begun; 10,000 of them. */
const aimMb = 10
const program = 'programs/agent-process.ts'
const execArgv = ['--expose-gc']

/** What registered and living agents weigh, and how long it takes to give a run its agent. */
export async function measureAgents(bench: Bench): Promise<Report> {
  const registered = bench.isQuick ? 1_000 : 10_000
  const bare = await startChild(program, [bench.newDataDir()], execArgv)
  const empty = await bare.ask<Weight>({ do: 'weigh' })
  await bare.stop()

  const dataDir = bench.newDataDir()
  const maker = await startChild(program, [dataDir], execArgv)
  await maker.ask({ do: 'spawn', count: registered })
  const afterSpawn = await maker.ask<Weight>({ do: 'weigh' })
  await maker.stop()

  const user = await startChild(program, [dataDir], execArgv)
  const opened = await user.ask<Weight>({ do: 'weigh' })
  await user.ask({ do: 'use', count: 50, held: 50 })
  const live = await user.ask<Weight>({ do: 'weigh' })
  const first = await user.ask<readonly number[]>({ do: 'use', count: registered, held: 0 })
  const afterAll = await user.ask<Weight>({ do: 'weigh' })
  const warm: number[] = []
  for (let round = 0; round < (bench.isQuick ? 20 : 200); round++) warm.push(...(await user.ask<readonly number[]>({ do: 'use', count: 40, held: 0 })))
  await user.stop()

  const row = (name: string, { rssMb, heapMb, live: alive }: Weight): string[] => [name, mb(rssMb), mb(rssMb - empty.rssMb), mb(heapMb), String(alive)]
  const [cold, hot] = [estimate(first), estimate(warm)]
  return {
    title: `Memory and assignment with ${registered.toLocaleString('en-US')} registered agents`,
    head: ['process', 'RSS MB', 'over the start', 'heap MB', 'live'],
    rows: [
      row('just begun, no agents', empty),
      row('just begun, all registered', opened),
      row('50 of them live', live),
      row('after each had work once', afterAll),
      row('the one that spawned them all', afterSpawn),
    ],
    notes: [
      `Aim: at most ${aimMb} MB over the start for 10,000 registered agents; at most 50 live. Measured elsewhere with instances: OpenAI Agents SDK +11 MB, LangChain +147 MB, supervisor +533 MB.`,
      `The aim is held against "just begun, all registered". A process that spawned or used them all itself weighs more: its heap after a collection grew by ${mb(afterSpawn.heapMb - empty.heapMb)} and ${mb(afterAll.heapMb - empty.heapMb)} MB, the rest is memory that work leaves behind, most of it V8's young generation (start with --max-semi-space-size=2 to compare).`,
      `Assigning an agent and opening its instance: ${hot.p50.toFixed(4)} ms p50, ${hot.p99.toFixed(3)} ms p99 where it is in the pool; ${cold.p50.toFixed(3)} ms p50 where goal and configuration are read first. Aim: below 0.1 ms.`,
    ],
    data: { registered, empty, opened, live, afterAll, afterSpawn, warmMs: hot, coldMs: cold },
  }
}

const mb = (value: number): string => value.toFixed(1)
