import { seededRandom, shuffled } from '../../src/learning/router/seeded-random.ts'
import type { MeasureOptions } from './figure.ts'
import { openRouter } from './open-router.ts'
import { namesTheRight, type Person } from './people.ts'
import { isOutside, judgedOf, readDataSet, type LabelledRequest } from './requests.ts'
import { domainsOf } from './specialists.ts'
import { accuracyOf, runStream } from './stream.ts'

/** What a stream of runs came to, by number of runs. */
export interface Course {
  readonly points: ReadonlyMap<number, CoursePoint>
}

export interface CoursePoint {
  readonly misroutes: number
  /** Right of the judged requests, in hundredths. */
  readonly accuracy: number
  /** So many points more of the validation part than of the held-out set are right; undefined without a held-out set. */
  readonly belowValidation: number | undefined
}

/** The requests of CLINC150 that belong to a domain. */
export interface DomainRequests {
  readonly learn: readonly LabelledRequest[]
  readonly judged: readonly LabelledRequest[]
  /** Judged as well where there is a held-out set, to be compared. */
  readonly validated: readonly LabelledRequest[] | undefined
  readonly history: readonly string[]
}

export function readDomainRequests(folder: string): DomainRequests | undefined {
  const set = readDataSet(folder, 'clinc150')
  if (!set || !domainsOf(folder, 1)) return undefined
  const inside = (requests: readonly LabelledRequest[]) => requests.filter((request) => !isOutside(request))
  const learn = inside(set.learn)
  return { learn, judged: inside(judgedOf(set)), validated: set.heldOut && inside(set.validate), history: learn.map(({ text }) => text) }
}

export interface CourseOptions {
  readonly personOf: (random: () => number) => Person
  /** Numbers of runs, rising; the stream ends with the last that there are requests for. */
  readonly checkpoints: readonly number[]
  /** Whether all requests are there from the beginning, without labels. */
  readonly hasHistory: boolean
}

/** One course for each seed, with a person of its own; none without data. */
export async function runCourses({ data, seeds }: MeasureOptions, { personOf, checkpoints, hasHistory }: CourseOptions): Promise<readonly Course[]> {
  const requests = readDomainRequests(data)
  const courses: Course[] = []
  for (const seed of seeds) {
    const specialists = domainsOf(data, seed)
    if (!requests || !specialists) return []
    const used = checkpoints.filter((runs) => runs <= requests.learn.length)
    const router = await openRouter(specialists, {}, undefined, hasHistory ? requests.history : [])
    const points = new Map<number, CoursePoint>()
    const onCheckpoint = (runs: number, misroutes: number): void => {
      const accuracy = accuracyOf(router, specialists, requests.judged)
      points.set(runs, { misroutes, accuracy, belowValidation: requests.validated && accuracyOf(router, specialists, requests.validated) - accuracy })
    }
    await runStream({ router, specialists, requests: shuffled(requests.learn, seed).slice(0, used.at(-1)), person: personOf(seededRandom(seed + 1_000)), checkpoints: used, onCheckpoint })
    courses.push({ points })
  }
  return courses
}

const labelledPoints = [0, 50, 100, 300, 1_000, 3_000, 15_000]
const quickRuns = 300
const labelled = new WeakMap<MeasureOptions, Promise<readonly Course[]>>()

/** The right one is named after each run: measured by itself, and what thumbs are held against. Run once for all protocols of a command. */
export function labelledCourses(options: MeasureOptions): Promise<readonly Course[]> {
  const known = labelled.get(options)
  if (known) return known
  const courses = runCourses(options, { personOf: () => namesTheRight, checkpoints: labelledPoints.filter((runs) => !options.quick || runs <= quickRuns), hasHistory: true })
  labelled.set(options, courses)
  return courses
}
