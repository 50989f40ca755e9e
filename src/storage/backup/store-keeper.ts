import { mkdir, readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { MurmurError } from '../../errors.ts'
import type { DatabasePlace } from '../database.ts'

export interface StoreKeeperOptions {
  readonly place: DatabasePlace
  readonly chromaUrl: string | undefined
  readonly dir: string
  readonly nowMs: () => number
}

export interface MadeBackup {
  readonly path: string
  readonly rows: number
  readonly bytes: number
}

/** What the worker is told to do. */
export type StoreJob = { readonly place: DatabasePlace; readonly chromaUrl: string | undefined } & (
  | { readonly work: 'check' }
  | { readonly work: 'compact' }
  | { readonly work: 'backup'; readonly path: string; readonly nowMs: number }
)

const dayMs = 24 * 3_600_000
const kept = 7
const pattern = /^murmur-[\d-]+T[\d-]+Z\.backup\.gz$/

export const backupName = (nowMs: number): string => `murmur-${new Date(nowMs).toISOString().replace(/\.\d+/, '').replaceAll(':', '-')}.backup.gz`

/** Looks after the stores beside the event loop: checks, compaction, and backups, of which it makes one at a time and keeps the newest seven. */
export class StoreKeeper {
  readonly #options: StoreKeeperOptions
  #current: Promise<MadeBackup> | undefined

  constructor(options: StoreKeeperOptions) {
    this.#options = options
  }

  /** Whoever asks meanwhile gets the one that is being made. */
  make(): Promise<MadeBackup> {
    this.#current ??= this.#make().finally(() => (this.#current = undefined))
    return this.#current
  }

  /** Makes one when the newest is a day old. */
  async makeIfDue(): Promise<void> {
    const newest = (await this.#list()).at(-1)
    const madeAtMs = newest === undefined ? 0 : (await stat(join(this.#options.dir, newest))).mtimeMs
    if (this.#options.nowMs() - madeAtMs >= dayMs) await this.make()
  }

  /** What may not be in the database; see check-store.ts. */
  async check(): Promise<readonly string[]> {
    const { place, chromaUrl } = this.#options
    return (await runAside({ place, chromaUrl, work: 'check' })) as readonly string[]
  }

  /** Gives free space back to the disk; see compact-store.ts. */
  async compact(): Promise<void> {
    const { place, chromaUrl } = this.#options
    if (!place.url) await runAside({ place, chromaUrl, work: 'compact' })
  }

  async #make(): Promise<MadeBackup> {
    const { place, chromaUrl, dir, nowMs } = this.#options
    const path = join(dir, backupName(nowMs()))
    const rows = (await runAside({ place, chromaUrl, work: 'backup', path, nowMs: nowMs() })) as number
    for (const name of (await this.#list()).slice(0, -kept)) await rm(join(dir, name), { force: true })
    return { path, rows, bytes: (await stat(path)).size }
  }

  /** Oldest first. */
  async #list(): Promise<string[]> {
    await mkdir(this.#options.dir, { recursive: true })
    return (await readdir(this.#options.dir)).filter((name) => pattern.test(name)).toSorted()
  }
}

function runAside(job: StoreJob): Promise<unknown> {
  const { promise, resolve, reject } = Promise.withResolvers<unknown>()
  const failed = (reason: string): void => reject(new MurmurError('MUR_STORE_DOWN', { reason: `it broke off: ${reason}`, check: 'the disk and the stores' }))
  const worker = new Worker(new URL('./store-worker.ts', import.meta.url), { name: 'murmur-store', workerData: job })
  worker.on('message', resolve)
  worker.on('error', ({ message }) => failed(message))
  worker.on('exit', (code) => failed(`code ${code}`))
  return promise
}
