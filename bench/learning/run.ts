import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { formatReport } from '../print-report.ts'
import { keepsFloor, reachesAim, type Figure, type MeasureOptions, type Protocol } from './figure.ts'
import { measureConfirmed } from './confirmed.ts'
import { measureControls } from './controls.ts'
import { measureIntents } from './intents.ts'
import { measureLabels } from './labels.ts'
import { measureLessons } from './lessons.ts'
import { measureOutOfScope } from './out-of-scope.ts'
import { measureParaphrases, measureTemplates } from './pattern-streams.ts'
import { pathOf, usualData } from './requests.ts'
import { measureRegrouping } from './regroup-speed.ts'
import { measureRollback } from './rollback.ts'
import { measureSavings } from './savings.ts'
import { measureSpeed } from './speed.ts'
import { measureSatisfaction, measureThumbs } from './thumbs.ts'

/** Each way of measuring, with the goals it measures. */
const protocols: readonly Protocol[] = [
  { goals: ['G1', 'G1b'], title: 'Ten specialists, the right one named after each run', measure: measureLabels },
  { goals: ['G1c'], title: 'A hundred and fifty workflows', measure: measureIntents },
  { goals: ['G2', 'G2b', 'G2c'], title: 'Ten specialists, thumbs on who answered', measure: measureThumbs },
  { goals: ['G3', 'G3b'], title: 'Requests that belong to nobody', measure: measureOutOfScope },
  { goals: ['G4'], title: 'Requests that recur, by template', measure: measureTemplates },
  { goals: ['G4b'], title: 'Requests that recur, in other words each time', measure: measureParaphrases },
  { goals: ['G4c'], title: 'Automations that a person has confirmed', measure: measureConfirmed },
  { goals: ['G5'], title: 'What automations save: 150 kinds of requests, weight 1/rank, 5 % of no kind', measure: measureSavings },
  { goals: ['G6', 'G6b'], title: 'Versions on trial: 200 earlier runs at 80 %, looked at after each of 1,000', measure: measureRollback },
  { goals: ['G7'], title: 'How content people are: thumbs on 30 % of runs, 10 % of them flipped', measure: measureSatisfaction },
  { goals: ['G8'], title: 'Speed and size with 15,000 rated runs', measure: measureSpeed },
  { goals: ['G8b'], title: 'Grouping a channel with 15,000 runs anew', measure: measureRegrouping },
  { goals: ['G9'], title: 'Lessons by remarks and thumbs, twenty kinds of tasks, a scripted model', measure: measureLessons },
  { goals: ['control'], title: 'Controls', measure: measureControls },
]

const dataSets = ['clinc150', 'workbench', 'banking77', 'hwu64', 'toole', 'ithelp']
const mostSeeds = 50

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { data: { type: 'string' }, seeds: { type: 'string', default: '1' }, only: { type: 'string' }, json: { type: 'string' }, quick: { type: 'boolean', default: false } },
  })
  const seeds = readSeeds(values.seeds)
  const wanted = values.only?.split(',')
  const goals = protocols.flatMap((protocol) => protocol.goals)
  const unknown = wanted?.filter((goal) => !goals.includes(goal)) ?? []
  if (unknown.length > 0) throw new RangeError(`Expected --only to name some of ${goals.join(', ')}, got ${unknown.join(', ')}.`)
  const data = resolve(values.data ?? usualData())
  if (!existsSync(data) || readdirSync(data).length === 0) {
    process.stdout.write(`No data sets in ${data}: nothing was measured. Name their folder by --data or MURMUR_LEARNING_DATA.\n`)
    return
  }
  process.stdout.write(`${describe(data, seeds)}\n\n`)
  const wants = (goal: string): boolean => !wanted || wanted.includes(goal)
  const options: MeasureOptions = { data, seeds, wants, quick: values.quick }
  const found: Figure[] = []
  for (const { goals: own, title, measure } of protocols) {
    if (!own.some(wants)) continue
    const figures = (await measure(options)).filter(({ goal }) => wants(goal))
    found.push(...figures)
    const notes = figures.length === 0 ? ['Its data set is missing.'] : []
    process.stdout.write(`${formatReport({ title, head: ['goal', '', 'measured', 'aim', 'floor', 'naive', 'best before', ''], rows: figures.map(asRow), notes, data: undefined })}\n`)
  }
  if (values.json) writeFileSync(values.json, `${JSON.stringify({ seeds, quick: values.quick, figures: found }, undefined, 2)}\n`)
  const missed = found.filter((figure) => !keepsFloor(figure))
  process.stdout.write(`${found.filter(reachesAim).length} of ${found.length} aims are reached; ${missed.length === 0 ? 'every floor is kept' : `below the floor: ${missed.map(({ goal, name }) => `${goal} ${name}`).join('; ')}`}.\n`)
  process.exitCode = missed.length === 0 ? 0 : 1
}

/** `3`: the seeds 1 to 3; `2-3`: 2 and 3, so that seeds can be measured one after the other. */
function readSeeds(said: string): readonly number[] {
  const [, first = '1', last] = /^(?:(\d+)-)?(\d+)$/.exec(said) ?? []
  const [from, to] = [Number(first), Number(last)]
  if (!(from >= 1 && from <= to && to <= mostSeeds)) throw new RangeError(`Expected --seeds to be 1 to ${mostSeeds}, or two such numbers as in "2-3", got "${said}".`)
  return Array.from({ length: to - from + 1 }, (_, at) => from + at)
}

function describe(data: string, seeds: readonly number[]): string {
  const missing = dataSets.filter((name) => pathOf(data, `${name}-dev.jsonl`) === undefined)
  const heldOut = dataSets.filter((name) => existsSync(resolve(data, `${name}-test.jsonl`)))
  return [
    heldOut.length > 0 ? `Judged on the held-out sets ${heldOut.join(', ')} of ${data};` : `Judged on the validation parts in ${data};`,
    `seeds ${seeds[0]} to ${seeds.at(-1)}.`,
    ...(missing.length > 0 ? [`Missing: ${missing.join(', ')}.`] : []),
  ].join(' ')
}

function asRow(figure: Figure): readonly string[] {
  const { goal, name, value, unit, atLeast = true, aim, floor, naive, best } = figure
  const bound = (limit: number): string => `${atLeast ? '>=' : '<='} ${short(limit)}`
  const state = keepsFloor(figure) ? (reachesAim(figure) ? 'reached' : '') : 'MISSED'
  return [goal, name, `${short(value)} ${unit}`.trim(), bound(aim), bound(floor), naive === undefined ? '' : short(naive), best === undefined ? '' : short(best), state]
}

const short = (value: number): string => (Math.abs(value) < 10 ? value.toFixed(2) : value.toFixed(1))

await main()
