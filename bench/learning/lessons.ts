import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { seededRandom } from '../../src/learning/router/seeded-random.ts'
import { mean } from '../measure/statistics.ts'
import type { Figure, MeasureOptions } from './figure.ts'
import { openWorkflowWorld, type WorkflowWorld } from './workflow-world.ts'

/** Verb and thing of each kind of task; what varies stands in slots. */
const families = ['invoice', 'contract', 'newsletter', 'survey', 'roster', 'backlog', 'incident', 'warranty', 'shipment', 'tender', 'audit', 'payroll', 'briefing', 'catalogue', 'forecast', 'inventory', 'onboarding', 'refund', 'translation', 'webinar'] as const
type Family = (typeof families)[number]

const requestOf = (family: Family, nth: number): string => `Please prepare the ${family} file number ${nth} for the ${family} desk`
const lessonOf = (family: Family): string => `For the ${family} always check the ${family} ledger first.`
const harmOf = (family: Family): string => `For the ${family} leave every ${family} total out.`

/** The scripted model: how often it succeeds, by what its prompt says. */
function successOf(family: Family, prompt: string): number {
  if (prompt.includes(harmOf(family))) return 0.4
  return prompt.includes(lessonOf(family)) ? 0.9 : 0.55
}

const runsBefore = 20
const runsWithLesson = 40
/** A harmful lesson has so many runs to be found out. */
const windowRuns = 1_000

/** G9: lessons come as remarks and thumbs only; a scripted model shows what they are worth, and what harmful ones cost. */
export async function measureLessons({ seeds, quick }: MeasureOptions): Promise<readonly Figure[]> {
  const learnt = quick ? families.slice(0, 3) : families
  const results: LearntAll[] = []
  for (const seed of seeds) results.push(await learnAll(learnt, seed))
  const of = (value: (result: LearntAll) => number): number => mean(results.map(value))
  return [
    { goal: 'G9', name: 'success gained by one remark for each family, relative', value: of(({ gain }) => gain), unit: '%', aim: 50, floor: 40, best: 51 },
    { goal: 'G9', name: 'harmful lessons kept', value: of(({ harmfulKept }) => harmfulKept), unit: '', atLeast: false, aim: 0, floor: 0 },
    { goal: 'G9', name: 'runs a harmful lesson had, median', value: of(({ harmedRuns }) => harmedRuns), unit: 'runs', atLeast: false, aim: 12, floor: 30 },
    { goal: 'G9', name: 'lessons kept over a restart', value: of(({ retained }) => retained), unit: '%', aim: 100, floor: 100 },
    { goal: 'G9', name: 'success lost by the first five families', value: of(({ forgotten }) => forgotten), unit: 'points', atLeast: false, aim: 1, floor: 1 },
  ]
}

interface LearntAll {
  readonly gain: number
  readonly harmfulKept: number
  readonly harmedRuns: number
  readonly retained: number
  readonly forgotten: number
}

async function learnAll(learnt: readonly Family[], seed: number): Promise<LearntAll> {
  const dataDir = mkdtempSync(join(tmpdir(), 'murmur-lessons-'))
  const random = seededRandom(seed)
  let world = await openWorkflowWorld(dataDir)
  const restart = async (): Promise<void> => {
    await world.close()
    world = await openWorkflowWorld(dataDir)
  }
  try {
    const rates = []
    for (const family of learnt) rates.push(await learn(world, family, random))
    const first = learnt.slice(0, 5)
    const before = await expected(world, first)
    const harmed = []
    for (const family of learnt) harmed.push(await harm(world, family, random))
    await restart()
    const kept = await Promise.all(learnt.map(async (family) => (await world.promptOf(requestOf(family, 7_777))).includes(lessonOf(family))))
    return {
      gain: 100 * (mean(rates.map(({ after }) => after)) / mean(rates.map(({ before: rate }) => rate)) - 1),
      harmfulKept: harmed.filter((runs) => runs === undefined).length,
      harmedRuns: harmed.map((runs) => runs ?? windowRuns).toSorted((a, b) => a - b)[Math.floor(harmed.length / 2)] ?? windowRuns,
      retained: (100 * kept.filter(Boolean).length) / kept.length,
      forgotten: 100 * (before - (await expected(world, first))),
    }
  } finally {
    await world.close()
    rmSync(dataDir, { recursive: true, force: true })
  }
}

/** What the model would achieve with the prompts as they are now; nothing is run. */
const expected = async (world: WorkflowWorld, some: readonly Family[]): Promise<number> => mean(await Promise.all(some.map(async (family) => successOf(family, await world.promptOf(requestOf(family, 8_888))))))

const attempt = async (world: WorkflowWorld, family: Family, nth: number, random: () => number): Promise<boolean> =>
  (await world.run(requestOf(family, nth), (prompt) => random() < successOf(family, prompt))).isGood

async function rate(world: WorkflowWorld, family: Family, runs: number, random: () => number): Promise<number> {
  const outcomes = []
  for (let nth = 0; nth < runs; nth++) outcomes.push((await attempt(world, family, nth, random)) ? 1 : 0)
  return mean(outcomes)
}

/** One remark teaches the lesson; before it and after it the model is at work. */
async function learn(world: WorkflowWorld, family: Family, random: () => number): Promise<{ readonly before: number; readonly after: number }> {
  const before = await rate(world, family, runsBefore, random)
  await world.remark(lessonOf(family))
  return { before, after: await rate(world, family, runsWithLesson, random) }
}

/** @returns the runs that a harmful remark had before it was taken back; undefined when it was not */
async function harm(world: WorkflowWorld, family: Family, random: () => number): Promise<number | undefined> {
  await attempt(world, family, 0, random)
  await world.remark(harmOf(family))
  for (let nth = 1; nth <= windowRuns; nth++) {
    await attempt(world, family, nth, random)
    if (!(await world.promptOf(requestOf(family, nth))).includes(harmOf(family))) return nth
  }
  return undefined
}

