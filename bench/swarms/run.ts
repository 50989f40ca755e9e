import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { describeMachine, formatReport } from '../print-report.ts'
import { measureJudging, measurePersuasion, measureSearch, measureVotes } from './claims.ts'
import type { Expectation } from './expectation.ts'
import { measureFunctions } from './functions.ts'
import { measureCalls, measureMatches } from './match-compete.ts'

interface Part {
  readonly title: string
  /** Seeds without `--seeds`. */
  readonly seeds: number
  readonly measure: (seeds: number) => Promise<readonly Expectation[]>
}

const parts: Readonly<Record<string, Part>> = {
  votes: { title: 'Votes of members with known accuracy', seeds: 2_000, measure: measureVotes },
  judging: { title: 'Competition with judges of known noise', seeds: 1_000, measure: measureJudging },
  persuasion: { title: 'Debate with known persuasion', seeds: 1_000, measure: measurePersuasion },
  search: { title: 'Particle search against random search, as many calls', seeds: 200, measure: measureSearch },
  matches: { title: 'Each topology against best-of-N, who is to lose with at least as many calls', seeds: 400, measure: measureMatches },
  calls: { title: 'Model calls against a plain program for the same work', seeds: 50, measure: measureCalls },
  functions: { title: 'The numerical core against Bratton and Kennedy 2007: 30 dimensions, 50 particles, 300,000 evaluations', seeds: 30, measure: measureFunctions },
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { seeds: { type: 'string' }, only: { type: 'string' }, json: { type: 'string' } } })
  const wanted = values.only?.split(',') ?? Object.keys(parts)
  const unknown = wanted.filter((name) => !(name in parts))
  if (unknown.length > 0) throw new RangeError(`Expected --only to name some of ${Object.keys(parts).join(', ')}, got ${unknown.join(', ')}.`)
  if (values.seeds !== undefined && !(Number(values.seeds) >= 2)) throw new RangeError(`Expected --seeds to be 2 or more, got "${values.seeds}".`)
  const found: Record<string, unknown> = {}
  let missed = 0
  for (const [name, { title, seeds: usual, measure }] of Object.entries(parts)) {
    if (!wanted.includes(name)) continue
    const seeds = Number(values.seeds ?? usual)
    const expectations = await measure(seeds)
    missed += expectations.filter(({ holds }) => !holds).length
    found[name] = { seeds, expectations }
    process.stdout.write(`${formatReport({ title: `${title} (${seeds} seeds)`, head: ['', 'expected', 'measured', '99 % interval', 'calls'], rows: expectations.map(asRow), notes: [], data: undefined })}\n`)
  }
  process.stdout.write(missed === 0 ? 'All expectations hold.\n' : `${missed} expectations are missed.\n`)
  if (values.json) writeFileSync(values.json, `${JSON.stringify({ machine: describeMachine(), at: new Date().toISOString(), found }, undefined, 2)}\n`)
  process.exitCode = missed === 0 ? 0 : 1
}

const asRow = ({ name, expected, measured: { mean, low, high }, holds, calls }: Expectation): readonly string[] => [
  `${holds ? 'holds ' : 'MISSED'} ${name}`,
  expected,
  short(mean),
  `${short(low)} to ${short(high)}`,
  calls ? calls.map((count) => count.toFixed(1)).join(' : ') : '',
]

const short = (value: number): string => (value !== 0 && Math.abs(value) < 0.0005 ? value.toExponential(1) : value.toFixed(3))

await main()
