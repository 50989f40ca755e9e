import { lexicalEmbedder } from '../../agents/lexical-embedder.ts'
import { payerOf } from '../paid-calls/budget-limits.ts'
import type { RunAttempt, RunDeps } from '../run-attempt.ts'

/** A vector with one byte a number: each is a whole number of 1/127 of the largest. */
interface SmallVector {
  readonly scale: number
  readonly bytes: string
}

/**
 * Vectors of texts by the workspace's embedder. Where they cost something they are kept with the run, small, so that they are
 * paid for once; what is given out is what was kept, so that an attempt after a crash works with the same numbers.
 */
export async function embedKept({ memory, teams }: RunDeps, { run, goalId, journal, signal }: RunAttempt, key: string, texts: readonly string[]): Promise<readonly Float32Array[]> {
  if (texts.length === 0) return []
  const stepKey = `swarm:embed:${key}`
  if (!memory) return (await lexicalEmbedder.embed(texts, signal)).vectors
  const embed = (): Promise<readonly Float32Array[]> => memory.embed(payerOf(run, goalId, teams), texts, signal)
  if (!journal.has(stepKey) && (await memory.isFree(run.workspaceId))) return embed()
  const small = await journal.once(stepKey, async () => (await embed()).map(shrink))
  return small.map(grow)
}

function shrink(vector: Float32Array): SmallVector {
  const largest = vector.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
  const scale = largest / 127
  const bytes = Int8Array.from(vector, (value) => (scale === 0 ? 0 : Math.round(value / scale)))
  return { scale, bytes: Buffer.from(bytes.buffer).toString('base64') }
}

function grow({ scale, bytes }: SmallVector): Float32Array {
  const buffer = Buffer.from(bytes, 'base64')
  return Float32Array.from(new Int8Array(buffer.buffer, buffer.byteOffset, buffer.length), (value) => value * scale)
}
