import { randomUUID } from 'node:crypto'
import { Worker, type Job, type JobJson } from 'bullmq'
import type { RedisLink } from '../redis/redis-link.ts'

export interface JobFeedOptions {
  readonly link: RedisLink
  readonly queueName: string
  /** A job of a process that died before it had ended it is given out again after about so long. */
  readonly lockMs: number
  /** How many tasks more may begin. */
  readonly room: () => number
  readonly whenRoom: () => Promise<void>
  /** What stands in a job; the job itself is over when this returns. */
  readonly take: (data: unknown) => void
  readonly onError: (error: unknown) => void
}

/** Between two attempts to ask a Redis that failed. */
const pauseMs = 500
/** So many jobs in a row are many. */
const fewJobs = 4
const moreReaders = 3

/**
 * Takes jobs from BullMQ, one after the other, as long as there is room. A job says that something is due, so it is ended as soon as
 * it is read, and the next one comes with the same message. Not BullMQ's own loop: that one holds a job, and a lock to be renewed,
 * as long as the work takes, and sees that there is more room only when some of its work ends.
 */
export class JobFeed {
  readonly #options: JobFeedOptions
  readonly #worker: FedWorker
  readonly #token = randomUUID()
  readonly #over: Promise<void>
  #isOpen = true
  #taking: Promise<void> | undefined
  /** Jobs that are on their way here: a place is kept for each. */
  #asked = 0
  #endPause = (): void => {}

  constructor(options: JobFeedOptions) {
    this.#options = options
    const { link, queueName, lockMs, onError } = options
    this.#worker = new FedWorker(queueName, null, {
      connection: link.connect(),
      prefix: link.prefix,
      lockDuration: lockMs,
      stalledInterval: lockMs / 3,
      // The attempts that count are the table's.
      maxStalledCount: 100,
    })
    this.#worker.on('error', onError)
    this.#worker.startStalledCheckTimer().catch(onError)
    this.#over = this.#run()
  }

  async close(): Promise<void> {
    this.#isOpen = false
    this.#endPause()
    await this.#taking?.catch(() => {})
    // By force, because else it waits for the next job.
    await this.#worker.close(true)
    await this.#over
  }

  async #run(): Promise<void> {
    const { whenRoom, onError } = this.#options
    while (this.#isOpen) {
      try {
        await whenRoom()
        const job = this.#isOpen ? await this.#worker.getNextJob(this.#token) : undefined
        this.#taking = this.#takeAll(job)
        await this.#taking
      } catch (error) {
        if (!this.#isOpen) return
        onError(error)
        await this.#pause()
      }
    }
  }

  async #takeAll(first: Job | undefined): Promise<void> {
    let read = 0
    const others: Promise<void>[] = []
    for (let job = first; job; job = await this.#end(job)) {
      this.#options.take(job.data)
      // One after the other takes a wait for Redis each; where many are waiting several are read at once. What one of them meets is said
      // there: when Redis is lost, all fail at once, and those that nobody waits for any more would end the process.
      if (++read === fewJobs) others.push(...Array.from({ length: moreReaders }, () => this.#readAlong().catch(this.#options.onError)))
    }
    await Promise.all(others)
  }

  async #readAlong(): Promise<void> {
    if (!this.#mayAsk()) return
    for (let job = await this.#ask(() => this.#worker.getNextJob(this.#token, { block: false })); job; job = await this.#end(job)) this.#options.take(job.data)
  }

  #mayAsk(): boolean {
    return this.#isOpen && this.#options.room() > this.#asked
  }

  async #ask(ask: () => Promise<Job | undefined>): Promise<Job | undefined> {
    this.#asked++
    try {
      return await ask()
    } finally {
      this.#asked--
    }
  }

  /** @returns the next job, if there is one and room for it */
  async #end(job: Job): Promise<Job | undefined> {
    if (this.#mayAsk()) return this.#ask(async () => this.#worker.read((await job.moveToCompleted(undefined, this.#token, true)) ?? [], this.#token))
    await job.moveToCompleted(undefined, this.#token, false)
    return undefined
  }

  #pause(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, pauseMs)
      this.#endPause = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }
}

/** Reads what came with the end of another job. */
class FedWorker extends Worker {
  read([data, id]: readonly unknown[], token: string): Promise<Job | undefined> {
    return this.nextJobFromJobData(data as JobJson | undefined, id as string | undefined, token)
  }
}
