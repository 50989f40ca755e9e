export { seededRandom } from '../../src/learning/router/seeded-random.ts'

/** A whole number from 0 up to `below`. */
export const pickNumber = (random: () => number, below: number): number => Math.floor(random() * below)
