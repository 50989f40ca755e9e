import { Queue } from 'bullmq'
import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import type { RedisLink } from '../redis/redis-link.ts'
import type { ClaimedTask } from '../task-store.ts'
import { DatabaseQueue, type DatabaseQueueOptions } from './database-queue.ts'
import { JobFeed } from './job-feed.ts'
import { brokerPriority, type QueuedTask } from './task-order.ts'
import type { TaskHandler, TaskQueue } from './task-queue.ts'
import { together } from './together.ts'

export interface BullmqQueueOptions extends Omit<DatabaseQueueOptions, 'onSettled'> {
  readonly link: RedisLink
  /** How often one of all processes adds what the table says is due and Redis may not know. */
  readonly sweepMs?: number
}

/**
 * What stands in Redis of a task, and of others as urgent that were announced with it. Of a later version this one can say nothing, and leaves
 * the task to the table; so does an earlier one with the others.
 */
const orderSchema = z.object({ v: z.literal(1), taskId: z.string(), more: z.array(z.string()).optional(), priority: z.number().optional() })
type TaskOrderNote = z.infer<typeof orderSchema>

interface Order {
  readonly task: QueuedTask
  /** Whose end is the reason; a job of a former reason may still be on its way to find out that it came too early. */
  readonly after?: ClaimedTask | undefined
}

const queueName = 'tasks'
/** Tasks looked at by one sweep, the first in the line. */
const maxSwept = 500
/** What was added so lately is not added again; Redis may have been emptied since. */
const trustedMs = 5_000
const maxTrusted = 10_000
/** Tasks read by one statement. */
const maxTogether = 32
/** Tasks of one job: as many begin in one process, if it has room for them. */
const maxInJob = 8
/** Longest wait for Redis at the end of the process. */
const closeMs = 2_000

/**
 * Tasks over BullMQ. Redis holds only which task is due, when, and how urgent it is; a worker that is given one still has to
 * claim it in the table, so that nothing is done twice by what Redis says and nothing is lost by what it forgets. While Redis is down
 * the table is asked instead.
 */
export class BullmqQueue implements TaskQueue {
  readonly #options: Required<Pick<BullmqQueueOptions, 'link' | 'tasks' | 'nowMs' | 'onError' | 'sweepMs' | 'owner'>>
  readonly #leaseMs: number
  readonly #local: DatabaseQueue
  /** Says that a task may begin, and whom the end of one lets begin; those that come together by one message. */
  readonly #tell: (task: QueuedTask) => Promise<void>
  readonly #follow: (task: ClaimedTask) => Promise<void>
  /** What was added lately, by the id of its job. */
  readonly #added = new Map<string, number>()
  readonly #stopHearing: () => void
  #queue: Queue<TaskOrderNote> | undefined
  #feed: JobFeed | undefined
  #isStarted = false
  #sweeping: Promise<void> | undefined
  /** The last one; those before it are over when it is. */
  #following: Promise<void> | undefined
  #timer: NodeJS.Timeout | undefined

