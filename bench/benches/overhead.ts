import { createMurmur } from '../../src/app/create-murmur.ts'
import type { Bench, Report } from '../bench.ts'
import type { RecordedCall } from '../measure/call-recorder.ts'
import { watchLoop } from '../measure/loop-watch.ts'
import { differences, measurePaired, type ArmTimes } from '../measure/paired.ts'
import { RunWaits } from '../measure/run-waits.ts'
import { estimate, quantile, type Estimate } from '../measure/statistics.ts'
import { BareModel } from '../subjects/bare-model.ts'
import { BareSlack } from '../subjects/bare-slack.ts'
import { isModelCall, modelCallsOf, requests, shapes, type Shape } from '../subjects/requests.ts'
import { createSlackMurmur } from '../subjects/slack-murmur.ts'

/** What one run costs beside what the bare clients need for the same calls, in milliseconds. */
interface Overhead {
  readonly door: 'ask()' | 'Slack'
  readonly shape: Shape
  /** Without disk waits; for Slack also without the round trips, which a bare client makes beside it. */
  readonly time: Estimate
  readonly cpu: Estimate
  readonly bareModelP50: number
  readonly bareSlackP50: number
  /** From request to end, with everything. */
  readonly wholeP50: number
  readonly wholeP99: number
  readonly diskWaitsPerRun: number
  readonly diskWaitP50: number
  readonly slackCalls: readonly string[]
  /** The longest that the main thread worked without letting anything else in. */
  readonly longestPieceMs: number
  readonly repetitions: number
}

const aimMs: Readonly<Record<Shape, number>> = { 'one agent': 0.8, 'route + specialist': 1.3 }


/** Single runs, one after the other: through `createMurmur().ask`, then through the core with Slack threads. */
export async function measureOverhead(bench: Bench): Promise<Report> {
  const found = [...(await measureDoor(bench)), ...(await measureSlack(bench))]
  return {
    title: 'Overhead of one run beside the bare clients',
    head: ['door', 'shape', 'over bare p50 [95 %]', 'p99', 'aim', 'CPU p50 [95 %]', 'bare openai', 'bare Slack', 'whole p50', 'p99', 'disk waits', 'Slack calls', 'longest piece'],
    rows: found.map((one) => [
      one.door,
      one.shape,
      withInterval(one.time),
      ms(one.time.p99),
      ms(aimMs[one.shape]),
      withInterval(one.cpu),
      ms(one.bareModelP50),
      one.door === 'Slack' ? ms(one.bareSlackP50) : '-',
      ms(one.wholeP50),
      ms(one.wholeP99),
      `${one.diskWaitsPerRun.toFixed(2)} of ${ms(one.diskWaitP50)}`,
      String(one.slackCalls.length),
      ms(one.longestPieceMs),
    ]),
    notes: [
      'Milliseconds; paired and interleaved in one process. "Over bare" leaves out disk waits and, for Slack, the round trips that a bare WebClient needs for the same calls.',
      `Slack calls: ${[...new Set(found.flatMap((one) => one.slackCalls))].join(', ') || 'none'}.`,
    ],
    data: found,
  }
}

async function measureDoor({ modelUrl, newDataDir, recorder, disk, isQuick }: Bench): Promise<Overhead[]> {
  const murmur = await createMurmur({ dataDir: newDataDir(), openAiBaseUrl: modelUrl })
  const bare = new BareModel(modelUrl)
  const ask = async (shape: Shape, repetition: number): Promise<void> => {
    const { status, tier } = await murmur.ask(requests[shape], { channelId: `channel-${repetition % 20}` })
    if (status !== 'completed' || tier !== 1) throw new Error(`A run ended as ${status}, tier ${tier}.`)
  }
  const found: Overhead[] = []
  for (const shape of shapes) {
    const calls = await recordModelCalls(shape, recorder.record(() => ask(shape, 0)))
    const waits = new RunWaits(disk)
    const size = sizeOf(isQuick)
    const loop = watchLoop()
    const arms = await measurePaired({ murmur: waits.around((repetition) => ask(shape, repetition)), model: () => callModels(bare, calls) }, size)
    const longestPieceMs = loop.stop().workMs
    found.push({ door: 'ask()', shape, ...compare(arms.murmur, arms.model, arms.model), ...waits.perRun(size.warmUp), slackCalls: [], longestPieceMs })
  }
  await murmur.close()
  return found
}

