import { createHash } from 'node:crypto'
import { seededRandom } from '../../test/fakes/seeded-random.ts'

/** Chance for one turn of one simulated swarm: the same for the same seed and key, whatever was drawn elsewhere. */
export interface Dice {
  /** 0 up to 1. */
  readonly share: () => number
  readonly chance: (probability: number) => boolean
  /** Mean 0, deviation 1. */
  readonly normal: () => number
}

export function diceFor(seed: number, key: string): Dice {
  const share = seededRandom(createHash('sha256').update(`${seed} ${key}`).digest().readUInt32LE(0))
  // Box and Muller 1958, https://doi.org/10.1214/aoms/1177706645
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - share())) * Math.cos(2 * Math.PI * share())
  return { share, chance: (probability) => share() < probability, normal }
}
