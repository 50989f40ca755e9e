import type { Logger } from 'pino'
import { BullmqQueue } from '../storage/queue/bullmq-queue.ts'
import { DatabaseQueue, type DatabaseQueueOptions } from '../storage/queue/database-queue.ts'
import type { TaskQueue } from '../storage/queue/task-queue.ts'
import { silentBus, type ProcessBus } from '../storage/redis/process-bus.ts'
import { RedisLink } from '../storage/redis/redis-link.ts'

/** What goes over Redis where there is one. */
export interface Links {
  readonly queue: TaskQueue
  readonly bus: ProcessBus
  /** Says that events were stored; those that come together are said once. */
  tellEvents(): void
  /** Unset: no Redis. */
  readonly link: RedisLink | undefined
  close(): void
}

/** Builds the queue, over Redis where an address of it is set. */
export function composeQueue(redisUrl: string | undefined, logger: Logger, options: DatabaseQueueOptions): Links {
  if (redisUrl === undefined) return { queue: new DatabaseQueue(options), bus: silentBus, tellEvents: () => {}, link: undefined, close: () => {} }
  // What Redis lacks has another way; a line for each command that fails while it is down would say nothing more.
  const onError = (error: unknown): void => logger.debug({ err: error }, 'Redis failed')
  const link = new RedisLink({ url: redisUrl, onError })
  const queue = new BullmqQueue({ ...options, onError: (error) => (link.isUp ? options.onError(error) : onError(error)), link })
  watchRedis(link, logger)
  return { queue, bus: link, tellEvents: createTeller(link), link, close: () => link.close() }
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
