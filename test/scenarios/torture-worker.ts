/** One process of the app without Slack, driven by its parent over IPC; see budget-torture.test.ts, which kills it. */
import { createMurmur } from '../../src/app/create-murmur.ts'

/** What the parent gives in the environment, as JSON. */
export interface WorkerSettings {
  readonly dataDir: string
  readonly databaseUrl?: string
  readonly configDir: string
  readonly openAiBaseUrl: string
  readonly concurrency: number
  /** Added to the clock, so that what a killed process had leased is free at once. */
  readonly clockOffsetMs: number
}

export type ToWorker =
  | { readonly kind: 'submit'; readonly key: string; readonly text: string; readonly channelId: string; readonly userId: string }
  | { readonly kind: 'approve'; readonly runId: string }
  | { readonly kind: 'close' }

export type FromWorker = { readonly kind: 'ready' | 'closed' } | { readonly kind: 'accepted'; readonly key: string } | { readonly kind: 'approved'; readonly runId: string }

const settings = JSON.parse(process.env['TORTURE_WORKER'] ?? '{}') as WorkerSettings
const { clockOffsetMs, ...options } = settings
const murmur = await createMurmur({ ...options, nowMs: () => Date.now() + clockOffsetMs })

const tell = (message: FromWorker): void => void process.send?.(message)

async function handle(message: ToWorker): Promise<void> {
  if (message.kind === 'submit') {
    const { key, text, channelId, userId } = message
    await murmur.submitTask(text, { channelId, userId, dedupeKey: key })
    tell({ kind: 'accepted', key })
  } else if (message.kind === 'approve') {
    await murmur.approve(message.runId)
    tell({ kind: 'approved', runId: message.runId })
  } else {
    await murmur.close(5_000)
    tell({ kind: 'closed' })
    process.disconnect()
  }
}

process.on('message', (message: ToWorker) => void handle(message))
// A parent that is gone must leave nothing behind.
process.once('disconnect', () => setTimeout(() => process.exit(), 1_000).unref())
tell({ kind: 'ready' })