  constructor(options: BullmqQueueOptions) {
    const { link, sweepMs = 1_000, ...local } = options
    this.#options = { link, tasks: options.tasks, nowMs: options.nowMs, onError: options.onError, owner: options.owner, sweepMs }
    this.#leaseMs = options.leaseMs ?? 15_000
    this.#local = new DatabaseQueue({
      ...local,
      onSettled: (task, isEnded) => {
        if (!isEnded || !isAloneInLane(task)) this.#following = this.#follow(task).catch(options.onError)
      },
    })
    this.#tell = together((queued) => this.#addAnnounced(queued), maxTogether)
    this.#follow = together((ended) => this.#addNext(ended), maxTogether)
    this.#stopHearing = link.hear('stop', (runId) => void this.#local.cancel(runId))
    link.watch((isUp) => this.#turn(isUp))
  }

  get activeCount(): number {
    return this.#local.activeCount
  }

  get concurrency(): number {
    return this.#local.concurrency
  }

  setConcurrency(concurrency: number): void {
    this.#local.setConcurrency(concurrency)
  }

  rest(ms: number): void {
    this.#local.rest(ms)
  }

  async start(handler: TaskHandler): Promise<void> {
    await this.#local.start(handler)
    this.#isStarted = true
    this.#timer = setInterval(() => void this.#sweepInTurn().catch(this.#options.onError), this.#options.sweepMs)
    this.#timer.unref()
    if (this.#options.link.isUp) this.#turn(true)
  }

  announce(tasks?: readonly QueuedTask[]): void {
    const { link, onError } = this.#options
    if (!link.isUp) {
      if (this.#isStarted) this.#local.announce()
      return
    }
    if (!tasks) return void this.#sweep().catch(onError)
    for (const task of tasks) this.#tell(task).catch(onError)
  }

  cancel(runId: string): boolean {
    this.#options.link.tell('stop', runId)
    return this.#local.cancel(runId)
  }

  async health(): Promise<string | undefined> {
    await this.#local.health()
    return this.#options.link.isUp ? undefined : 'from the table, because Redis does not answer'
  }

  async drain(timeoutMs: number): Promise<void> {
    clearInterval(this.#timer)
    this.#isStarted = false
    this.#stopHearing()
    const closed = within(closeMs, Promise.all([this.#feed?.close(), this.#sweeping]))
    await this.#local.drain(timeoutMs)
    await closed
    await within(closeMs, Promise.all([this.#following, this.#queue?.close()]))
    this.#queue = undefined
    this.#feed = undefined
  }

  #turn(isUp: boolean): void {
    const { link, onError } = this.#options
    this.#local.setEager(!isUp)
    if (!isUp) return
    this.#added.clear()
    this.#queue ??= this.#openQueue()
    if (!this.#isStarted) return
    this.#feed ??= new JobFeed({
      link,
      queueName,
      lockMs: this.#leaseMs,
      room: () => this.#local.room,
      whenRoom: () => this.#local.whenRoom(),
      take: (data) => this.#take(data),
      onError,
    })
    this.#sweep().catch(onError)
  }

  #openQueue(): Queue<TaskOrderNote> {
    const { link, onError } = this.#options
    const queue = new Queue<TaskOrderNote>(queueName, {
      connection: link.commands,
      prefix: link.prefix,
      streams: { events: { maxLen: 100 } },
      defaultJobOptions: { removeOnComplete: true, removeOnFail: true },
    })
    queue.on('error', onError)
    return queue
  }

  #take(data: unknown): void {
    const order = orderSchema.safeParse(data)
    if (!order.success) return
    const { onError } = this.#options
    const { taskId, more = [], priority = 0 } = order.data
    const taskIds = [taskId, ...more]
    // Counted anew: what was free when the job was asked for may have been filled since.
    const room = Math.max(0, this.#local.room)
    for (const mine of taskIds.slice(0, room)) this.#local.take(mine).catch(onError)
    this.#passOn(taskIds.slice(room), priority).catch(onError)
  }

  /** What there is no room for here, for whoever has it; a step more urgent, because it would else begin at the end of the line again. */
  async #passOn([first, ...more]: readonly string[], priority: number): Promise<void> {
    if (first === undefined) return
    await this.#queue?.add('task', { v: 1, taskId: first, more, priority }, { jobId: `${first}.${randomUUID()}`, priority: Math.max(1, priority - 1) })
  }

  /** After attempts: the same tasks when they are to be tried again, and whoever waited behind them in their lanes. */
  async #addNext(ended: readonly ClaimedTask[]): Promise<void> {
    const { link, tasks } = this.#options
    if (!link.isUp) return
    const next = await tasks.firstOfLanes(ended.map(({ lane }) => lane))
    if (next.length === 0) return
    const lastOf = new Map(ended.map((task) => [task.lane, task]))
    await this.#add(next.map((task) => ({ task, after: lastOf.get(task.lane) })))
  }

  /** One process at a time sweeps, whichever comes first. */
  async #sweepInTurn(): Promise<void> {
    const { link, owner, sweepMs } = this.#options
    if (!link.isUp) return
    if (await link.commands.set(`${link.prefix}:sweep`, owner, 'PX', Math.ceil(sweepMs * 0.9), 'NX')) await this.#sweep()
  }

  #sweep(): Promise<void> {
    const { tasks, nowMs } = this.#options
    this.#sweeping ??= tasks
      .listDue(nowMs(), maxSwept)
      .then((due) => this.#add(due.filter((task) => !this.#isTrusted(task)).map((task) => ({ task }))))
      .finally(() => (this.#sweeping = undefined))
    return this.#sweeping
  }

  #isTrusted(task: QueuedTask): boolean {
    return this.#options.nowMs() - (this.#added.get(jobIdOf(task)) ?? Number.NEGATIVE_INFINITY) < trustedMs
  }

  /** What is due already and equally urgent shares jobs: one is moved by as many messages for eight tasks as for one. */
  async #addAnnounced(tasks: readonly QueuedTask[]): Promise<void> {
    const { link, nowMs } = this.#options
    const atMs = nowMs()
    const soon = tasks.filter(({ runAtMs }) => runAtMs <= atMs)
    await this.#add(tasks.filter(({ runAtMs }) => runAtMs > atMs).map((task) => ({ task })))
    if (!this.#queue || !link.isUp || soon.length === 0) return
    const jobs = [...Map.groupBy(soon, brokerPriority)].flatMap(([priority, alike]) => inJobs(alike).map(([first, ...more]) => ({ first, more, priority })))
    await this.#queue.addBulk(
      jobs.map(({ first, more, priority }) => ({
        name: 'task',
        data: { v: 1 as const, taskId: first.taskId, ...(more.length === 0 ? {} : { more: more.map(({ taskId }) => taskId), priority }) },
        opts: { jobId: more.length === 0 ? jobIdOf(first) : `${jobIdOf(first)}.${more.length}`, priority },
      })),
    )
    for (const task of soon) this.#trust(jobIdOf(task), atMs)
  }

  async #add(orders: readonly Order[]): Promise<void> {
    const { link, nowMs } = this.#options
    if (!this.#queue || !link.isUp || orders.length === 0) return
    const atMs = nowMs()
    await this.#queue.addBulk(
      orders.map(({ task, after }) => ({
        name: 'task',
        data: { v: 1 as const, taskId: task.taskId },
        opts: { jobId: jobIdOf(task, after), priority: brokerPriority(task), delay: Math.max(0, task.runAtMs - atMs) },
      })),
    )
    for (const { task } of orders) this.#trust(jobIdOf(task), atMs)
  }

  #trust(jobId: string, atMs: number): void {
    this.#added.delete(jobId)
    const oldest = this.#added.keys().next()
    if (this.#added.size >= maxTrusted && !oldest.done) this.#added.delete(oldest.value)
    this.#added.set(jobId, atMs)
  }
}

/** The same job is added once; a task that was put back is another one. BullMQ keeps ":" for itself. */
const jobIdOf = ({ taskId, runAtMs }: QueuedTask, after?: ClaimedTask): string => `${taskId}.${runAtMs}${after ? `.${after.taskId}.${after.attempt}` : ''}`

/** Nobody waits behind what opened a thread of its own. A batch may be woken again as soon as it rests. */
const isAloneInLane = ({ type, lane, runId }: ClaimedTask): boolean => type === 'answer' && lane === `run:${runId}`

/** In their order, of each job the first apart. */
function inJobs(tasks: readonly QueuedTask[]): [QueuedTask, ...QueuedTask[]][] {
  const [first, ...more] = tasks.slice(0, maxInJob)
  return first ? [[first, ...more], ...inJobs(tasks.slice(maxInJob))] : []
}

async function within(ms: number, work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  await Promise.race([work.catch(() => {}), new Promise((resolve) => (timer = setTimeout(resolve, ms)))])
  clearTimeout(timer)
}
