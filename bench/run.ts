import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { Bench, Report } from './bench.ts'
import { CallRecorder } from './measure/call-recorder.ts'
import { DiskWaitCounter } from './measure/disk-waits.ts'
import { describeMachine, formatReport } from './print-report.ts'
import { startChild } from './start-child.ts'
import type { SlackFacts } from './subjects/slack-murmur.ts'

type Measure = (bench: Bench) => Promise<Report>

/** The benchmarks by name, in the order they run in; each is loaded only for itself. */
const benches: Readonly<Record<string, () => Promise<Measure>>> = {
  overhead: async () => (await import('./benches/overhead.ts')).measureOverhead,
  swarm: async () => (await import('./benches/swarm.ts')).measureSwarm,
  throughput: async () => (await import('./benches/throughput.ts')).measureThroughput,
  acks: async () => (await import('./benches/acks.ts')).measureAcks,
  'cold-start': async () => (await import('./benches/cold-start.ts')).measureColdStart,
  memory: async () => (await import('./benches/memory.ts')).measureMemory,
  agents: async () => (await import('./benches/agents.ts')).measureAgents,
  warmth: async () => (await import('./benches/warmth.ts')).measureWarmth,
  vectors: async () => (await import('./benches/vectors.ts')).measureVectors,
  'long-texts': async () => (await import('./benches/long-texts.ts')).measureLongTexts,
  claims: async () => (await import('./benches/claims.ts')).measureClaims,
  stats: async () => (await import('./benches/stats.ts')).measureStats,
}

/** Channels of the Slack server, each with a thread: more than runs are in flight, because a thread's runs wait for each other. */
const channelCount = 200

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({ allowPositionals: true, options: { json: { type: 'string' }, quick: { type: 'boolean', default: false }, data: { type: 'string' } } })
  const unknown = positionals.filter((name) => !(name in benches))
  if (unknown.length > 0) throw new RangeError(`Expected names out of ${Object.keys(benches).join(', ')}, got ${unknown.join(', ')}.`)
  const machine = describeMachine()
  process.stdout.write(`Murmur benchmarks on Node ${machine['node']}, ${machine['cores']} cores (${machine['cpu']}), ${machine['platform']}\n\n`)
  const root = mkdtempSync(join(values.data ?? tmpdir(), 'murmur-bench-'))
  const recorder = CallRecorder.install()
  const disk = await DiskWaitCounter.install()
  const model = await startChild<{ baseUrl: string }>('servers/model-server.ts')
  const slack = await startChild<SlackFacts>('servers/slack-server.ts', [String(channelCount)])
  let folders = 0
  const bench: Bench = {
    modelUrl: model.facts.baseUrl,
    slack: slack.facts,
    async recordSlackCalls(work) {
      await slack.ask('record')
      await work()
      return slack.ask('recorded')
    },
    nextSlackAnswer: () => slack.ask('next answer'),
    newDataDir: () => join(root, String(++folders)),
    recorder,
    disk,
    isQuick: values.quick,
  }
  const found: Record<string, unknown> = {}
  try {
    for (const [name, load] of Object.entries(benches)) {
      if (positionals.length > 0 && !positionals.includes(name)) continue
      const measure = await load()
      const report = await measure(bench)
      process.stdout.write(`${formatReport(report)}\n`)
      found[name] = report.data
    }
  } finally {
    await Promise.all([model.stop(), slack.stop()])
    rmSync(root, { recursive: true, force: true })
  }
  process.stdout.write(`Again: npm run bench -- [${Object.keys(benches).join(' | ')}] [--quick] [--json FILE] [--data FOLDER]\n`)
  if (values.json) writeFileSync(values.json, `${JSON.stringify({ machine, at: new Date().toISOString(), found }, undefined, 2)}\n`)
}

await main()
