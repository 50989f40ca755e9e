import { createMurmur, type Murmur } from '../../src/app/create-murmur.ts'
import type { Bench, Report } from '../bench.ts'
import type { RecordedCall } from '../measure/call-recorder.ts'
import { differences, measurePaired } from '../measure/paired.ts'
import { RunWaits } from '../measure/run-waits.ts'
import { estimate, quantile, type Estimate } from '../measure/statistics.ts'
import { BareModel } from '../subjects/bare-model.ts'
import { isModelCall } from '../subjects/requests.ts'

interface SwarmOverhead {
  /** Without disk waits. */
  readonly time: Estimate
  readonly cpu: Estimate
  readonly bareP50: number
  readonly wholeP50: number
  readonly wholeP99: number
  readonly diskWaitsPerRun: number
}

interface BigSwarm {
  readonly calls: number
  readonly seconds: number
  readonly rssBeforeMb: number
  readonly rssMostMb: number
}

const aimMs = 3.1
const members = 3
const rounds = 2
const objective = 'Shall we rewrite the billing service in Rust?'

/** A debate of 3 agents over 2 rounds with a judge beside the bare client's same 7 calls; and one of 40 over 10. */
export async function measureSwarm(bench: Bench): Promise<Report> {
  const murmur = await createMurmur({ dataDir: bench.newDataDir(), openAiBaseUrl: bench.modelUrl })
  try {
    const small = await measureSmall(bench, murmur)
    const big = await measureBig(murmur)
    return {
      title: 'A debate beside the bare client',
      head: ['swarm', 'over bare p50 [95 %]', 'p99', 'aim', 'CPU p50', 'bare openai', 'whole p50', 'p99', 'disk waits'],
      rows: [
        [`${members} agents x ${rounds} rounds + judge, 7 calls`, `${ms(small.time.p50)} [${ms(small.time.low)}, ${ms(small.time.high)}]`, ms(small.time.p99), ms(aimMs), ms(small.cpu.p50), ms(small.bareP50), ms(small.wholeP50), ms(small.wholeP99), small.diskWaitsPerRun.toFixed(2)],
      ],
      notes: [
        'Milliseconds; paired and interleaved in one process. The bare client makes the same calls, those of a round side by side. Each of ours is budgeted, journaled and metered.',
        `40 agents x 10 rounds + judge: ${big.calls} calls in ${big.seconds.toFixed(2)} s; the process grew from ${big.rssBeforeMb.toFixed(0)} to at most ${big.rssMostMb.toFixed(0)} MB.`,
      ],
      data: { small, big },
    }
  } finally {
    await murmur.close()
  }
}

async function measureSmall({ modelUrl, recorder, disk, isQuick }: Bench, murmur: Murmur): Promise<SwarmOverhead> {
  const ask = async (repetition: number): Promise<void> => {
    const { status, tier } = await murmur.ask(objective, { channelId: `swarm-${repetition % 20}`, swarm: { topology: 'debate', agents: members, rounds } })
    if (status !== 'completed' || tier !== 1) throw new Error(`A swarm ended as ${status}, tier ${tier}.`)
  }
  const calls = (await recorder.record(() => ask(0))).filter(isModelCall)
  if (calls.length !== members * rounds + 1) throw new Error(`Expected ${members * rounds + 1} model calls, got ${calls.length}.`)
  const waits = new RunWaits(disk)
  const size = isQuick ? { warmUp: 50, repetitions: 100 } : { warmUp: 300, repetitions: 700 }
  const bare = new BareModel(modelUrl)
  const arms = await measurePaired({ murmur: waits.around(ask), model: () => callInRounds(bare, calls) }, size)
  return {
    time: estimate(differences(arms.murmur.times, arms.model.times)),
    cpu: estimate(differences(arms.murmur.cpu, arms.model.cpu)),
    bareP50: quantile(arms.model.times, 0.5),
    wholeP50: quantile(arms.murmur.wallTimes, 0.5),
    wholeP99: quantile(arms.murmur.wallTimes, 0.99),
    diskWaitsPerRun: waits.perRun(size.warmUp).diskWaitsPerRun,
  }
}

async function callInRounds(bare: BareModel, calls: readonly RecordedCall[]): Promise<void> {
  for (let at = 0; at < calls.length; at += members) await Promise.all(calls.slice(at, at + members).map((call) => bare.complete(call)))
}

async function measureBig(murmur: Murmur): Promise<BigSwarm> {
  const rssMb = (): number => process.memoryUsage.rss() / 2 ** 20
  const rssBeforeMb = rssMb()
  let rssMostMb = rssBeforeMb
  const watch = setInterval(() => (rssMostMb = Math.max(rssMostMb, rssMb())), 20)
  const startedMs = performance.now()
  try {
    const { status } = await murmur.ask(objective, { channelId: 'big-swarm', swarm: { topology: 'debate', agents: 40, rounds: 10 } })
    if (status !== 'completed') throw new Error(`The swarm of 40 ended as ${status}.`)
  } finally {
    clearInterval(watch)
  }
  return { calls: 401, seconds: (performance.now() - startedMs) / 1_000, rssBeforeMb, rssMostMb }
}

const ms = (value: number): string => value.toFixed(2)
