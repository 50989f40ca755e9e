import type { Bench, Report } from '../bench.ts'
import type { Weight } from '../programs/run-many.ts'
import { startChild } from '../start-child.ts'

/** What a process weighs after so many runs, Slack threads included. */
export async function measureMemory({ modelUrl, slack, newDataDir, isQuick }: Bench): Promise<Report> {
  const steps = isQuick ? [100, 500] : [1_000, 5_000]
  const child = await startChild<Weight>('programs/run-many.ts', [JSON.stringify({ dataDir: newDataDir(), openAiBaseUrl: modelUrl, slack })], ['--expose-gc'])
  const weights: Weight[] = [child.facts]
  let done = 0
  for (const total of steps) {
    weights.push(await child.ask<Weight>({ runs: total - done }))
    done = total
  }
  await child.stop()
  const [, first, last] = weights
  const slopeKb = first && last ? ((last.heapMb - first.heapMb) * 1_024) / (last.runs - first.runs) : Number.NaN
  return {
    title: 'Memory of a process that answers in Slack',
    head: ['after', '', 'RSS MB', 'heap MB', 'outside heap MB'],
    rows: weights.map(({ runs, rssMb, heapMb, externalMb }) => [runs === 0 ? 'start' : `${runs} runs`, '', rssMb.toFixed(0), heapMb.toFixed(1), externalMb.toFixed(1)]),
    notes: [`After a full collection. Between the last two the heap grows by ${slopeKb.toFixed(2)} KB a run; a leak would show as some.`],
    data: { weights, slopeKbPerRun: slopeKb },
  }
}
