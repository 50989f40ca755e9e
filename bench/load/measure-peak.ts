import type { Report } from '../bench.ts'
import { diceFor } from '../swarms/dice.ts'
import type { Load } from './load.ts'
import { simulatePeak, type PeakResult } from './simulate-peak.ts'

/** Not measured anywhere: what we take a workspace to ask for. Three times as much is what a third as many workspaces ask for. */
const runsPerWorkspaceAndDay = 40
/** Share of a day's requests in its busiest hour. */
const peakShare = 0.2
/** CPU of a worker for a run, as the part `set` measures it where every process has a core; see docs/capacity.md. */
const cpuMs = 20
const slots = 64
const model = { modelMs: 3_000, modelSpread: 2 }
/** A person takes a second for nothing special. */
const bearableMs = 1_000
const mostWorkers = 64

/** How many workers it takes so that one run in a hundred waits more than a second in the busiest hour, by simulation. */
export async function measurePeak({ isQuick }: Load): Promise<readonly Report[]> {
  const rows = [100, 1_000, 10_000].map((workspaces) => {
    const runsPerSecond = (workspaces * runsPerWorkspaceAndDay * peakShare) / 3_600
    const { workers, result } = fewestWorkers(runsPerSecond, isQuick ? 300 : 3_600)
    return { workspaces, runsPerSecond, workers, ...result }
  })
  return [
    {
      title: 'Workers for the busiest hour, simulated',
      head: ['workspaces', '', 'runs/s', 'workers', 'wait p50 ms', 'p99', 'lost p99', 'CPU busy'],
      rows: rows.map((row) => [
        row.workspaces.toLocaleString('en-US'),
        '',
        row.runsPerSecond.toFixed(1),
        String(row.workers),
        ...[row.waitP50Ms, row.waitP99Ms, row.lostP99Ms].map((ms) => ms.toFixed(0)),
        `${(row.busy * 100).toFixed(0)} %`,
      ]),
      notes: [
        `Taken: ${runsPerWorkspaceAndDay} requests a workspace and day, ${peakShare * 100} % of them in one hour, ${cpuMs} ms of a worker's core a run, a model that takes ${model.modelMs / 1_000} s (lognormal, a factor of ${model.modelSpread}), ${slots} runs at once a worker.`,
        '"Lost" is what places and cores add to a run beside model and work.',
      ],
      data: rows,
    },
  ]
}

function fewestWorkers(runsPerSecond: number, seconds: number): { workers: number; result: PeakResult } {
  for (let workers = 1; ; workers++) {
    const result = simulatePeak({ runsPerSecond, workers, slots, cpuMs, ...model, seconds, dice: diceFor(1, `${runsPerSecond} ${workers}`) })
    if (result.lostP99Ms <= bearableMs || workers >= mostWorkers) return { workers, result }
  }
}