async function measureSlack({ modelUrl, slack, newDataDir, recorder, recordSlackCalls, disk, isQuick }: Bench): Promise<Overhead[]> {
  const murmur = await createSlackMurmur({ dataDir: newDataDir(), openAiBaseUrl: modelUrl, slack })
  const bare = new BareModel(modelUrl)
  // Slack lets an app post about once a second in a channel, so neighbours in time use different ones.
  const spotOf = (repetition: number) => slack.threads[repetition % slack.threads.length] ?? { channelId: '', threadId: '' }
  const found: Overhead[] = []
  for (const shape of shapes) {
    await murmur.run(requests[shape], spotOf(0))
    const slackCalls = await recordSlackCalls(() => murmur.run(requests[shape], spotOf(1)))
    const calls = await recordModelCalls(shape, recorder.record(() => murmur.run(requests[shape], spotOf(2))))
    const bareSlack = new BareSlack(slack, slackCalls)
    const both = async (repetition: number): Promise<void> => {
      const [route, answer] = calls.length === 2 ? calls : [undefined, calls[0]]
      await Promise.all([bareSlack.begin(spotOf(repetition)), route && bare.complete(route)])
      if (answer) await bare.complete(answer)
      await bareSlack.finish(spotOf(repetition))
    }
    const waits = new RunWaits(disk)
    const size = sizeOf(isQuick)
    const loop = watchLoop()
    const arms = await measurePaired(
      { murmur: waits.around((repetition) => murmur.run(requests[shape], spotOf(repetition))), model: () => callModels(bare, calls), both },
      size,
    )
    const longestPieceMs = loop.stop().workMs
    const names = slackCalls.map(({ method }) => method)
    found.push({ door: 'Slack', shape, ...compare(arms.murmur, arms.both, arms.model), ...waits.perRun(size.warmUp), slackCalls: names, longestPieceMs })
  }
  await murmur.close()
  return found
}

const sizeOf = (isQuick: boolean) => (isQuick ? { warmUp: 50, repetitions: 100 } : { warmUp: 400, repetitions: 1_000 })

/** @throws {Error} when a run of this shape makes another number of model calls */
async function recordModelCalls(shape: Shape, recording: Promise<RecordedCall[]>): Promise<RecordedCall[]> {
  const calls = (await recording).filter(isModelCall)
  if (calls.length !== modelCallsOf[shape]) throw new Error(`Expected ${modelCallsOf[shape]} model calls for "${shape}", got ${calls.length}.`)
  return calls
}

async function callModels(bare: BareModel, calls: readonly RecordedCall[]): Promise<void> {
  for (const call of calls) await bare.complete(call)
}

function compare(own: ArmTimes, same: ArmTimes, model: ArmTimes) {
  return {
    time: estimate(differences(own.times, same.times)),
    cpu: estimate(differences(own.cpu, same.cpu)),
    bareModelP50: quantile(model.times, 0.5),
    bareSlackP50: quantile(differences(same.times, model.times), 0.5),
    wholeP50: quantile(own.wallTimes, 0.5),
    wholeP99: quantile(own.wallTimes, 0.99),
    repetitions: own.times.length,
  }
}

const ms = (value: number): string => value.toFixed(2)
const withInterval = ({ p50, low, high }: Estimate): string => `${ms(p50)} [${ms(low)}, ${ms(high)}]`
