import type { VectorSpace } from '../../../src/storage/vectors/vector-memory.ts'

export const crashSpace: VectorSpace = { embedder: 'test', dimension: 64 }

/** Another direction for each number. */
export const vectorOf = (number: number): Float32Array => Float32Array.from({ length: 64 }, (_, at) => Math.sin(number * 13 + at * (1 + (number % 7))))
