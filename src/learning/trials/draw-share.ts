import { createHash } from 'node:crypto'
import type { RunId } from '../../storage/records.ts'
import { seededRandom } from '../router/seeded-random.ts'

/** What a run is drawn for: to be served by a recipe's canary, to be audited, or to use what is on trial of one setting. */
export type DrawPurpose = 'canary' | 'audit' | { readonly setting: string }

/** UUIDv7 ends in random bits (RFC 9562, 5.7). */
const tailOf = (runId: RunId): number => Number.parseInt(runId.replaceAll('-', '').slice(-8), 16)

/**
 * A number from 0 up to 1 that is the run's own, the same again after a restart and in every process. Draws for different purposes have nothing to do with
 * each other: who tries one thing out must not be who tries another. Each is made in a way of its own, since a change would move runs while trials run.
 */
export function drawShare(runId: RunId, purpose: DrawPurpose): number {
  if (purpose === 'canary') return tailOf(runId) / 2 ** 32
  if (purpose === 'audit') return seededRandom(tailOf(runId))()
  return createHash('sha256').update(`${purpose.setting} ${runId}`).digest().readUInt32LE(0) / 2 ** 32
}
