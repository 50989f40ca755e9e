import { sql } from 'kysely'
import type { Db } from './database.ts'

interface Numbered {
  readonly seq: number
}

const maxGaps = 1_000

/**
 * Tells for PostgreSQL whether a number that is missing among the events may still come. Whoever takes a number has had its
 * transaction's id before, so when all transactions have ended that had an id when the gap was seen, it was given back by one
 * that failed. Until then nothing after the gap may be read: a cursor would pass over what comes into it.
 */
export function createGapWatch(db: Db) {
  /** By the first missing number, what the next transaction's id was when it was seen; 0 when nobody can fill it any more. */
  const gaps = new Map<number, bigint>()
  const snapshot = async (): Promise<{ readonly oldest: bigint; readonly next: bigint }> => {
    const { rows } = await sql<{ oldest: string; next: string }>`select pg_snapshot_xmin(s)::text as oldest, pg_snapshot_xmax(s)::text as next from pg_current_snapshot() as s`.execute(db)
    return { oldest: BigInt(rows[0]?.oldest ?? 0), next: BigInt(rows[0]?.next ?? 0) }
  }

  /** Asked before the events are read, so that those of all transactions that have ended by now are among them. */
  async function settle(): Promise<void> {
    if (![...gaps.values()].some((seenAt) => seenAt > 0n)) return
    const { oldest } = await snapshot()
    for (const [missing, seenAt] of gaps) if (seenAt <= oldest) gaps.set(missing, 0n)
  }

  async function note(missing: number): Promise<void> {
    const [first] = gaps.keys()
    if (gaps.size >= maxGaps && first !== undefined) gaps.delete(first)
    gaps.set(missing, (await snapshot()).next)
  }

  return {
    /** Reads the rows after `seq` up to the first gap that may still be filled. */
    async read<Row extends Numbered>(seq: number, select: (seq: number) => Promise<readonly Row[]>): Promise<readonly Row[]> {
      for (let isSecondLook = false; ; isSecondLook = true) {
        await settle()
        const rows = await select(seq)
        const at = rows.findIndex((row, index) => row.seq !== nextAfter(seq, rows, index) && gaps.get(nextAfter(seq, rows, index)) !== 0n)
        if (at === -1) return rows
        const missing = nextAfter(seq, rows, at)
        if (isSecondLook || gaps.has(missing)) return rows.slice(0, at)
        await note(missing)
      }
    },
  }
}

const nextAfter = (seq: number, rows: readonly Numbered[], index: number): number => (rows[index - 1]?.seq ?? seq) + 1
