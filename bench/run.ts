import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { Bench, Report } from './bench.ts'
import { measureOverhead } from './benches/overhead.ts'
import { CallRecorder } from './measure/call-recorder.ts'
import { DiskWaitCounter } from './measure/disk-waits.ts'
import { describeMachine, formatReport } from './print-report.ts'
import { startChild } from './start-child.ts'
import type { SlackFacts } from './subjects/slack-murmur.ts'

/** The benchmarks by name, in the order they run in. */
const benches: Readonly<Record<string, (bench: Bench) => Promise<Report>>> = {
  overhead: measureOverhead,
}

/** Channels of the Slack server: enough that a thousand runs a second stay below one post a second in each. */
const channelCount = 3_000

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
    countSlackCalls: async () => (await slack.ask<{ calls: number }>('calls')).calls,
    newDataDir: () => join(root, String(++folders)),
    recorder,
    disk,
    isQuick: values.quick,
  }
  const found: Record<string, unknown> = {}
  try {
    for (const [name, measure] of Object.entries(benches)) {
      if (positionals.length > 0 && !positionals.includes(name)) continue
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
