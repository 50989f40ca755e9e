import { createHash } from 'node:crypto'
import { seededRandom } from '../../learning/router/seeded-random.ts'

/** Numbers from 0 up to 1 that are the same for the same text, such as the id of a run. */
export const randomOf = (text: string): (() => number) => seededRandom(createHash('sha256').update(text).digest().readUInt32LE(0))
