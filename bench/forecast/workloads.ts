import { seededRandom } from '../../src/learning/router/seeded-random.ts'

const weekHours = 168
const weeks = 6

/** Requests an hour of an office: little at night and on two days, most before and after noon. */
function officeHour(at: number): number {
  const [day, hour] = [Math.floor(at / 24) % 7, at % 24]
  const ofDay = hour < 7 || hour > 19 ? 0.02 : hour < 12 ? 1 : hour < 14 ? 0.5 : 0.8
  return ofDay * (day >= 5 ? 0.08 : day === 0 ? 1.2 : 1)
}

/** Six weeks, one value an hour, drawn around what is usual. */
function series(seed: number, meanOf: (at: number) => number): number[] {
  const random = seededRandom(seed)
  return Array.from({ length: weeks * weekHours }, (_, at) => drawPoisson(meanOf(at), random))
}

/** Made-up workspaces; real hours of real workspaces we have none. */
export const workloads: Readonly<Record<string, (seed: number) => readonly number[]>> = {
  'office, 20 requests an hour': (seed) => series(seed, (at) => 20 * officeHour(at)),
  'office, 2 requests an hour': (seed) => series(seed, (at) => 2 * officeHour(at)),
  'office, growing 15 % a week': (seed) => series(seed, (at) => 8 * officeHour(at) * 1.15 ** (at / weekHours)),
  'office, halved for one week': (seed) => series(seed, (at) => 10 * officeHour(at) * (Math.floor(at / weekHours) === weeks - 3 ? 0.5 : 1)),
  'round the clock, no weekday': (seed) => series(seed, () => 5),
  'reports on Monday at 9 only': (seed) => series(seed, (at) => (at % weekHours === 9 ? 40 : 0.3)),
}

/** Knuth's way; good for means up to some hundreds. */
function drawPoisson(mean: number, random: () => number): number {
  const limit = Math.exp(-mean)
  let count = 0
  for (let product = random(); product > limit; product *= random()) count++
  return count
}
