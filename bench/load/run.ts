import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { describeMachine, formatReport } from '../print-report.ts'
import { startChild } from '../start-child.ts'
import type { SlackFacts } from '../subjects/slack-murmur.ts'
import type { Load, MeasureLoad } from './load.ts'

/** The parts by name, in the order they run in; each is loaded only for itself. */
const parts: Readonly<Record<string, () => Promise<MeasureLoad>>> = {
  set: async () => (await import('./measure-set.ts')).measureSet,
  burst: async () => (await import('./measure-burst.ts')).measureBurst,
  broker: async () => (await import('./measure-broker.ts')).measureBroker,
  takeover: async () => (await import('./measure-takeover.ts')).measureTakeover,
  growth: async () => (await import('./measure-growth.ts')).measureGrowth,
  peak: async () => (await import('./measure-peak.ts')).measurePeak,
}

/** More channels than runs are at work at once, because a thread's runs wait for each other. */
const channelCount = 400

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { only: { type: 'string' }, json: { type: 'string' }, quick: { type: 'boolean', default: false } } })
  const wanted = values.only?.split(',') ?? Object.keys(parts)
  const unknown = wanted.filter((name) => !(name in parts))
  if (unknown.length > 0) throw new RangeError(`Expected --only to name some of ${Object.keys(parts).join(', ')}, got ${unknown.join(', ')}.`)
  const machine = describeMachine()
  process.stdout.write(`Murmur under load on Node ${machine['node']}, ${machine['cores']} cores (${machine['cpu']}), ${machine['platform']}\n\n`)
  const root = mkdtempSync(join(tmpdir(), 'murmur-load-'))
  const slack = await startChild<SlackFacts>('servers/slack-server.ts', [String(channelCount)])
  let folders = 0
  const load: Load = { slack: slack.facts, newDataDir: () => join(root, String(++folders)), isQuick: values.quick }
  const found: Record<string, unknown> = {}
  try {
    for (const name of wanted) {
      const measure = await parts[name]?.()
      for (const report of (await measure?.(load)) ?? []) {
        process.stdout.write(`${formatReport(report)}\n`)
        found[name] = report.data
      }
    }
  } finally {
    await slack.stop()
    rmSync(root, { recursive: true, force: true })
  }
  process.stdout.write(`Again: npm run bench:load -- [--only ${Object.keys(parts).join(',')}] [--quick] [--json FILE]\n`)
  if (values.json) writeFileSync(values.json, `${JSON.stringify({ machine, at: new Date().toISOString(), found }, undefined, 2)}\n`)
}

await main()
