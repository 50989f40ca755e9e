import type { Logger } from 'pino'
import type { LaneSharing } from '../agents/model-lanes.ts'
import { BullmqQueue } from '../storage/queue/bullmq-queue.ts'
import { DatabaseQueue, type DatabaseQueueOptions } from '../storage/queue/database-queue.ts'
import type { TaskQueue } from '../storage/queue/task-queue.ts'
import { silentBus, type ProcessBus } from '../storage/redis/process-bus.ts'
import { RedisLink } from '../storage/redis/redis-link.ts'
import { createSharedAllowances, type SharedAllowances } from '../storage/redis/shared-allowances.ts'
import { createSharedLimits, type SharedLimits } from '../storage/redis/shared-limits.ts'

/** Redis, where an address of it is set. */
export interface RedisDesk {
  readonly link: RedisLink
  readonly limits: SharedLimits
  readonly laneSharing: LaneSharing
  readonly onError: (error: unknown) => void
  close(): void
}

export function openRedis(redisUrl: string | undefined, logger: Logger): RedisDesk | undefined {
  if (redisUrl === undefined) return undefined
  // What Redis lacks has another way; a line for each command that fails while it is down would say nothing more.
  const onError = (error: unknown): void => logger.debug({ err: error }, 'Redis failed')
  const link = new RedisLink({ url: redisUrl, onError })
  const limits = createSharedLimits(link, onError)
  watchRedis(link, logger)
  const close = (): void => {
    limits.close()
    link.close()
  }
  return { link, limits, laneSharing: shareLanes(link, limits, createSharedAllowances(link, onError)), onError, close }
}

const shareLanes = (bus: ProcessBus, { enter }: SharedLimits, allowances: SharedAllowances): LaneSharing => ({
  enter,
  allowances,
  tellBusy: (lane, retryAfterMs) => bus.tell('pace', JSON.stringify({ lane, retryAfterMs })),
  hearBusy: (listener) =>
    void bus.hear('pace', (text) => {
      const { lane, retryAfterMs } = JSON.parse(text) as { readonly lane: string; readonly retryAfterMs: number }
      listener(lane, retryAfterMs)
    }),
})

/** What goes over Redis where there is one. */
export interface Links {
  readonly queue: TaskQueue
  readonly bus: ProcessBus
  /** Says that events were stored; those that come together are said once. */
  tellEvents(): void
}

/** Builds the queue, over Redis where there is one. */
export function composeQueue(redis: RedisDesk | undefined, options: DatabaseQueueOptions): Links {
  if (!redis) return { queue: new DatabaseQueue(options), bus: silentBus, tellEvents: () => {} }
  const { link, onError } = redis
  // A Redis that went away fails commands before anybody knows that it did, and one line says that already.
  const onQueueError = (error: unknown): void => void link.check().then((isUp) => (isUp ? options.onError(error) : onError(error)))
  const queue = new BullmqQueue({ ...options, onError: onQueueError, link })
  return { queue, bus: link, tellEvents: createTeller(link) }
}

/** What is stored within so long is told together. */
const togetherMs = 20

function createTeller(bus: ProcessBus): () => void {
  let timer: NodeJS.Timeout | undefined
  return () => {
    timer ??= setTimeout(() => {
      timer = undefined
      bus.tell('events', '')
    }, togetherMs).unref()
  }
}

/** Redis that is not there in this time after the start is told of as missing. */
const patienceMs = 5_000

function watchRedis(link: RedisLink, logger: Logger): void {
  const patience = setTimeout(() => {
    if (!link.isUp) logger.warn('Redis does not answer; tasks come from the table until it does')
  }, patienceMs)
  patience.unref()
  link.watch((isUp) => {
    if (isUp) logger.info('Redis answers')
    else logger.warn('Redis does not answer any more; tasks come from the table until it does')
  })
}
